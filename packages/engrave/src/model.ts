import { model } from "@coderline/alphatab";
import { type Item, type Part, pitchCents, type Score } from "@kuishi/score";

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
  own.style ??= new model.ScoreStyle();
  // the engraver's own line below a copyright claims what nobody said
  own.style.headerAndFooter.set(model.ScoreSubElement.CopyrightSecondLine, new model.HeaderFooterStyle("", false));
  [own.title, own.subTitle] = titlesOf(score);
  own.tracks.forEach((track, p) => {
    const part = score.parts[p];
    track.name = part?.name ?? track.name;
    track.shortName = part?.short ?? "";
    if (part) stringed(track, part);
    if (part) loudAsWritten(track, part);
    for (const sound of track.percussionArticulations) if (sound.noteHeadDefault === MusicFontSymbol.None) headed(sound);
  });
  grouped(own, score);
}
/** The title, and what stands below it: the movement, or the other titles of a tune of ABC. */
function titlesOf({ title, movement, carried }: Score): [title: string, below: string] {
  const others = (carried ?? [])
    .flatMap(({ children }) => children ?? [])
    .flatMap(({ children }) => children ?? [])
    .flatMap(({ attributes, text }) => (attributes?.["name"] === "abc:T" && text ? [text] : []));
  const [first = "", ...below] = [title, movement, ...others].filter((one) => one !== undefined && one.trim() !== "") as string[];
  return [first, below.filter((one) => one !== first).join(" · ")];
}
/** Loud from the start, says the engraver where nothing is told: before the first sign there is none. */
function loudAsWritten(track: model.Track, part: Part): void {
  const isLoudness = (item: Item): boolean =>
    item.kind === "direction"
      ? item.marks.some((mark) => mark.kind === "dynamic" || mark.name === "dynamics")
      : item.kind === "chord" && item.notes.some((note) => note.marks?.some((mark) => mark.kind === "dynamic"));
  const bar = part.bars.findIndex(({ items }) => items.some(isLoudness));
  const first = bar < 0 ? undefined : part.bars[bar]!.items.find(isLoudness);
  const at = first && "at" in first ? first.at[0] / first.at[1] : 0;
  for (const staff of track.staves)
    for (const own of staff.bars)
      for (const voice of own.voices)
        for (const beat of voice.beats)
          if (bar < 0 || own.index < bar || (own.index === bar && beat.displayStart / WHOLE < at - 1e-6)) beat.dynamics = NOT_TOLD;
}
/** A loudness that the engraver has no sign for. */
const NOT_TOLD = -1 as model.DynamicValue;
/** Ticks of the engraver in a whole note. */
const WHOLE = 3840;
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
