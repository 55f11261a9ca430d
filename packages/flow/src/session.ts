import { type Decibels, type Frames, SAMPLE_RATE } from "@kuishi/base";
import {
  type Bend,
  type Bus,
  type Clips,
  defaultEffect,
  type Insert,
  type Piece,
  type Plan,
  type PlanEvent,
  type Strip,
  sanitizeEffect,
  sanitizeInsert,
  sanitizeSource,
  sourceFrom,
} from "@kuishi/engine";
import { type Note, RECORDING_TRACK, type Session } from "@kuishi/project";
import { CEILING_DBTP, RECORDING, TAIL_SEC } from "./compile.ts";

/** Name under which a plan finds the sound of a clip: its asset, stretched and transposed as the clip wants it. */
export const clipName = (clip: { readonly asset: string; readonly rate: number; readonly cents: number }, recording: string | undefined): string => {
  const asset = clip.asset === recording ? RECORDING : clip.asset;
  return clip.rate === 1 && clip.cents === 0 ? asset : `${asset}@${clip.rate},${clip.cents}`;
};

/** A plan of the recording alone: what there is before anything is blended. */
export function plainPlan(frames: Frames): Plan {
  return {
    frames: frames + TAIL_SEC * SAMPLE_RATE,
    seed: 1,
    strips: [
      {
        id: RECORDING,
        source: { kind: "clips", pieces: [{ clip: RECORDING, at: 0, from: 0, length: frames, fadeIn: 240, fadeOut: Math.min(9600, frames >> 2), gainDb: 0 }] },
        events: [],
        inserts: [],
        gainDb: 0,
        pan: 0,
        sends: {},
      },
    ],
    buses: [
      { id: "reverb", effect: defaultEffect("reverb"), gainDb: 0 },
      { id: "delay", effect: defaultEffect("delay"), gainDb: 0 },
    ],
    master: { gainDb: 0, ceilingDbtp: CEILING_DBTP },
  };
}

/** Frames a track's clips reach to. */
const endOf = ({ clips, noteClips }: Session): Frames => Math.max(0, ...[...clips, ...noteClips].map((clip) => clip.at + clip.length));

function piecesOf(session: Session, track: string, lead: Frames): Piece[] {
  const recording = session.song.recording?.asset;
  return session.clips
    .filter((clip) => clip.track === track && !clip.mute)
    .map((clip) => ({
      clip: clipName(clip, recording),
      at: lead + clip.at,
      // a stretched sound is counted in its own frames
      from: Math.round(clip.from / clip.rate),
      length: clip.length,
      fadeIn: clip.fadeIn,
      fadeOut: clip.fadeOut,
      gainDb: clip.gainDb,
    }));
}

/** What a hand wrote for a track or a part, in frames of the tune; undefined where none did. */
export function handNotes(session: Session, track: string): readonly Omit<Note, "id" | "kind" | "clip">[] | undefined {
  const clips = session.noteClips.filter((clip) => clip.track === track);
  if (clips.length === 0) return undefined;
  return clips.filter((clip) => !clip.mute).flatMap((clip) => (session.notes.get(clip.id) ?? []).map((note) => ({ ...note, at: clip.at + note.at })));
}
const eventsOf = (session: Session, track: string, lead: Frames): readonly PlanEvent[] | undefined =>
  handNotes(session, track)
    ?.map(
      ({ at, length, cents, velocity, voice, bend }): PlanEvent => ({
        frame: Math.max(0, lead + at),
        length,
        cents,
        velocity,
        voice,
        ...(bend ? { bend: bend as Bend } : {}),
      }),
    )
    .sort((a, b) => a.frame - b.frame);

/** Which sounds a session's clips want beside the plan's own, stretched or not. */
export function wantedClips(session: Session): readonly { readonly name: string; readonly asset: string; readonly rate: number; readonly cents: number }[] {
  const recording = session.song.recording?.asset;
  const all = session.clips.map((clip) => ({ name: clipName(clip, recording), asset: clip.asset, rate: clip.rate, cents: clip.cents }));
  return [...new Map(all.filter((one) => one.name !== RECORDING).map((one) => [one.name, one])).values()];
}

/**
 * A plan with everything a person did: tracks and clips of their own, faders, places, sends, inserts,
 * buses, master. What was set for a part that the blend no longer has is kept in the project and
 * plays no role. @param base the blend's plan, or `plainPlan`.
 */
