import { model } from "@coderline/alphatab";
import type { Score } from "@kuishi/score";

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
    for (const sound of track.percussionArticulations) if (sound.noteHeadDefault === MusicFontSymbol.None) headed(sound);
  });
  grouped(own, score);
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
