import { addLines, chordsAfter, joinLine, type Lyric, removeLine, splitLine, turnLine, withChord, withTypedChords, writeLine } from "@kuishi/project";
import { readChordName } from "@kuishi/tuning";
import { createMemo, For, type JSX, Show } from "solid-js";
import { t } from "../../state/language.ts";
import { canEdit, edit, redo, session, undo } from "../../state/project.ts";
import { caret, focusLine, hearChord, lyric, marks, picked, setCaret, setPicked, settle, textOf, type, verseLanguage } from "../../state/song.ts";
import { IconButton } from "../iconbutton.tsx";
import { askRhymes } from "./rhymes.tsx";

/** A chord in its brackets, typed among the words. */
const TYPED = /\[[^[\]\n]*\]/;

/** A piece of a line between two borders: of a bunaq, or where a chord stands. */
interface Piece {
  readonly text: string;
  /** Its bunaq; undefined between them. */
  readonly foot: number | undefined;
  readonly chord: string | undefined;
  readonly at: number;
}
function piecesOf(text: string, chords: Lyric["chords"], feet: readonly (readonly [number, number])[]): Piece[] {
  const cuts = [...new Set([0, ...chords.map((chord) => chord.at), ...feet.flat()])].filter((at) => at <= text.length).sort((a, b) => a - b);
  return cuts.map((at, k) => {
    const foot = feet.findIndex(([from, to]) => at >= from && at < to);
    return { text: text.slice(at, cuts[k + 1]), foot: foot < 0 ? undefined : foot, chord: chords.find((chord) => chord.at === at)?.name, at };
  });
}

/** A line of the sheet: words that are typed, chords above them, what is counted beside them. */
export function LyricLine(props: { readonly id: string }): JSX.Element {
  const line = createMemo(() => lyric(props.id));
  const text = (): string => textOf(props.id);
  const own = createMemo(() => marks().get(props.id));
  const chords = (): Lyric["chords"] => chordsAfter(line()?.chords ?? [], line()?.text ?? "", text());
  const feet = (): readonly (readonly [number, number])[] => (own()?.text === text() && verseLanguage() === "kk" ? own()!.feet : []);
  const pieces = createMemo(() => piecesOf(text(), chords(), feet()));
  const isBare = (): boolean => text().trim() === "" && chords().length > 0;

  const look = (area: HTMLTextAreaElement): void => {
    setCaret({ line: props.id, at: area.selectionStart });
    setPicked(undefined);
  };
  const input = (area: HTMLTextAreaElement): void => {
    const { value } = area;
    if (value.includes("\n")) paste(area, value, 0, 0, "");
    else if (line()?.form === "words" && TYPED.test(value)) {
      const before = withTypedChords(value.slice(0, area.selectionStart), []);
      settle();
      edit("chords", (draft) => writeLine(draft, props.id, value));
      area.value = line()?.text ?? "";
      area.setSelectionRange(before.text.length, before.text.length);
      const typed = before.chords.at(-1);
      if (typed) hearChord(typed.name);
    } else type(props.id, value);
    look(area);
  };
  /** Lines of text between two places of the line: the first joins it, the others follow, what stood behind ends the last. */
  const paste = (area: HTMLTextAreaElement, told: string, from: number, to: number, old: string): void => {
    settle();
    const [first = "", ...rest] = told.split(/\r\n|\r|\n/);
    const whole = [old.slice(0, from) + first, ...rest];
    whole[whole.length - 1] += old.slice(to);
    edit("words", (draft) => {
      writeLine(draft, props.id, whole[0]!);
      const last = addLines(draft, props.id, whole.slice(1));
      if (last) focusLine(last, whole.at(-1)!.length - (old.length - to));
    });
    area.value = line()?.text ?? "";
  };
  const neighbour = (by: number): string | undefined => {
    const all = [...document.querySelectorAll<HTMLElement>("[data-line]")].map((row) => row.dataset["line"]!);
    return all[all.indexOf(props.id) + by];
  };
  const key = (event: KeyboardEvent & { currentTarget: HTMLTextAreaElement }): void => {
    const area = event.currentTarget;
    const [from, to] = [area.selectionStart, area.selectionEnd];
    const control = event.ctrlKey || event.metaKey;
    const take = (act: () => void): void => {
      event.preventDefault();
      settle();
      act();
    };
    if (event.key === "Enter" && !event.isComposing)
      take(() =>
        edit("words", (draft) => {
          if (from !== to) writeLine(draft, props.id, area.value.slice(0, from) + area.value.slice(to));
          const next = splitLine(draft, props.id, from);
          if (next) focusLine(next);
        }),
      );
    else if (event.key === "Backspace" && from === 0 && to === 0 && neighbour(-1) !== undefined) take(back);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const other = neighbour(event.key === "ArrowUp" ? -1 : 1);
      if (other) take(() => focusLine(other, Math.min(from, textOf(other).length)));
    } else if (control && event.code === "KeyZ") take(() => void (event.shiftKey ? redo() : undo()));
    else if (control && event.code === "KeyY") take(() => void redo());
  };
  /** At the beginning of a line: it joins the one before; an empty one goes. */
  const back = (): void =>
    edit("words", (draft) => {
      const met = joinLine(draft, props.id);
      if (met) focusLine(met.id, met.at);
      else if (text() === "") {
        const before = neighbour(-1);
        removeLine(draft, props.id);
        if (before) focusLine(before, textOf(before).length);
      }
    });
  const count = (): string => [...new Set(own()?.syllables ?? [])].join("–");
  return (
    <li class="lyric" classList={{ bare: isBare(), plain: line()?.form !== "words" }} data-line={props.id} data-form={line()?.form}>
      <div class="words">
        <textarea
          rows="1"
          spellcheck={false}
          autocomplete="off"
          aria-label={t(line()?.form === "comment" ? "write.remark" : "write.line")}
          placeholder={session().lyrics.length === 1 ? t("write.first") : ""}
          readonly={!canEdit()}
          value={text()}
          onInput={(event) => input(event.currentTarget)}
          onKeyDown={key}
          onKeyUp={(event) => look(event.currentTarget)}
          onClick={(event) => look(event.currentTarget)}
          onFocus={(event) => look(event.currentTarget)}
          onBlur={settle}
          onPaste={(event) => {
            const told = event.clipboardData?.getData("text/plain") ?? "";
            if (!/[\r\n]/.test(told.trimEnd())) return;
            event.preventDefault();
            const area = event.currentTarget;
            paste(area, told.replace(/\s+$/, ""), area.selectionStart, area.selectionEnd, area.value);
          }}
        />
        <div class="mirror">
          <For each={pieces()}>
            {(piece) => (
              <>
                <Show when={piece.chord}>{(name) => <Chord line={props.id} at={piece.at} name={name()} />}</Show>
                <span aria-hidden="true" class={piece.foot === undefined ? "" : `foot f${piece.foot % 2}`}>
                  {piece.text}
                </span>
              </>
            )}
          </For>
          {"\u200b"}
        </div>
      </div>
      <Show when={line()?.form === "words" && text().trim() !== ""}>
        <div class="marks">
          <b class="count" classList={{ whole: own()?.measure != null }} title={t("write.syllables", { range: count() })}>
            {count()}
          </b>
          <span class="bunaq">{own()?.bunaq[0]?.join("+") ?? ""}</span>
          <i class="rhyme" data-rhyme={own()?.rhyme ?? ""}>
            {own()?.rhyme ?? ""}
          </i>
          <Show when={verseLanguage() === "kk" && own()}>
            {(counted) => (
              <button
                type="button"
                class="mini"
                aria-label={t("verse.rhymesFor", { word: counted().words.at(-1)?.join("") ?? "" })}
                onClick={() => void askRhymes(props.id, counted().words.at(-1)?.join("") ?? "")}
              >
                ≈
              </button>
            )}
          </Show>
          <span class="more-of-line">
            <IconButton
              sign="versions"
              label={line()?.others.length ? t("write.turn", { n: (line()?.others.length ?? 0) + 1 }) : t("write.keepVersion")}
              onClick={() => {
                settle();
                edit("words", (draft) => turnLine(draft, props.id));
                focusLine(props.id, 0);
              }}
            />
            <Show when={line()?.others.length}>{(others) => <small>{others() + 1}</small>}</Show>
          </span>
        </div>
      </Show>
    </li>
  );
}

