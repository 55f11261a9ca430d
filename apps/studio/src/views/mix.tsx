import { SAMPLE_RATE } from "@kuishi/base";
import {
  type Bus,
  busTable,
  type Device,
  defaultEffect,
  defaultInsert,
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
  withField,
} from "@kuishi/engine";
import { busId, type StripSetting } from "@kuishi/project";
import { numberIn } from "@kuishi/words";
import { createMemo, createSignal, For, type JSX, Show, untrack } from "solid-js";
import { choices, reroll, toggle } from "../state/choices.ts";
import { language, t, told } from "../state/language.ts";
import { edit, session, setStrip } from "../state/project.ts";
import { plan } from "../state/sound.ts";
import { loudness, peaks, position } from "../state/transport.ts";
import { currentVariation, partKind, partName } from "../state/variations.ts";
import { familyOf } from "./family.ts";
import { Icon } from "./icon.tsx";
import { LevelMeter } from "./meter.tsx";
import { MuteSolo } from "./mutesolo.tsx";
import { PRESETS } from "./presets.ts";
import { clockIn, decibels } from "./say.ts";

const settings = (id: string): StripSetting | undefined => session().strips.get(id);
const nameOf = (id: string): string => session().tracks.find((track) => track.id === id && id !== "recording")?.name ?? partName(id);

/** What is open in the inspector: a strip, a bus, or the master. */
type Open = { readonly of: "strip" | "bus"; readonly id: string } | undefined;

/** Every strip with its fader, place and level, side by side; at the side everything of the one that is open. */
export function MixRoom(): JSX.Element {
  const [open, setOpen] = createSignal<Open>();
  const strips = createMemo(() => plan()?.strips ?? []);
  const buses = createMemo(() => plan()?.buses ?? []);
  const toggleOpen = (of: "strip" | "bus", id: string): void => void setOpen(open()?.id === id && open()?.of === of ? undefined : { of, id });
  const strip = (): Strip | undefined => (open()?.of === "strip" ? strips().find((one) => one.id === open()?.id) : undefined);
  const bus = (): Bus | undefined => (open()?.of === "bus" ? buses().find((one) => one.id === open()?.id) : undefined);
  return (
    <>
      <div class="stage mixer">
        <h2 id="tracks-title" class="sr">
          {t("ui.tracks")}
        </h2>
        <div class="strips">
          <ul class="tracks" aria-labelledby="tracks-title">
            <For each={strips().map((one) => one.id)}>
              {(id) => (
                <Channel
                  strip={strips().find((one) => one.id === id)!}
                  open={open()?.of === "strip" && open()?.id === id}
                  toggleOpen={() => toggleOpen("strip", id)}
                />
              )}
            </For>
          </ul>
          <ul class="tracks buses" aria-label={t("mix.buses")}>
            <For each={buses().map((one) => one.id)}>
              {(id) => (
                <BusChannel
                  bus={buses().find((one) => one.id === id)!}
                  open={open()?.of === "bus" && open()?.id === id}
                  toggleOpen={() => toggleOpen("bus", id)}
                />
              )}
            </For>
          </ul>
          <MasterChannel />
        </div>
      </div>
      <section class="inspector" aria-label={t("ui.inspector")}>
        <Show
          when={strip()}
          keyed={false}
          fallback={
            <Show when={bus()} fallback={<MasterInside />}>
              {(own) => <BusInside bus={own()} />}
            </Show>
          }
        >
          {(own) => (
            <StripInside
              strip={own()}
              buses={buses()}
              keys={strips()
                .map((one) => one.id)
                .filter((other) => other !== own().id)}
            />
          )}
        </Show>
        <section>
          <h2>{t("mix.buses")}</h2>
          <AddBus add={(id) => setOpen({ of: "bus", id })} />
        </section>
      </section>
    </>
  );
}

