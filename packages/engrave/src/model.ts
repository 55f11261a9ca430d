import { model } from "@coderline/alphatab";
import { type Part, pitchCents, type Score } from "@kuishi/score";

const { MusicFontSymbol } = model;
/** General MIDI keys of what is written with crosses: hats and cymbals. */
const CROSSES = new Set([42, 44, 46, 49, 51, 52, 53, 55, 57, 59]);
/** Heads of black, half and whole notes. */
const HEADS = {
  oval: [MusicFontSymbol.NoteheadBlack, MusicFontSymbol.NoteheadHalf, MusicFontSymbol.NoteheadWhole],
  cross: [MusicFontSymbol.NoteheadXBlack, MusicFontSymbol.NoteheadXHalf, MusicFontSymbol.NoteheadXWhole],
} as const;

/** Puts right in the engraver's model what it takes otherwise from MusicXML than a reader of music would. */
export function settled(own: model.Score, score: Score): void {
  const sheet = own.stylesheet;
  sheet.singleTrackTrackNamePolicy = score.parts[0]?.name ? model.TrackNamePolicy.FirstSystem : model.TrackNamePolicy.Hidden;
  sheet.multiTrackTrackNamePolicy = model.TrackNamePolicy.AllSystems;
  sheet.firstSystemTrackNameMode = model.TrackNameMode.FullName;
  sheet.otherSystemsTrackNameMode = model.TrackNameMode.ShortName;
  sheet.firstSystemTrackNameOrientation = model.TrackNameOrientation.Horizontal;
  sheet.otherSystemsTrackNameOrientation = model.TrackNameOrientation.Horizontal;
  own.tracks.forEach((track, p) => {
    const part = score.parts[p];
    track.name = part?.name ?? track.name;
    track.shortName = part?.short ?? "";
    if (part) stringed(track, part);
    for (const sound of track.percussionArticulations) if (sound.noteHeadDefault === MusicFontSymbol.None) headed(sound);
  });
  grouped(own, score);
}
/** Strings as many as there are, where the engraver takes a guitar's; staff and tablature both, unless the file has a staff of its own for the tablature. */
function stringed(track: model.Track, part: Part): void {
  track.staves.forEach((staff, s) => {
    const items = part.bars[0]?.items.filter((item) => !("staff" in item) || (item.staff ?? 1) === s + 1) ?? [];
    const strings = items.flatMap((item) => (item.kind === "staff" ? (item.strings ?? []) : []));
    if (strings.length === 0) return;
    const shift = staff.stringTuning.tunings.length - strings.length;
    const high = [...strings].sort((a, b) => b.line - a.line);
    staff.stringTuning = new model.Tuning(
      "",
      [...high].map((pitch) => Math.round(pitchCents(pitch) / 100)),
      false,
    );
    staff.showTablature = true;
    staff.showStandardNotation = !items.some((item) => item.kind === "clef" && item.sign === "TAB");
    for (const bar of staff.bars)
      for (const voice of bar.voices) for (const beat of voice.beats) for (const note of beat.notes) if (note.isStringed) note.string -= shift;
  });
}
function headed(sound: model.InstrumentArticulation): void {
  const [black, half, whole] = HEADS[CROSSES.has(sound.outputMidiNumber) ? "cross" : "oval"];
  [sound.noteHeadDefault, sound.noteHeadHalf, sound.noteHeadWhole] = [black, half, whole];
}

/** Beams by the groups of each bar. */
function grouped(own: model.Score, score: Score): void {
  let rules: model.BeamingRules | undefined;
  score.bars.forEach((bar, b) => {
    const meter = bar.time?.[0]?.meters[0];
    if (meter) rules = meter.unit >= 8 ? rulesOf(meter.groups, meter.unit) : undefined;
    if (rules) Object.assign(own.masterBars[b] ?? {}, { beamingRules: rules, actualBeamingRules: rules });
  });
}
/** What the engraver makes of rules when it ends reading a score is done by hand, for ours come after that. */
function rulesOf(groups: readonly number[], unit: number): model.BeamingRules {
  const rules = new model.BeamingRules();
  rules.groups.set(unit as model.Duration, [...groups]);
  const time = { timeSignatureNumerator: groups.reduce((sum, group) => sum + group, 0), timeSignatureDenominator: unit };
  (Object.assign(rules, time) as unknown as { finish(): void }).finish();
  return rules;
}
