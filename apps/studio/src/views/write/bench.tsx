import { chordProOf, songMeta, withSongMeta } from "@kuishi/flow";
import { copyArrangement } from "@kuishi/project";
import { type ChordBook, readChordPro } from "@kuishi/score";
import { modes, rootName } from "@kuishi/tuning";
import { numberIn, ownWord } from "@kuishi/words";
import { createSignal, For, type JSX, Show } from "solid-js";
import { language, t, told } from "../../state/language.ts";
import { newSong, openSong } from "../../state/open.ts";
import { edit, session } from "../../state/project.ts";
import { hearChord, home, lyric, offers, picked, setPicked, settle, songSheet, textOf, transpose, transposeSteps, verseLanguage } from "../../state/song.ts";
import { FileButton } from "../filebutton.tsx";
import { Icon } from "../icon.tsx";
import { IconButton } from "../iconbutton.tsx";
import { PrintButton } from "../printbutton.tsx";
import { save } from "../save.ts";
import { moveChord, placeAtHand, putChord, removeChord } from "./line.tsx";

/** Offers that are shown at once. */
const SHOWN = 6;
const TONICS = Array.from({ length: 12 }, (_, k) => 4800 + 100 * k);

/** The song as a whole: title, arrangements, files. */
export function SongBench(): JSX.Element {
  const nextName = (): string => {
    const used = new Set(session().arrangements.map((one) => one.name));
    return [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].find((letter) => !used.has(letter)) ?? "Z";
  };
  const write = (): void => {
    settle();
    save(new Blob([chordProOf(session())], { type: "text/plain" }), `${session().song.provenance.title || "song"}.cho`);
  };
  const printed = (): ChordBook => {
    settle();
    return readChordPro(chordProOf(session()));
  };
  const capo = (): string => songMeta(session().song, "capo") ?? "";
  return (
    <section>
      <h2>{t("write.song")}</h2>
      <input
        type="text"
        id="song-title"
        aria-label={t("card.title")}
        placeholder={t("write.untitled")}
        value={session().song.provenance.title}
        onChange={(event) =>
          edit("card", (draft) => draft.set("song", "song", { provenance: { ...draft.session.song.provenance, title: event.currentTarget.value } }))
        }
      />
      <div class="row-of">
        <label class="arrangement">
          {t("write.arrangement")}
          <select
            id="arrangement"
            value={songSheet().arrangement?.id}
            onChange={(event) => edit("arrangement", (draft) => draft.set("song", "song", { arrangement: event.currentTarget.value }))}
          >
            <For each={session().arrangements}>
              {(one) => (
                <option value={one.id} selected={one.id === songSheet().arrangement?.id}>
                  {one.name}
                </option>
              )}
            </For>
          </select>
        </label>
        <IconButton
          sign="copy"
          id="copy-arrangement"
          label={t("write.copyArrangement")}
          onClick={() => edit("arrangement", (draft) => copyArrangement(draft, nextName()))}
        />
        <label class="capo">
          {t("write.capo")}
          <input
            type="number"
            id="capo"
            min="0"
            max="12"
            value={capo()}
            onChange={(event) =>
              edit("chords", (draft) =>
                draft.set("song", "song", {
                  head: withSongMeta(draft.session.song, "capo", event.currentTarget.value === "0" ? "" : event.currentTarget.value),
                }),
              )
            }
          />
        </label>
      </div>
      <p class="fine">{t(`write.counted.${verseLanguage()}`)}</p>
      <div class="segments">
        <FileButton id="open-song" accept=".cho,.crd,.chopro,.chordpro,.pro" onFile={(file) => void openSong(file, file.name)}>
          {t("write.open")}
        </FileButton>
        <button type="button" id="save-song" onClick={write}>
          {t("write.save")}
        </button>
        <PrintButton song={printed} name={session().song.provenance.title || "song"} />
        <button type="button" id="new-song" onClick={() => void newSong()}>
          {t("write.new")}
        </button>
      </div>
    </section>
  );
}