/** Adds a room or an echo, and opens it. */
function AddBus(props: { readonly add: (id: string) => void }): JSX.Element {
  return (
    <label class="row-of">
      {t("mix.addBus")}
      <select
        id="add-bus"
        onChange={(event) => {
          const kind = effectKinds.find((one) => one === event.currentTarget.value);
          event.currentTarget.value = "";
          if (!kind) return;
          edit("bus", (draft) => {
            const bus = draft.newId("bus");
            draft.put({ id: busId(bus), kind: "bus", bus, name: t(`device.${kind}`), effect: { ...defaultEffect(kind) }, gainDb: 0 });
            props.add(bus);
          });
        }}
      >
        <option value="">{t("mix.choose")}</option>
        <For each={effectKinds.filter((kind) => kind !== "convolution")}>{(kind) => <option value={kind}>{t(`device.${kind}`)}</option>}</For>
      </select>
    </label>
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
  const unit = (): string => {
    const { unit: name } = r();
    return name === "part" || name === "count" ? "" : t(`unit.${name}`);
  };
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
        {numberIn(language(), Math.abs(shown()) >= 1000 ? Math.round(shown()) : Number(shown().toFixed(2)))} {unit()}
      </output>
    </label>
  );
}

/** Everything a device has, drawn from its table. */
export function DevicePanel(props: { readonly device: Device; readonly keys: readonly string[]; readonly set: (device: Device) => void }): JSX.Element {
  const fields = createMemo(() => fieldsOf(props.device, props.keys));
  const label = (field: Field): string => {
    const numbers = field.path.filter((one) => typeof one === "number").map((one) => `${Number(one) + 1} `);
    return `${numbers.join("")}${told(`param.${field.path.findLast((one) => typeof one === "string") ?? ""}`)}`;
  };
  const parameter = (field: Field): string => `${props.device.kind}.${field.path.join(".")}`;
  return (
    <div class="device">
      <For each={fields().map((field) => field.path.join())}>
        {(key) => {
          const field = (): Field => fields().find((one) => one.path.join() === key) ?? fields()[0]!;
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
                            {option === "" ? t("option.none") : field().path.at(-1) === "key" ? nameOf(option) : told(`option.${option}`)}
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
                      [next[k - 1], next[k]] = [next[k]!, next[k - 1]!];
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
                    <Icon name="close" size={12} />
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
              if (kind) props.set([...props.inserts, defaultInsert(kind)]);
            }}
          >
            <option value="">{t("mix.choose")}</option>
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
            <option value="">{t("mix.choose")}</option>
            <For each={PRESETS}>{(preset) => <option value={preset.name}>{told(`preset.${preset.name}`)}</option>}</For>
          </select>
        </label>
      </div>
    </div>
  );
}

const signed = (value: number): string =>
  `${value > 0 ? "+" : value < 0 ? "−" : ""}${numberIn(language(), Math.abs(Math.round(value * 10) / 10))} ${t("unit.dB")}`;
/** Where a strip's fader has marks, dB. */
const MARKS = [12, 6, 0, -6, -12, -24];
const FADER = { low: -30, high: 12 };

/** A fader that stands, with its marks and its level beside it. */
function Fader(props: {
  readonly parameter: string;
  readonly value: number;
  readonly label: string;
  readonly level: number;
  readonly range?: { readonly low: number; readonly high: number };
  readonly set: (db: number) => void;
}): JSX.Element {
  const range = () => props.range ?? FADER;
  return (
    <span class="fader">
      <span class="gauge" aria-hidden="true">
        <For each={MARKS.filter((db) => db <= range().high && db >= range().low)}>
          {(db) => <i style={{ bottom: `${(100 * (db - range().low)) / (range().high - range().low)}%` }}>{db}</i>}
        </For>
      </span>
      <input
        type="range"
        min={range().low}
        max={range().high}
        step="0.5"
        data-parameter={props.parameter}
        value={props.value}
        aria-orientation="vertical"
        aria-label={props.label}
        aria-valuetext={signed(props.value)}
        onDblClick={() => props.set(0)}
        onChange={(event) => props.set(event.currentTarget.valueAsNumber)}
      />
      <LevelMeter class="upright" upright value={props.level} />
    </span>
  );
}

/** A strip's place between left and right. */
function Pan(props: { readonly strip: Strip; readonly name: string }): JSX.Element {
  const say = (pan: number): string =>
    Math.abs(pan) < 0.01 ? t("mix.middle") : `${pan < 0 ? t("mix.left") : t("mix.right")} ${Math.round(Math.abs(pan) * 100)}`;
  return (
    <label class="pan">
      <input
        type="range"
        min={stripTable.pan.low}
        max={stripTable.pan.high}
        step="0.02"
        data-parameter="strip.pan"
        value={props.strip.pan}
        aria-label={`${props.name}: ${t("param.pan")}`}
        aria-valuetext={say(props.strip.pan)}
        onDblClick={() => setStrip(props.strip.id, { pan: 0 })}
        onChange={(event) => setStrip(props.strip.id, { pan: event.currentTarget.valueAsNumber })}
      />
      <small>{say(props.strip.pan)}</small>
    </label>
  );
}