/** A chord over its syllable: pressed it is heard and looked at, moved with the arrows, taken away with Delete. */
function Chord(props: { readonly line: string; readonly at: number; readonly name: string }): JSX.Element {
  const isPicked = (): boolean => picked()?.line === props.line && picked()?.at === props.at;
  const over = (): string => /^\s*\S*/.exec(textOf(props.line).slice(props.at))?.[0].trim() || t("write.lineEnd");
  const key = (event: KeyboardEvent): void => {
    if (event.key === "Delete" || event.key === "Backspace") removeChord(props.line, props.at);
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") moveChord(props.line, props.at, event.key === "ArrowLeft" ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span class="anchor">
      <button
        type="button"
        class="chord"
        classList={{ other: !readChordName(props.name) }}
        data-at={props.at}
        aria-pressed={isPicked()}
        aria-label={t("write.chordOver", { chord: props.name, word: over() })}
        onClick={() => {
          setPicked({ line: props.line, at: props.at });
          hearChord(props.name);
        }}
        onKeyDown={key}
      >
        {props.name}
      </button>
    </span>
  );
}

/** Takes a chord away; its words keep the cursor. */
export function removeChord(id: string, at: number): void {
  settle();
  edit("chords", (draft) => draft.set("lyric", id, { chords: withChord(lyric(id)?.chords ?? [], at, "") }));
  setPicked(undefined);
  focusLine(id, at);
}
/** Puts a chord over a place, or another in its place. */
export function putChord(id: string, at: number, name: string): void {
  settle();
  edit("chords", (draft) => draft.set("lyric", id, { chords: withChord(lyric(id)?.chords ?? [], at, name) }));
}
/** Moves a chord to the next syllable, or the one before. */
export function moveChord(id: string, at: number, by: 1 | -1): void {
  settle();
  const own = lyric(id);
  const chord = own?.chords.find((one) => one.at === at);
  if (!own || !chord) return;
  const stops = [...syllableStarts(id), own.text.length];
  const to = by > 0 ? stops.find((stop) => stop > at) : stops.findLast((stop) => stop < at);
  if (to === undefined || own.chords.some((one) => one.at === to)) return;
  edit("chords", (draft) => draft.set("lyric", id, { chords: withChord(withChord(own.chords, at, ""), to, chord.name) }));
  setPicked({ line: id, at: to });
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-line="${id}"] .chord[data-at="${to}"]`)?.focus());
}
/** Where the syllables of a line begin. */
function syllableStarts(id: string): number[] {
  const { text } = lyric(id) ?? { text: "" };
  let from = 0;
  return (marks().get(id)?.words ?? []).flat().flatMap((syllable) => {
    const at = text.indexOf(syllable, from);
    if (at < 0) return [];
    from = at + syllable.length;
    return [at];
  });
}
/** Where a chord would go now: over the place at hand. */
export const placeAtHand = (): { readonly line: string; readonly at: number } | undefined => picked() ?? caret();
