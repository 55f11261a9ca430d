/** Families of sound: each has one colour, on every screen. */
export type Family = "sky" | "gold" | "lilac" | "felt" | "leaf";

const MEMBERS: Readonly<Record<Family, readonly string[]>> = {
  sky: ["recording", "texture", "chops"],
  gold: ["dombra", "dombra2", "guitar", "guitar2", "tar", "arp", "spiccato", "tanpura"],
  lilac: ["voice", "balaban", "qobyz", "sybyzgy", "dem", "lead", "choir", "violins"],
  felt: ["kick", "clap", "snare", "hat", "openHat", "rim", "shaker", "frame", "tek", "ride", "timpani", "drum", "triangle"],
  leaf: ["bass", "pad", "drone", "epiano", "organ", "strings", "cellos", "brass", "stabs", "bells", "acid"],
};
const FAMILIES = new Map(Object.entries(MEMBERS).flatMap(([family, parts]) => parts.map((part) => [part, family as Family] as const)));

/** Family of a part, by what its style calls it; the musician's own tracks stand with the recording. */
export const familyOf = (part: string): Family => FAMILIES.get(part) ?? "sky";

/** Colour of a section: what it does in the blend, else the register it lies in. */
export const SECTION_FAMILY: Readonly<Record<string, Family>> = {
  intro: "sky",
  build: "leaf",
  main: "gold",
  climax: "felt",
  calm: "sky",
  outro: "lilac",
  bas: "sky",
  orta: "leaf",
  kishi: "gold",
  ulken: "felt",
};