function Channel(props: { readonly strip: Strip; readonly open: boolean; readonly toggleOpen: () => void }): JSX.Element {
  const id = (): string => props.strip.id;
  const own = (): StripSetting | undefined => settings(id());
  const name = (): string => nameOf(id());
  return (
    <li data-strip={id()} class={familyOf(partKind(id()))} classList={{ open: props.open }}>
      <span class="name" title={name()}>
        {name()}
      </span>
      <span class="ms">
        <MuteSolo id={id()} name={name()} />
      </span>
      <Fader
        parameter="strip.gainDb"
        value={own()?.gainDb ?? 0}
        label={t("ui.gain", { part: name() })}
        level={peaks()[id()] ?? 0}
        set={(gainDb) => setStrip(id(), { gainDb })}
      />
      <output class="db">{signed(own()?.gainDb ?? 0)}</output>
      <Pan strip={props.strip} name={name()} />
      <button type="button" class="mini more" aria-expanded={props.open} aria-label={t("mix.more", { part: name() })} onClick={props.toggleOpen}>
        <Icon name="more" size={16} />
      </button>
    </li>
  );
}

/** Everything of a strip: why it plays, its sends, its inserts, its sound. */
function StripInside(props: { readonly strip: Strip; readonly buses: readonly Bus[]; readonly keys: readonly string[] }): JSX.Element {
  const id = (): string => props.strip.id;
  const part = () => currentVariation()?.report.parts.find((other) => other.id === id());
  const reason = (): string => {
    const one = part();
    if (one) return told(one.reason.code, one.reason.params);
    return session().tracks.some((track) => track.id === id() && id() !== "recording") ? t("why.own") : told(`why.${id()}`);
  };
  return (
    <div class="inside" data-strip={id()}>
      <h2 class="name">{nameOf(id())}</h2>
      <p class="why-card">{reason()}</p>
      <Show when={part()}>
        {(one) => (
          <>
            <Reasons why={one().why} />
            <span class="dice segments">
              <button
                type="button"
                aria-label={t("ui.part.reroll", { part: nameOf(id()) })}
                aria-pressed={choices().seeds[id()] !== undefined}
                onClick={() => reroll({ part: id() })}
              >
                <Icon name="dice" size={16} /> {t("ui.part.again")}
              </button>
              <button
                type="button"
                aria-label={t(choices().without.includes(id()) ? "ui.part.on" : "ui.part.off", { part: nameOf(id()) })}
                aria-pressed={choices().without.includes(id())}
                onClick={() => toggle(id())}
              >
                {t(choices().without.includes(id()) ? "ui.part.back" : "ui.part.without")}
              </button>
            </span>
          </>
        )}
      </Show>
      <h3>{t("mix.sends")}</h3>
      <div class="device">
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
      <h3>{t("mix.inserts")}</h3>
      <Inserts inserts={props.strip.inserts} keys={props.keys} set={(inserts) => setStrip(id(), { inserts: inserts.map((insert) => ({ ...insert })) })} />
      <Show when={fieldsOf(props.strip.source).length > 0}>
        <h3>{t("mix.sound")}</h3>
        <DevicePanel device={props.strip.source} keys={[]} set={(device) => setStrip(id(), { source: { ...device } })} />
      </Show>
      <button type="button" onClick={() => setStrip(id(), { gainDb: 0, pan: null, sends: null, inserts: null, source: null })}>
        {t("mix.asBlended")}
      </button>
    </div>
  );
}
const busName = (id: string): string => session().buses.get(id)?.name || told(`device.${id}`);

