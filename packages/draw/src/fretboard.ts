import { escapeXml, exp2, rounded } from "@kuishi/base";
import type { Heard } from "@kuishi/score";

/** The learned neck: strings, frets where the tuning puts them, each with its cents; faint where unsure or never heard. */
export function fretboardSvg(heard: Heard, label: string): string {
  const width = 960;
  const height = 40 + heard.tuning.strings.length * 46;
  const strings = heard.tuning.strings.map((string, s) => ({ string, y: height - 34 - s * 46 }));
  const place = (cents: number, open: number): number => 50 + (width - 90) * (1 - exp2(-(cents - open) / 1200)) * 1.5;
  const marks = strings.flatMap(({ string, y }) =>
    string.fretCents.map((cents, fret) => {
      const nominal = string.openCents + fret * 100;
      const x = rounded(place(cents ?? nominal, string.openCents), 1);
      const sure = string.fretConfidence[fret] ?? 0;
      const text =
        cents === null
          ? ""
          : `<text x="${x}" y="${y - 9}" text-anchor="middle" font-size="10" fill="currentColor">${Math.round(cents - string.openCents)}</text>`;
      return `<line x1="${x}" x2="${x}" y1="${y - 6}" y2="${y + 6}" stroke="currentColor" stroke-width="2" opacity="${cents === null ? 0.15 : rounded(0.3 + 0.7 * sure, 2)}"/>${text}`;
    }),
  );
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(label)}">${strings
    .map(({ y }) => `<line x1="50" x2="${width - 30}" y1="${y}" y2="${y}" stroke="currentColor" opacity=".5"/>`)
    .join("")}${marks.join("")}</svg>`;
}
