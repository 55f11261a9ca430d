import {
  type Bus,
  busTable,
  type Device,
  effectKinds,
  type Field,
  fieldsOf,
  type Insert,
  insertKinds,
  masterTable,
  type Range,
  type Strip,
  send,
  stripTable,
  usualEffect,
  usualInsert,
  withField,
} from "@kuishi/engine";
import { busId, type StripSetting } from "@kuishi/project";
import { ownWord } from "@kuishi/words";
import { createMemo, createSignal, For, type JSX, Show, untrack } from "solid-js";
import { choices, reroll, toggle } from "../state/choices.ts";
import { language, t } from "../state/language.ts";
import { edit, session, setStrip } from "../state/project.ts";
import { loudness, peaks, position } from "../state/transport.ts";
import { made, plan } from "../state/tune.ts";
import { Icon } from "./icon.tsx";
import { PRESETS } from "./presets.ts";

const settings = (id: string): StripSetting | undefined => session().strips.get(id);
const nameOf = (id: string): string => session().tracks.find((track) => track.id === id && id !== "recording")?.name ?? ownWord(language(), "part", id);

/** Every strip with its fader, place, sends and inserts; buses; the master. */
export function MixRoom(): JSX.Element {
  const [open, setOpen] = createSignal<string>();
  const strips = createMemo(() => plan()?.strips ?? []);
  const buses = createMemo(() => plan()?.buses ?? []);
  return (
    <section class="panel mixer" aria-labelledby="tracks-title">
      <h2 id="tracks-title">{t("ui.tracks")}</h2>
      <ul class="tracks">
        <For each={strips().map((strip) => strip.id)}>
          {(id) => (
            <Channel
              strip={strips().find((strip) => strip.id === id) as Strip}
              open={open() === id}
              toggleOpen={() => setOpen(open() === id ? undefined : id)}
              buses={buses()}
              keys={strips()
                .map((strip) => strip.id)
                .filter((other) => other !== id)}
            />
          )}
        </For>
      </ul>
      <h2>{t("mix.buses")}</h2>
      <ul class="tracks buses">
        <For each={buses().map((bus) => bus.id)}>{(id) => <BusChannel bus={buses().find((bus) => bus.id === id) as Bus} />}</For>
      </ul>
      <div class="bar">
        <label>
          {t("mix.addBus")}
          <select
            id="add-bus"
            onChange={(event) => {
              const kind = effectKinds.find((one) => one === event.currentTarget.value);
              event.currentTarget.value = "";
              if (!kind) return;
              edit("bus", (draft) => {
                const bus = draft.newId("bus");
                draft.put({ id: busId(bus), kind: "bus", bus, name: t(`device.${kind}`), effect: { ...usualEffect(kind) }, gainDb: 0 });
              });
            }}
          >
            <option value="" />
            <For each={effectKinds.filter((kind) => kind !== "convolution")}>{(kind) => <option value={kind}>{t(`device.${kind}`)}</option>}</For>
          </select>
        </label>
      </div>
      <MasterChannel />
    </section>
  );
}

/** A value of a table as a slider with its number. */
function Knob(props: {
  readonly label: string;
  readonly parameter: string;
  readonly range: Range;
  readonly value: number;
  readonly set: (value: number) => void;
}): JSX.Element {
  const r = (): Range => props.range;
  // equal ratios on the slider where the table says so
  const to = (value: number): number =>
    r().log ? Math.log(Math.max(r().low, value) / r().low) / Math.log(r().high / r().low) : (value - r().low) / (r().high - r().low);
  const back = (part: number): number => {
    const value = r().log ? r().low * (r().high / r().low) ** part : r().low + part * (r().high - r().low);
    return r().unit === "count" ? Math.round(value) : Number(value.toPrecision(3));
  };
  const [drag, setDrag] = createSignal<number>();
  const shown = (): number => drag() ?? props.value;
  /** A share and a count are numbers without a name. */
  const unit = (): string => (r().unit === "part" || r().unit === "count" ? "" : t(`unit.${r().unit}`));
  return (
    <label class="knob">
      <span>{props.label}</span>
      <input
        type="range"
        min="0"
        max="1"
        step="0.005"
        data-parameter={props.parameter}
        value={to(shown())}
        aria-valuetext={`${shown()} ${unit()}`}
        onInput={(event) => setDrag(back(event.currentTarget.valueAsNumber))}
        onChange={(event) => {
          const value = back(event.currentTarget.valueAsNumber);
          props.set(value);
          setDrag(undefined);
        }}
      />
      <output>
        {Math.abs(shown()) >= 1000 ? Math.round(shown()) : Number(shown().toFixed(2))} {unit()}
      </output>
    </label>
  );
}

