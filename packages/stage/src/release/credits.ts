import type { Credit } from "./release.ts";

/**
 * Credits as people type them: a line each, `name: what was done 60 %`, of which the name must be there.
 * @example
 * creditsFrom("Айгүл: домбыра 60 %\nДанияр"); // => [{ name: "Айгүл", role: "домбыра", share: 6000 }, { name: "Данияр", role: "" }]
 */
export function creditsFrom(text: string): Credit[] {
  return text.split("\n").flatMap((line): Credit[] => {
    const [, told = "", percent] = /^(.*?)(?:\s*(\d+(?:[.,]\d+)?)\s*%)?\s*$/.exec(line)!;
    const colon = told.indexOf(":");
    const name = (colon < 0 ? told : told.slice(0, colon)).trim();
    if (name === "") return [];
    const role = colon < 0 ? "" : told.slice(colon + 1).trim();
    return [{ name, role, ...(percent === undefined ? {} : { share: Math.round(Number(percent.replace(",", ".")) * 100) }) }];
  });
}