export function withSession(base: Plan, session: Session): Plan {
  const { song } = session;
  const lead = base.lead ?? 0;
  const own = session.tracks
    .filter((track) => track.id !== RECORDING_TRACK && base.strips.every((strip) => strip.id !== track.id))
    .map(
      (track): Strip => ({
        id: track.id,
        source: (track.instrument && sourceFrom(track.instrument)) ?? { kind: "clips", pieces: piecesOf(session, track.id, lead) },
        events: [],
        inserts: [],
        gainDb: 0,
        pan: 0,
        sends: {},
      }),
    );
  const cut = session.clips.some((clip) => clip.track === RECORDING_TRACK);
  const after = base.strips.findIndex((strip) => strip.id === RECORDING) + 1;
  const strips = [...base.strips.slice(0, after), ...own, ...base.strips.slice(after)];
  const solo = strips.some((strip) => session.strips.get(strip.id)?.solo);
  const buses = [
    ...base.buses.map((bus): Bus => {
      const set = session.buses.get(bus.id);
      // what fades at the end fades from where it was put
      const automation = bus.automation?.map((one) =>
        one.path[0] === "gainDb" ? { ...one, envelope: one.envelope.map(([at, db]) => [at, db + (set?.gainDb ?? bus.gainDb) - bus.gainDb] as const) } : one,
      );
      return set ? { ...bus, effect: sanitizeEffect(set.effect, bus.effect) ?? bus.effect, gainDb: set.gainDb, ...(automation ? { automation } : {}) } : bus;
    }),
    ...[...session.buses.values()]
      .filter((set) => base.buses.every((bus) => bus.id !== set.bus))
      .flatMap((set): Bus[] => {
        const effect = sanitizeEffect(set.effect, base.buses.find((bus) => bus.effect.kind === set.effect.kind)?.effect);
        return effect ? [{ id: set.bus, effect, gainDb: set.gainDb }] : [];
      }),
  ];
  const set = strips.map((strip): Strip => {
    const settings = session.strips.get(strip.id);
    const source = strip.id === RECORDING && cut ? ({ kind: "clips", pieces: piecesOf(session, RECORDING_TRACK, lead) } as const) : strip.source;
    const mute = (settings?.mute ?? false) || (solo && !settings?.solo);
    return {
      ...strip,
      source: settings?.source ? sanitizeSource(settings.source, source) : source,
      events: eventsOf(session, strip.id, lead) ?? strip.events,
      inserts: settings?.inserts ? settings.inserts.flatMap((insert) => sanitizeInsert(insert) ?? []) : strip.inserts,
      gainDb: strip.gainDb + (settings?.gainDb ?? 0),
      pan: settings?.pan ?? strip.pan,
      sends: settings?.sends ?? strip.sends,
      ...(mute ? { mute } : {}),
    };
  });
  const tail = TAIL_SEC * SAMPLE_RATE;
  const inserts = song.masterInserts?.flatMap((insert) => withoutKey(sanitizeInsert(insert)));
  const ceilingDbtp: Decibels = song.ceilingDbtp ?? base.master.ceilingDbtp;
  return {
    ...base,
    frames: Math.max(base.frames, lead + endOf(session) + tail),
    strips: keysFirst(set),
    buses,
    master: { ...base.master, ...(inserts ? { inserts } : {}), gainDb: base.master.gainDb + song.masterGainDb, ceilingDbtp },
  };
}

/** A side-chain key stands before what it presses. Those that press each other in a circle lose their keys. */
function keysFirst(strips: readonly Strip[]): Strip[] {
  const ids = new Set(strips.map((strip) => strip.id));
  const rest = strips.map(
    (strip): Strip => ({
      ...strip,
      inserts: strip.inserts.flatMap((insert) => (keyOf(insert) === undefined || ids.has(keyOf(insert)!) ? [insert] : withoutKey(insert))),
    }),
  );
  const out: Strip[] = [];
  while (rest.length > 0) {
    const placed = new Set(out.map((strip) => strip.id));
    const ready = rest.findIndex((strip) => strip.inserts.every((insert) => keyOf(insert) === undefined || placed.has(keyOf(insert)!)));
    const [next] = rest.splice(Math.max(0, ready), 1) as [Strip];
    out.push(ready >= 0 ? next : { ...next, inserts: next.inserts.flatMap(withoutKey) });
  }
  return out;
}
const keyOf = (insert: Insert): string | undefined => (insert.kind === "compressor" ? insert.key : undefined);
function withoutKey(insert: Insert | undefined): Insert[] {
  if (!insert) return [];
  if (insert.kind !== "compressor") return [insert];
  const { key: _, ...rest } = insert;
  return [rest];
}

/** Clips of a plan that are pieces of a longer one would take the whole along to another thread: each gets its own memory. */
export const copyForTransfer = (clips: Clips): Clips =>
  new Map([...clips].map(([name, sound]) => [name, sound.map((channel) => (channel.byteLength < channel.buffer.byteLength ? channel.slice() : channel))]));
