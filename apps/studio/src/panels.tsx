import { ownWord } from "@kuishi/words";
import { createMemo, For, type JSX, onCleanup, Show } from "solid-js";
import { choices, reroll, toggle } from "./choices.ts";
import { canPlay } from "./player.ts";
import { cancel, control, controls, language, made, peaks, playing, position, seek, t, togglePlay, tune, work } from "./state.ts";
import { zipFiles } from "./zip.ts";

/** Progress of long work, with the way out. */
export function WorkBar(): JSX.Element {
  return (
    <Show when={work()}>
      {(w) => (
        <div class="work" role="status">
          <span>{t(`stage.${w().stage}`)}</span>
          <progress max="1" value={w().done} aria-label={t(`stage.${w().stage}`)} />
          <button type="button" id="cancel" onClick={cancel}>
            {t("ui.cancel")}
          </button>
        </div>
      )}
    </Show>
  );
}

const clock = (frames: number): string => {
  const seconds = Math.floor(frames / 48_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

/** Play, position, and a strip for each track. */
export function Mixer(): JSX.Element {
  return (
    <Show when={made()}>
      {(m) => (
        <section class="panel" aria-labelledby="tracks-title">
          <div class="transport">
            <button type="button" class="primary" id="play" disabled={!canPlay()} aria-pressed={playing()} onClick={() => void togglePlay()}>
              {playing() ? t("ui.pause") : t("ui.play")}
            </button>
            <input
              type="range"
              min="0"
              max={m().plan.frames}
              step="4800"
              value={position()}
              aria-label={t("ui.position")}
              aria-valuetext={clock(position())}
              onInput={(event) => seek(event.currentTarget.valueAsNumber)}
            />
            <output>
              {clock(position())} / {clock(m().plan.frames)}
            </output>
          </div>
          <Show when={!canPlay()}>
            <p class="notice">{t("ui.insecure")}</p>
          </Show>
          <h2 id="tracks-title">{t("ui.tracks")}</h2>
          <ul class="tracks">
            <For each={m().plan.strips}>
              {(strip) => {
                const state = () => controls()[strip.id] ?? {};
                const name = () => ownWord(language(), "part", strip.id);
                const part = () => m().report.parts.find((other) => other.id === strip.id);
                const reason = () => {
                  const own = part();
                  return own ? t(own.reason.code, own.reason.params) : t(`why.${strip.id}`);
                };
                return (
                  <li>
                    <span class="name" title={reason()}>
                      {name()}
                    </span>
                    <button
                      type="button"
                      aria-pressed={state().mute === true}
                      aria-label={t("ui.mute", { part: name() })}
                      onClick={() => control(strip.id, { mute: state().mute !== true })}
                    >
                      {t("ui.mute.short")}
                    </button>
                    <button
                      type="button"
                      aria-pressed={state().solo === true}
                      aria-label={t("ui.solo", { part: name() })}
                      onClick={() => control(strip.id, { solo: state().solo !== true })}
                    >
                      {t("ui.solo.short")}
                    </button>
                    <input
                      type="range"
                      min="-30"
                      max="6"
                      step="0.5"
                      value={state().gainDb ?? 0}
                      aria-label={t("ui.gain", { part: name() })}
                      onInput={(event) => control(strip.id, { gainDb: event.currentTarget.valueAsNumber })}
                    />
                    <meter min="0" max="1" value={Math.min(1, Math.sqrt(peaks()[strip.id] ?? 0))} aria-hidden="true" />
                    <Show when={part()} fallback={<span class="why">{reason()}</span>}>
                      {(own) => (
                        <>
                          <details class="why">
                            <summary>{reason()}</summary>
                            <Reasons why={own().why} />
                          </details>
                          <span class="dice">
                            <button
                              type="button"
                              aria-label={t("ui.part.reroll", { part: strip.id })}
                              aria-pressed={choices().seeds[strip.id] !== undefined}
                              onClick={() => reroll({ part: strip.id })}
                            >
                              ⚄
                            </button>
                            <button
                              type="button"
                              aria-label={t(choices().without.includes(strip.id) ? "ui.part.on" : "ui.part.off", { part: strip.id })}
                              aria-pressed={choices().without.includes(strip.id)}
                              onClick={() => toggle(strip.id)}
                            >
                              ✕
                            </button>
                          </span>
                        </>
                      )}
                    </Show>
                  </li>
                );
              }}
            </For>
          </ul>
        </section>
      )}
    </Show>
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

/** Every output, one by one or as a zip. */
export function Downloads(): JSX.Element {
  const links = createMemo(() => {
    const files = (made()?.files ?? []).map((file) => ({ ...file, url: URL.createObjectURL(file.blob) }));
    onCleanup(() => files.forEach((file) => URL.revokeObjectURL(file.url)));
    return files;
  });
  const all = async (): Promise<void> => {
    const url = URL.createObjectURL(await zipFiles(links()));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${tune()?.name.replace(/\.[^.]*$/, "") ?? "kuishi"}-${made()?.choices.style ?? ""}.zip`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  return (
    <Show when={(made()?.files.length ?? 0) > 0 ? made() : undefined}>
      {(m) => (
        <section class="panel" aria-labelledby="files-title">
          <h2 id="files-title">{t("ui.download")}</h2>
          <p class="good">{t("ui.made", { lufs: m().report.mix.integratedLufs, peak: m().report.mix.truePeakDbtp })}</p>
          <p>
            <button type="button" onClick={() => void all()}>
              {t("ui.all")}
            </button>{" "}
            <a class="button" href={links().find((file) => file.name === "report.html")?.url} target="_blank" rel="noopener">
              {t("ui.report")}
            </a>
          </p>
          <ul class="files">
            <For each={links()}>
              {(file) => (
                <li>
                  <a href={file.url} download={file.name.replace("/", "_")} data-file={file.name}>
                    {file.name}
                  </a>{" "}
                  <small>{file.blob.size < 1e6 ? `${Math.ceil(file.blob.size / 1000)} kB` : `${(file.blob.size / 1e6).toFixed(1)} MB`}</small>
                </li>
              )}
            </For>
          </ul>
        </section>
      )}
    </Show>
  );
}