/** Sets something of a bus. Delay times are the tune's own and stay with the blend. */
function setBus(bus: Bus, fields: { effect?: Bus["effect"]; gainDb?: number }): void {
  edit("bus", (draft) => {
    const own = draft.get("bus", busId(bus.id));
    const effect = { ...(fields.effect ?? bus.effect) };
    if (own) draft.set("bus", own.id, { ...(fields.effect ? { effect } : {}), ...(fields.gainDb === undefined ? {} : { gainDb: fields.gainDb }) });
    else draft.put({ id: busId(bus.id), kind: "bus", bus: bus.id, name: "", effect, gainDb: fields.gainDb ?? bus.gainDb });
  });
}
function BusChannel(props: { readonly bus: Bus; readonly open: boolean; readonly toggleOpen: () => void }): JSX.Element {
  const id = (): string => props.bus.id;
  return (
    <li data-bus={id()} classList={{ open: props.open }}>
      <span class="name" title={busName(id())}>
        {busName(id())}
      </span>
      <Fader
        parameter="bus.gainDb"
        range={busTable.gainDb}
        value={props.bus.gainDb}
        label={t("ui.gain", { part: busName(id()) })}
        level={peaks()[id()] ?? 0}
        set={(gainDb) => setBus(props.bus, { gainDb })}
      />
      <output class="db">{signed(props.bus.gainDb)}</output>
      <button type="button" class="mini more" aria-expanded={props.open} aria-label={t("mix.more", { part: busName(id()) })} onClick={props.toggleOpen}>
        <Icon name="more" size={16} />
      </button>
    </li>
  );
}
function BusInside(props: { readonly bus: Bus }): JSX.Element {
  return (
    <div class="inside" data-bus={props.bus.id}>
      <h2 class="name">{busName(props.bus.id)}</h2>
      <DevicePanel device={props.bus.effect} keys={[]} set={(device) => setBus(props.bus, { effect: device as Bus["effect"] })} />
      <Show when={session().buses.has(props.bus.id)}>
        <button type="button" onClick={() => edit("bus", (draft) => draft.remove(busId(props.bus.id)))}>
          {t("mix.removeBus")}
        </button>
      </Show>
    </div>
  );
}

const setMaster = (fields: Partial<{ masterGainDb: number; ceilingDbtp: number }>): void => edit("master", (draft) => draft.set("song", "song", fields));
function MasterChannel(): JSX.Element {
  return (
    <section class="master-strip" aria-label={t("mix.master")}>
      <span class="name">{t("mix.master")}</span>
      <Fader
        parameter="master.gainDb"
        range={masterTable.gainDb}
        value={session().song.masterGainDb}
        label={`${t("mix.master")}: ${t("param.gainDb")}`}
        level={Math.max(0, ...Object.values(peaks()))}
        set={(masterGainDb) => setMaster({ masterGainDb })}
      />
      <output class="db">{signed(session().song.masterGainDb)}</output>
      <Knob
        label={t("param.ceilingDbtp")}
        parameter="master.ceilingDbtp"
        range={masterTable.ceilingDbtp}
        value={plan()?.master.ceilingDbtp ?? masterTable.ceilingDbtp.initial}
        set={(ceilingDbtp) => setMaster({ ceilingDbtp })}
      />
    </section>
  );
}
/** The master's readings and inserts. */
function MasterInside(): JSX.Element {
  return (
    <div class="inside">
      <h2 class="name">{t("mix.master")}</h2>
      <dl class="readings">
        <For each={["momentary", "shortTerm", "integrated"] as const}>
          {(kind) => (
            <div>
              <dt>{t(`meter.${kind}`)}</dt>
              <dd>{decibels(language(), loudness()?.[kind])} LUFS</dd>
            </div>
          )}
        </For>
        <div>
          <dt>{t("meter.truePeak")}</dt>
          <dd>{decibels(language(), loudness()?.truePeak)} dBTP</dd>
        </div>
      </dl>
      <h3>{t("mix.inserts")}</h3>
      <Inserts
        inserts={plan()?.master.inserts ?? []}
        keys={[]}
        set={(inserts) => edit("master", (draft) => draft.set("song", "song", { masterInserts: inserts.map((insert) => ({ ...insert })) }))}
      />
      <p class="fine">{t("mix.openHint")}</p>
    </div>
  );
}

/** Why the events about the playhead are there. */
function Reasons(props: { readonly why: NonNullable<ReturnType<typeof currentVariation>>["report"]["parts"][number]["why"] }): JSX.Element {
  const near = createMemo(() => {
    const at = position() / SAMPLE_RATE;
    const next = props.why.findIndex((event) => event.at > at + 0.05);
    const to = next < 0 ? props.why.length : Math.max(next, 3);
    return props.why.slice(Math.max(0, to - 4), to);
  });
  return (
    <ul class="why">
      <For each={near()}>
        {(event) => (
          <li>
            {clockIn(language(), event.at)}: {told(event.code, event.params)}
          </li>
        )}
      </For>
    </ul>
  );
}
