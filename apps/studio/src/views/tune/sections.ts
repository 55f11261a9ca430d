import { ownWord } from "@kuishi/words";
import { language, t } from "../../state/language.ts";
import { tune } from "../../state/tune.ts";
import { currentVariation } from "../../state/variations.ts";
import { type Family, SECTION_FAMILY } from "../family.ts";

/** A section as every picture of the tune shows it. */
export interface Shown {
  /** Seconds. */
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly family: Family;
}
/** Sections of the blend, with what they do in it; before there is one, the form as it was heard. */
export function shownSections(): readonly Shown[] {
  const blended = currentVariation()?.report.sections;
  if (blended)
    return blended.map((one) => ({
      from: one.from,
      to: one.to,
      name: `${ownWord(language(), "section", one.label)} · ${t(`role.${one.role}`)}`,
      family: SECTION_FAMILY[one.role] ?? "sky",
    }));
  return (tune()?.heard.form ?? []).map((one) => ({
    from: one.fromSec,
    to: one.toSec,
    name: ownWord(language(), "section", one.label),
    family: SECTION_FAMILY[one.label] ?? "sky",
  }));
}