/** Chords: the scale they come from, those that are offered with reason and price, and all of them moved. */
export function ChordBench(): JSX.Element {
  const price = (offer: ReturnType<typeof offers>[number]): string =>
    [
      offer.outside > 0 ? t("offer.outside", { count: offer.outside }) : "",
      offer.roughness > 1.2 ? t("offer.rough", { times: numberIn(language(), Math.round(offer.roughness * 10) / 10) }) : "",
    ]
      .filter(Boolean)
      .join(" · ");
  const put = (name: string): void => {
    const place = placeAtHand();
    hearChord(name);
    if (!place || !lyric(place.line)) return;
    putChord(place.line, place.at, name);
    setPicked(place);
  };
  return (
    <section class="chord-bench">
      <h2>{t("write.chords")}</h2>
      <Show
        when={!home().heard}
        fallback={<p class="fine">{t("write.scaleHeard", { tonic: rootName(home().tonic), scale: ownWord(language(), "mode", home().scale.name) })}</p>}
      >
        <div class="row-of">
          <select
            aria-label={t("write.tonic")}
            id="tonic"
            onChange={(event) => edit("key", (draft) => draft.set("song", "song", { tonicCents: Number(event.currentTarget.value) }))}
          >
            <For each={TONICS}>
              {(cents) => (
                <option value={cents} selected={rootName(cents) === rootName(home().tonic)}>
                  {rootName(cents)}
                </option>
              )}
            </For>
          </select>
          <select
            aria-label={t("fact.mode")}
            id="scale-of-song"
            onChange={(event) => edit("key", (draft) => draft.set("song", "song", { mode: event.currentTarget.value }))}
          >
            <For each={modes}>
              {(mode) => (
                <option value={mode.name} selected={mode.name === home().scale.name}>
                  {ownWord(language(), "mode", mode.name)}
                </option>
              )}
            </For>
          </select>
        </div>
      </Show>
      <Show when={picked()}>{(place) => <PickedChord place={place()} />}</Show>
      <ul class="offers" aria-label={t("write.offers")}>
        <For each={offers().slice(0, SHOWN)}>
          {(offer) => (
            <li>
              <button type="button" class="hear" aria-label={t("write.hear", { chord: offer.name })} onClick={() => hearChord(offer.name)}>
                {offer.name}
              </button>
              <span>
                {offer.reasons
                  .slice(0, 2)
                  .map((reason) => told(`offer.${reason.code}`, { percent: Math.round(reason.amount * 100), count: reason.amount }))
                  .join(", ")}
                <small>{price(offer)}</small>
              </span>
              <IconButton sign="add" label={t("write.put", { chord: offer.name })} disabled={!placeAtHand()} onClick={() => put(offer.name)} />
            </li>
          )}
        </For>
      </ul>
      <Moves />
    </section>
  );
}

/** The chord that was pressed. */
function PickedChord(props: { readonly place: { readonly line: string; readonly at: number } }): JSX.Element {
  const name = (): string => lyric(props.place.line)?.chords.find((chord) => chord.at === props.place.at)?.name ?? "";
  const word = (): string => /^\s*\S*/.exec(textOf(props.place.line).slice(props.place.at))?.[0].trim() ?? "";
  return (
    <Show when={name()}>
      <div class="picked">
        <input
          type="text"
          id="picked-chord"
          aria-label={t("write.chordName", { word: word() })}
          value={name()}
          onChange={(event) => {
            const typed = event.currentTarget.value.trim();
            if (typed === "") removeChord(props.place.line, props.place.at);
            else {
              putChord(props.place.line, props.place.at, typed);
              hearChord(typed);
            }
          }}
        />
        <IconButton sign="before" label={t("write.chordBack")} onClick={() => moveChord(props.place.line, props.place.at, -1)} />
        <IconButton sign="next" label={t("write.chordOn")} onClick={() => moveChord(props.place.line, props.place.at, 1)} />
        <IconButton sign="close" label={t("write.chordAway")} onClick={() => removeChord(props.place.line, props.place.at)} />
      </div>
    </Show>
  );
}

/** All chords moved: by equal semitones, or along the scale's own steps. */
function Moves(): JSX.Element {
  const [moved, setMoved] = createSignal("");
  const move = (by: number, way: (by: number) => void, word: "semitone" | "step"): void => {
    way(by);
    setMoved(t(`write.moved.${word}.${by > 0 ? "up" : "down"}`));
  };
  return (
    <div class="moves">
      <span>{t("write.semitones")}</span>
      <button type="button" id="semitone-down" aria-label={t("write.semitone.down")} onClick={() => move(-1, transpose, "semitone")}>
        −
      </button>
      <button type="button" id="semitone-up" aria-label={t("write.semitone.up")} onClick={() => move(1, transpose, "semitone")}>
        +
      </button>
      <span>{t("write.steps")}</span>
      <button type="button" id="step-down" aria-label={t("write.step.down")} onClick={() => move(-1, transposeSteps, "step")}>
        −
      </button>
      <button type="button" id="step-up" aria-label={t("write.step.up")} onClick={() => move(1, transposeSteps, "step")}>
        +
      </button>
      <output class="sr">{moved()}</output>
    </div>
  );
}

/** What stands there before anything is written. */
export function EmptySheet(): JSX.Element {
  return (
    <div class="empty-sheet">
      <Icon name="write" size={40} />
      <h2>{t("write.empty")}</h2>
      <p>{t("write.emptyHint")}</p>
    </div>
  );
}