/** Everything a device has, drawn from its table. */
export function DevicePanel(props: { readonly device: Device; readonly keys: readonly string[]; readonly set: (device: Device) => void }): JSX.Element {
  const fields = createMemo(() => fieldsOf(props.device, props.keys));
  const label = (field: Field): string => {
    const numbers = field.path.filter((one) => typeof one === "number").map((one) => `${Number(one) + 1} `);
    return `${numbers.join("")}${t(`param.${field.path.findLast((one) => typeof one === "string") ?? ""}`)}`;
  };
  const parameter = (field: Field): string => `${props.device.kind}.${field.path.join(".")}`;
  return (
    <div class="device">
      <For each={fields().map((field) => field.path.join())}>
        {(key) => {
          const field = (): Field => fields().find((one) => one.path.join() === key) ?? (fields()[0] as Field);
          const set = (value: number | string | boolean): void => props.set(withField(props.device, field().path, value));
          return (
            <Show
              when={"range" in field()}
              fallback={
                <Show
                  when={"options" in field()}
                  fallback={
                    <label class="check">
                      <input
                        type="checkbox"
                        data-parameter={parameter(field())}
                        checked={(field() as { value: boolean }).value === true}
                        onChange={(event) => set(event.currentTarget.checked)}
                      />
                      {label(field())}
                    </label>
                  }
                >
                  <label class="knob">
                    <span>{label(field())}</span>
                    <select data-parameter={parameter(field())} onChange={(event) => set(event.currentTarget.value)}>
                      <For each={(field() as { options: readonly string[] }).options}>
                        {(option) => (
                          <option value={option} selected={option === (field() as { value: string }).value}>
                            {option === "" ? t("option.none") : field().path.at(-1) === "key" ? nameOf(option) : t(`option.${option}`)}
                          </option>
                        )}
                      </For>
                    </select>
                  </label>
                </Show>
              }
            >
              <Knob
                label={label(field())}
                parameter={parameter(field())}
                range={(field() as { range: Range }).range}
                value={(field() as { value: number }).value}
                set={set}
              />
            </Show>
          );
        }}
      </For>
    </div>
  );
}

/** Inserts in their order, each with everything it has. */
function Inserts(props: {
  readonly inserts: readonly Insert[];
  readonly keys: readonly string[];
  readonly set: (inserts: readonly Insert[]) => void;
}): JSX.Element {
  const put = (k: number, insert: Insert): void => props.set(props.inserts.map((one, i) => (i === k ? insert : one)));
  return (
    <div class="inserts">
      <For each={props.inserts.map((_, k) => k)}>
        {(k) => (
          <Show when={props.inserts[k]}>
            {(insert) => (
              <details class="insert" open={untrack(() => props.inserts.length < 3)}>
                <summary>{t(`device.${insert().kind}`)}</summary>
                <div class="bar">
                  <button
                    type="button"
                    class="mini"
                    disabled={k === 0}
                    aria-label={t("mix.up", { name: t(`device.${insert().kind}`) })}
                    onClick={() => {
                      const next = [...props.inserts];
                      [next[k - 1], next[k]] = [next[k] as Insert, next[k - 1] as Insert];
                      props.set(next);
                    }}
                  >
                    ↑
                  </button>
                  <button
                    type="button"
                    class="mini"
                    aria-label={t("mix.remove", { name: t(`device.${insert().kind}`) })}
                    onClick={() => props.set(props.inserts.filter((_, i) => i !== k))}
                  >
                    ✕
                  </button>
                </div>
                <DevicePanel device={insert()} keys={props.keys} set={(device) => put(k, device as Insert)} />
              </details>
            )}
          </Show>
        )}
      </For>
      <div class="bar">
        <label>
          {t("mix.add")}
          <select
            class="add-insert"
            onChange={(event) => {
              const kind = insertKinds.find((one) => one === event.currentTarget.value);
              event.currentTarget.value = "";
              if (kind) props.set([...props.inserts, usualInsert(kind)]);
            }}
          >
            <option value="" />
            <For each={insertKinds}>{(kind) => <option value={kind}>{t(`device.${kind}`)}</option>}</For>
          </select>
        </label>
        <label>
          {t("mix.preset")}
          <select
            class="preset"
            onChange={(event) => {
              const preset = PRESETS.find((one) => one.name === event.currentTarget.value);
              event.currentTarget.value = "";
              if (preset) props.set(preset.inserts);
            }}
          >
            <option value="" />
            <For each={PRESETS}>{(preset) => <option value={preset.name}>{t(`preset.${preset.name}`)}</option>}</For>
          </select>
        </label>
      </div>
    </div>
  );
}

