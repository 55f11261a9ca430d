import { type Language, text } from "@kuishi/words";
import type { ReleaseTrack } from "./release.ts";

/** Where a track's tune comes from and through whose hands it went, a sentence each: as pages, feeds and tags say it. */
export function sourceLines({ source }: Pick<ReleaseTrack, "source">, language: Language): string[] {
  const say = (code: "composer" | "learnedFrom" | "arrangers" | "samples" | "place" | "labels", name: string): string[] =>
    name === "" ? [] : [text(language, `release.${code}`, { name })];
  return [
    source.composer === "folk" || source.composer === "" ? text(language, "release.folk") : say("composer", source.composer),
    say("learnedFrom", source.learnedFrom),
    say("place", source.place),
    say("arrangers", source.arrangers.join(", ")),
    say("samples", source.samples.join("; ")),
    say("labels", source.labels.join("; ")),
  ].flat();
}
