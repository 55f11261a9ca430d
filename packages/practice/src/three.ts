import { log2, median, rounded, type Seconds } from "@kuishi/base";
import type { HeardNote } from "@kuishi/score";
import type { Place, Thing } from "./contract.ts";
import type { Judged } from "./judge.ts";
import type { PlayedStroke } from "./strokes.ts";

/** A fault at a time of the take and of the master. */
interface At {
  readonly take: Seconds;
  readonly master: Seconds;
}
interface Found {
  readonly code: string;
  readonly params: Thing["params"];
  readonly at: readonly At[];
  /** How much it is worth working at. */
  readonly weight: number;
}

/** What one of each is worth: a wrong note more than one that came late; what the ear alone may have missed or made up, less. */
const WORTH = { wrongPitch: 3, missed: 1.5, extra: 1, time: 1.5, wrongString: 1 } as const;
/** Of two that are worth much the same, the earlier here goes first: another room must not turn them round. */
const ORDER: readonly string[] = ["wrongPitch", "late", "early", "uneven", "fretSharp", "fretFlat", "missed", "extra", "wrongString"];
/** Worth in steps of four times. */
const rank = ({ weight }: Found): number => Math.floor(log2(Math.max(0.1, weight)) / 2);
/** Where most of them fall within this time is the place to hear; some time around it belongs to it. */
const [WINDOW_SEC, AROUND_SEC] = [4, 0.6];
/** A fret that sounds so far off all over the take should be moved, cents; heard at least so often. */
const [FRET_CENTS, FRET_TIMES] = [12, 4];
/** So many times as many early as late strokes, or the other way, are one of both; else it is unevenness. */
const MUCH_MORE = 2;
/** Unevenness from which it is worth saying, ms. */
const UNEVEN_MS = 14;

/** The three things most worth working at, the worst first, each with the place where it is densest. */
export function threeThings(
  judged: readonly Judged[],
  extra: readonly HeardNote[],
  spread: { readonly noiseMs: number },
  strokes: { readonly master: readonly PlayedStroke[]; readonly take: readonly PlayedStroke[] },
): Thing[] {
  const at = (one: Judged): At => ({ take: one.at, master: strokes.master[one.stroke]!.at });
  const found: Found[] = [];
  for (const code of ["wrongPitch", "missed", "wrongString"] as const) {
    const own = judged.filter((one) => one.verdict === code);
    if (own.length === 0) continue;
    const cents = own.flatMap(({ off }) => (off === null ? [] : [Math.abs(off)]));
    const params: Thing["params"] = { notes: own.length, ...(code === "wrongPitch" && cents.length > 0 ? { cents: Math.round(median(cents)) } : {}) };
    found.push({ code, params, at: own.map(at), weight: WORTH[code] * own.length });
  }
  if (extra.length > 0) {
    const near = (note: HeardNote): At => ({ take: note.onset, master: masterAt(judged, strokes.master, note.onset) });
    found.push({ code: "extra", params: { notes: extra.length }, at: extra.map(near), weight: WORTH.extra * extra.length });
  }
  const fret = worstFret(judged);
  if (fret) found.push({ ...fret, at: fret.notes.map(at) });
  const time = timeOf(judged, spread.noiseMs);
  if (time) found.push({ ...time, at: time.notes.map(at) });
  return found
    .sort((a, b) => rank(b) - rank(a) || ORDER.indexOf(a.code) - ORDER.indexOf(b.code) || b.weight - a.weight)
    .slice(0, 3)
    .map(({ code, params, at: all }) => ({ code, params, ...densest(all) }));
}

/** A thing by the notes it is found in. */
type Matter = Omit<Found, "at"> & { readonly notes: readonly Judged[] };

/** Time is one matter: early or late, where one is much more frequent, else uneven. */
function timeOf(judged: readonly Judged[], noiseMs: number): Matter | undefined {
  const offset = (one: Judged): number => Math.abs(one.offset?.seconds ?? 0);
  const [late, early] = [judged.filter(({ verdict }) => verdict === "late"), judged.filter(({ verdict }) => verdict === "early")];
  const told = [...late, ...early];
  if (told.length > 0) {
    const [code, notes] =
      late.length > MUCH_MORE * early.length ? ["late", late] : early.length > MUCH_MORE * late.length ? ["early", early] : ["uneven", told];
    const ms = Math.round(1000 * median(notes.map(offset)));
    return { code, params: code === "uneven" ? { ms } : { notes: notes.length, ms }, notes, weight: WORTH.time * told.length };
  }
  const notes = judged
    .filter((one) => one.offset !== null)
    .sort((a, b) => offset(b) - offset(a))
    .slice(0, 12);
  return noiseMs > UNEVEN_MS && notes.length > 0 ? { code: "uneven", params: { ms: Math.round(noiseMs) }, notes, weight: noiseMs - UNEVEN_MS } : undefined;
}

/** Frets are one matter too, the instrument's: the one that is most worth moving, by how far it sounds off all over the take and how often it is played. */
function worstFret(judged: readonly Judged[]): Matter | undefined {
  const pressed = judged.filter(({ note }) => note.fret !== null && note.fret > 0);
  const frets = [...Map.groupBy(pressed, ({ note }) => `${note.string} ${note.fret}`).values()]
    .filter((notes) => notes.length >= FRET_TIMES)
    .map((notes) => ({ notes, note: notes[0]!.note, cents: median(notes.map(({ ofFret }) => ofFret)) }))
    .filter(({ cents }) => Math.abs(cents) >= FRET_CENTS)
    .map((fret) => ({ ...fret, weight: (Math.abs(fret.cents) / 4) * Math.sqrt(fret.notes.length) }))
    .sort((a, b) => b.weight - a.weight);
  const [worst] = frets;
  return (
    worst && {
      code: worst.cents > 0 ? "fretSharp" : "fretFlat",
      params: { string: worst.note.string! + 1, fret: worst.note.fret!, cents: Math.round(Math.abs(worst.cents)) },
      notes: worst.notes,
      weight: worst.weight,
    }
  );
}

function masterAt(judged: readonly Judged[], master: readonly PlayedStroke[], take: Seconds): Seconds {
  let best: Judged | undefined;
  for (const one of judged) if (!best || Math.abs(one.at - take) < Math.abs(best.at - take)) best = one;
  return best ? master[best.stroke]!.at : 0;
}

/** The window that holds most, as a place of both recordings. */
function densest(all: readonly At[]): Place {
  const sorted = all.toSorted((a, b) => a.take - b.take);
  let best: At[] = [];
  sorted.forEach((first, i) => {
    const own = sorted.slice(i).filter((one) => one.take - first.take <= WINDOW_SEC && Math.abs(one.master - first.master) <= 2 * WINDOW_SEC);
    if (own.length > best.length) best = own;
  });
  const masters = best.map(({ master }) => master);
  const from = (at: Seconds): Seconds => rounded(Math.max(0, at - AROUND_SEC), 3);
  const to = (at: Seconds): Seconds => rounded(at + AROUND_SEC, 3);
  return {
    takeFromSec: from(best[0]!.take),
    takeToSec: to(best.at(-1)!.take),
    masterFromSec: from(Math.min(...masters)),
    masterToSec: to(Math.max(...masters)),
  };
}
