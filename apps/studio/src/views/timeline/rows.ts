import { RECORDING_TRACK, type Session, type Take, type Track } from "@kuishi/project";

/** Heights of the rows, pixels. */
export const LANE = 22;
export const TALL = 72;
const LOW = 36;
const TAKE = 26;

/** A row of the timeline, from top to bottom: the form, each track with its takes where they are shown, each part of the blend. */
export type Row =
  | { readonly kind: "form"; readonly id: string; readonly height: number }
  | { readonly kind: "clips"; readonly id: string; readonly height: number; readonly name: string }
  | { readonly kind: "take"; readonly id: string; readonly height: number; readonly take: Take }
  | { readonly kind: "part"; readonly id: string; readonly height: number };

/** What the rows are made of. */
export interface RowsFrom {
  readonly session: Pick<Session, "tracks" | "takes">;
  /** Strips of the plan that sounds, by id: what is no track of its own is a part. */
  readonly strips: readonly { readonly id: string }[];
  /** Tracks whose takes are shown. */
  readonly open: ReadonlySet<string>;
  /** What the recording's own track is called. */
  readonly recording: string;
}
/** The rows there are. The recording has its track, also where it was never touched. */
export function rowsOf({ session, strips, open, recording }: RowsFrom): Row[] {
  const untouched: Pick<Track, "id" | "name"> = { id: RECORDING_TRACK, name: "" };
  const tracks = session.tracks.some((track) => track.id === RECORDING_TRACK) ? session.tracks : [untouched, ...session.tracks];
  const takesOf = (track: string): Row[] =>
    open.has(track) ? session.takes.filter((take) => take.track === track).map((take) => ({ kind: "take", id: take.id, height: TAKE, take })) : [];
  const own = new Set(tracks.map((track) => track.id));
  return [
    { kind: "form", id: "form", height: LANE },
    ...tracks.flatMap(({ id, name }): Row[] => [{ kind: "clips", id, height: TALL, name: id === RECORDING_TRACK ? recording : name }, ...takesOf(id)]),
    ...strips.filter(({ id }) => !own.has(id)).map(({ id }): Row => ({ kind: "part", id, height: LOW })),
  ];
}
/** Where each row begins, pixels from the top, and after them where the last one ends. */
export function topsOf(rows: readonly Row[]): number[] {
  const tops = [0];
  for (const row of rows) tops.push(tops.at(-1)! + row.height);
  return tops;
}
