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

/** What one of each is worth: a wrong note more than one that came late. */
const WORTH = { wrongPitch: 3, missed: 2.5, extra: 2, late: 1.5, early: 1.5, wrongString: 1 } as const;
/** Of two that are worth much the same, the earlier here goes first: another room must not turn them round. */
const ORDER: readonly string[] = ["wrongPitch", "missed", "late", "early", "extra", "uneven", "fretSharp", "fretFlat", "wrongString"];
/** Worth in steps of a doubling. */
const rank = ({ weight }: Found): number => Math.round(log2(Math.max(0.1, weight)));
/** Where most of them fall within this time is the place to hear; some time around it belongs to it. */
const [WINDOW_SEC, AROUND_SEC] = [4, 0.6];
/** A fret that sounds so far off all over the take should be moved, cents; heard at least so often. */
const [FRET_CENTS, FRET_TIMES] = [12, 4];
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
  for (const code of ["wrongPitch", "missed", "late", "early", "wrongString"] as const) {
    const own = judged.filter((one) => one.verdict === code);
    if (own.length === 0) continue;
    const [first] = own;
    const cents = own.flatMap(({ off }) => (off === null ? [] : [Math.abs(off)]));
    const seconds = own.flatMap(({ offset }) => (offset === null ? [] : [Math.abs(offset.seconds)]));
    const params: Thing["params"] = {
      notes: own.length,
      ...(code === "wrongPitch" && cents.length > 0 ? { cents: Math.round(median(cents)) } : {}),
      ...((code === "late" || code === "early") && seconds.length > 0 ? { ms: Math.round(1000 * median(seconds)) } : {}),
    };
    if (first) found.push({ code, params, at: own.map(at), weight: WORTH[code] * own.length });
  }
  if (extra.length > 0) {
    const near = (note: HeardNote): At => ({ take: note.onset, master: masterAt(judged, strokes.master, note.onset) });
    found.push({ code: "extra", params: { notes: extra.length }, at: extra.map(near), weight: WORTH.extra * extra.length });
  }
  for (const own of Map.groupBy(
    judged.filter(({ note }) => note.fret !== null && note.fret > 0),
    ({ note }) => `${note.string} ${note.fret}`,
  ).values()) {
    const cents = median(own.map(({ ofFret }) => ofFret));
    const { note } = own[0]!;
    if (own.length < FRET_TIMES || Math.abs(cents) < FRET_CENTS) continue;
    found.push({
      code: cents > 0 ? "fretSharp" : "fretFlat",
      params: { string: note.string! + 1, fret: note.fret!, cents: Math.round(Math.abs(cents)) },
      at: own.map(at),
      weight: (Math.abs(cents) / 4) * Math.sqrt(own.length),
    });
  }
  const uneven = judged.filter(({ offset }) => offset !== null);
  if (spread.noiseMs > UNEVEN_MS && uneven.length > 0) {
    const worst = uneven.toSorted((a, b) => Math.abs(b.offset!.seconds) - Math.abs(a.offset!.seconds)).slice(0, 12);
    found.push({ code: "uneven", params: { ms: Math.round(spread.noiseMs) }, at: worst.map(at), weight: spread.noiseMs - UNEVEN_MS });
  }
  return found
    .sort((a, b) => rank(b) - rank(a) || ORDER.indexOf(a.code) - ORDER.indexOf(b.code) || b.weight - a.weight)
    .slice(0, 3)
    .map(({ code, params, at: all }) => ({ code, params, ...densest(all) }));
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