interface ChannelProps {
  readonly strip: Strip;
  readonly open: boolean;
  readonly toggleOpen: () => void;
  readonly buses: readonly Bus[];
  readonly keys: readonly string[];
}
function Channel(props: ChannelProps): JSX.Element {
  const id = (): string => props.strip.id;
  const own = (): StripSetting | undefined => settings(id());
  const name = (): string => nameOf(id());
  const part = () => made()?.report.parts.find((other) => other.id === id());
  const reason = (): string => {
    const one = part();
    if (one) return t(one.reason.code, one.reason.params);
    return session().tracks.some((track) => track.id === id() && id() !== "recording") ? t("why.own") : t(`why.${id()}`);
  };
  const db = (value: number): string => `${value > 0 ? "+" : ""}${value.toFixed(1)} dB`;
  return (
    <li data-strip={id()}>
      <span class="name" title={reason()}>
        {name()}
      </span>
      <button
        type="button"
        aria-pressed={own()?.mute ?? false}
        aria-label={t("ui.mute", { part: name() })}
        onClick={() => setStrip(id(), { mute: !own()?.mute })}
      >
        {t("ui.mute.short")}
      </button>
      <button
        type="button"
        aria-pressed={own()?.solo ?? false}
        aria-label={t("ui.solo", { part: name() })}
        onClick={() => setStrip(id(), { solo: !own()?.solo })}
      >
        {t("ui.solo.short")}
      </button>
      <input
        type="range"
        min={-30}
        max={12}
        step="0.5"
        data-parameter="strip.gainDb"
        value={own()?.gainDb ?? 0}
        aria-label={t("ui.gain", { part: name() })}
        aria-valuetext={db(own()?.gainDb ?? 0)}
        title={db(own()?.gainDb ?? 0)}
        onDblClick={() => setStrip(id(), { gainDb: 0 })}
        onChange={(event) => setStrip(id(), { gainDb: event.currentTarget.valueAsNumber })}
      />
      <Meter value={peaks()[id()] ?? 0} />
      <button type="button" class="mini more" aria-expanded={props.open} aria-label={t("mix.more", { part: name() })} onClick={props.toggleOpen}>
        ⋯
      </button>
      <Show when={part()} fallback={<span class="why">{reason()}</span>}>
        {(one) => (
          <>
            <details class="why">
              <summary>{reason()}</summary>
              <Reasons why={one().why} />
            </details>
            <span class="dice">
              <button
                type="button"
                aria-label={t("ui.part.reroll", { part: name() })}
                aria-pressed={choices().seeds[id()] !== undefined}
                onClick={() => reroll({ part: id() })}
              >
                <Icon name="dice" />
              </button>
              <button
                type="button"
                aria-label={t(choices().without.includes(id()) ? "ui.part.on" : "ui.part.off", { part: name() })}
                aria-pressed={choices().without.includes(id())}
                onClick={() => toggle(id())}
              >
                ✕
              </button>
            </span>
          </>
        )}
      </Show>
      <Show when={props.open}>
        <div class="inside">
          <div class="device">
            <Knob label={t("param.pan")} parameter="strip.pan" range={stripTable.pan} value={props.strip.pan} set={(pan) => setStrip(id(), { pan })} />
            <For each={props.buses.map((bus) => bus.id)}>
              {(bus) => (
                <Knob
                  label={t("mix.send", { bus: busName(bus) })}
                  parameter="strip.send"
                  range={send}
                  value={props.strip.sends[bus] ?? send.low}
                  set={(level) => {
                    const { [bus]: _, ...rest } = props.strip.sends;
                    setStrip(id(), { sends: level <= send.low ? rest : { ...rest, [bus]: level } });
                  }}
                />
              )}
            </For>
          </div>
          <Inserts inserts={props.strip.inserts} keys={props.keys} set={(inserts) => setStrip(id(), { inserts: inserts.map((insert) => ({ ...insert })) })} />
          <Show when={props.strip.source.kind !== "clips" && props.strip.source.kind !== "tanpura"}>
            <h3>{t("mix.sound")}</h3>
            <DevicePanel device={props.strip.source} keys={[]} set={(device) => setStrip(id(), { source: { ...device } })} />
          </Show>
          <button type="button" onClick={() => setStrip(id(), { gainDb: 0, pan: null, sends: null, inserts: null, source: null })}>
            {t("mix.asBlended")}
          </button>
        </div>
      </Show>
    </li>
  );
}
function Meter(props: { readonly value: number }): JSX.Element {
  const db = (): number => 20 * Math.log10(Math.max(1e-4, props.value));
  return <meter min="-48" max="0" low={-18} high={-3} value={Math.max(-48, Math.min(0, db()))} aria-hidden="true" />;
}
const busName = (id: string): string => session().buses.get(id)?.name || t(`device.${id}`);

function BusChannel(props: { readonly bus: Bus }): JSX.Element {
  const id = (): string => props.bus.id;
  const set = (fields: { effect?: Bus["effect"]; gainDb?: number }): void =>
    edit("bus", (draft) => {
      const own = draft.get("bus", busId(id()));
      // delay times are the tune's own and stay with the blend
      const effect = { ...(fields.effect ?? props.bus.effect) };
      if (own) draft.set("bus", own.id, { ...(fields.effect ? { effect } : {}), ...(fields.gainDb === undefined ? {} : { gainDb: fields.gainDb }) });
      else draft.put({ id: busId(id()), kind: "bus", bus: id(), name: "", effect, gainDb: fields.gainDb ?? props.bus.gainDb });
    });
  return (
    <li data-bus={id()}>
      <span class="name">{busName(id())}</span>
      <Meter value={peaks()[id()] ?? 0} />
      <div class="inside">
        <div class="device">
          <Knob label={t("param.gainDb")} parameter="bus.gainDb" range={busTable.gainDb} value={props.bus.gainDb} set={(gainDb) => set({ gainDb })} />
        </div>
        <DevicePanel device={props.bus.effect} keys={[]} set={(device) => set({ effect: device as Bus["effect"] })} />
        <Show when={session().buses.has(id())}>
          <button type="button" class="mini" onClick={() => edit("bus", (draft) => draft.remove(busId(id())))}>
            {t("mix.removeBus")}
          </button>
        </Show>
      </div>
    </li>
  );
}

function MasterChannel(): JSX.Element {
  const number = (value: number | undefined): string => (value !== undefined && Number.isFinite(value) ? value.toFixed(1) : "–");
  return (
    <div class="master">
      <h2>{t("mix.master")}</h2>
      <dl class="readings">
        <For each={["momentary", "shortTerm", "integrated"] as const}>
          {(kind) => (
            <div>
              <dt>{t(`meter.${kind}`)}</dt>
              <dd>{number(loudness()?.[kind])} LUFS</dd>
            </div>
          )}
        </For>
        <div>
          <dt>{t("meter.truePeak")}</dt>
          <dd>{number(loudness()?.truePeak)} dBTP</dd>
        </div>
      </dl>
      <div class="device">
        <Knob
          label={t("param.gainDb")}
          parameter="master.gainDb"
          range={masterTable.gainDb}
          value={session().song.masterGainDb}
          set={(masterGainDb) => edit("master", (draft) => draft.set("song", "song", { masterGainDb }))}
        />
        <Knob
          label={t("param.ceilingDbtp")}
          parameter="master.ceilingDbtp"
          range={masterTable.ceilingDbtp}
          value={plan()?.master.ceilingDbtp ?? masterTable.ceilingDbtp.usual}
          set={(ceilingDbtp) => edit("master", (draft) => draft.set("song", "song", { ceilingDbtp }))}
        />
      </div>
      <Inserts
        inserts={plan()?.master.inserts ?? []}
        keys={[]}
        set={(inserts) => edit("master", (draft) => draft.set("song", "song", { masterInserts: inserts.map((insert) => ({ ...insert })) }))}
      />
    </div>
  );
}

/** Why the events about the playhead are there. */
function Reasons(props: { readonly why: NonNullable<ReturnType<typeof made>>["report"]["parts"][number]["why"] }): JSX.Element {
  const near = createMemo(() => {
    const at = position() / 48_000;
    const next = props.why.findIndex((event) => event.at > at + 0.05);
    const to = next < 0 ? props.why.length : Math.max(next, 3);
    return props.why.slice(Math.max(0, to - 4), to);
  });
  return (
    <ul>
      <For each={near()}>
        {(event) => (
          <li>
            {event.at.toFixed(2)} s: {t(event.code, event.params)}
          </li>
        )}
      </For>
    </ul>
  );
}
