import { clamp, escapeXml, rounded } from "@kuishi/base";
import { fretboardSvg, laneBoxes, linePath, waveformPath } from "@kuishi/draw";
import type { Heard } from "@kuishi/score";
import { integrated } from "@kuishi/signal";
import { type Key, type Language, localized, ownWord, text, textOf } from "@kuishi/words";
import { RECORDING, VOICE, WIDTH } from "./compile.ts";
import type { HeardFile } from "./hear.ts";
import type { MasterReport, RenderReport } from "./render.ts";
import type { BlendRequest, Prepared } from "./request.ts";

/** What was arranged and why: known before anything is rendered. */
export interface ArrangementReport {
  readonly tuning: { readonly tonicCents: number; readonly mode: string; readonly degreesCents: readonly number[]; readonly openCents: readonly number[] };
  readonly tempoBpm: number | null;
  readonly sections: Prepared["arrangement"]["sections"];
  /** Energy over time: [seconds, 0..1]. */
  readonly energy: Prepared["arrangement"]["energy"];
  readonly parts: readonly {
    readonly id: string;
    /** What its style calls it, and that style. */
    readonly name: string;
    readonly style: string;
    readonly events: number;
    readonly reason: { readonly code: string; readonly params?: Readonly<Record<string, string | number>> };
    readonly why: readonly { readonly at: number; readonly code: string; readonly params?: Readonly<Record<string, string | number>> }[];
  }[];
  readonly reasons: Prepared["arrangement"]["reasons"];
  readonly choices: Prepared["arrangement"]["choices"];
  readonly intervals: Prepared["arrangement"]["intervals"];
  readonly warnings: Heard["warnings"];
}

/** What was made, in numbers and reasons. */
export interface BlendReport extends ArrangementReport {
  readonly kuishi: "report/1";
  readonly title: string;
  readonly style: string;
  readonly seed: number;
  readonly mix: { readonly integratedLufs: number; readonly truePeakDbtp: number; readonly gainDb: number; readonly shortTermLufs: readonly number[] };
  readonly accompanimentLu: number;
  readonly stems: readonly { readonly id: string; readonly integratedLufs: number | null }[];
  readonly source: { readonly container: string; readonly sampleRate: number; readonly channels: number };
  readonly octaves: RenderReport["octaves"];
  /** What was mixed how, in codes whose sentences `words` has. */
  readonly mixWords: readonly { readonly code: string; readonly params: Readonly<Record<string, string | number>> }[];
}

/** What was arranged and why. */
export function arrangementReport(heard: Heard, { arrangement }: Pick<Prepared, "arrangement">): ArrangementReport {
  return {
    tuning: {
      tonicCents: heard.mode.tonicCents,
      mode: heard.mode.name,
      degreesCents: heard.mode.degreesCents,
      openCents: heard.tuning.strings.map((string) => string.openCents),
    },
    tempoBpm: heard.tempoBpm,
    sections: arrangement.sections,
    energy: arrangement.energy,
    parts: arrangement.parts.map((part) => ({
      id: part.id,
      name: part.name,
      style: part.style,
      events: part.events.length,
      reason: part.reason,
      why: part.events.map((event) => ({ at: rounded(event.at, 3), ...event.reason })),
    })),
    reasons: arrangement.reasons,
    choices: arrangement.choices,
    intervals: arrangement.intervals,
    warnings: heard.warnings,
  };
}

/** What a part is called to a reader: of another style than the song's, with that style. */
export function partLabel(language: Language, { parts, choices }: Pick<ArrangementReport, "parts" | "choices">, id: string): string {
  const part = parts.find((one) => one.id === id);
  const name = ownWord(language, "part", part?.name ?? id);
  return part && part.style !== choices.style ? `${name} (${part.style})` : name;
}

/** Loudness of all that accompanies the recording against it, outside the intro, LU. */
export function accompanimentLu(prepared: Pick<Prepared, "arrangement">, rendered: RenderReport): number {
  const { sections, edges } = prepared.arrangement;
  const tick = (at: number): number => Math.ceil((at + edges.lead) * 10);
  const intro = tick(sections[0]?.role === "intro" ? sections[0].to : (edges.head?.to ?? 0));
  const end = tick(edges.tail?.from ?? sections.at(-1)?.to ?? 0);
  const sum: number[] = [];
  for (const [id, stem] of Object.entries(rendered.stems)) {
    // what widens the recording is none of its company
    if (id === RECORDING || id === VOICE || id === WIDTH) continue;
    stem.energies.forEach((energy, i) => {
      if (i >= intro && i < end) sum[i - intro] = (sum[i - intro] ?? 0) + energy;
    });
  }
  return integrated(sum) - integrated(recordedEnergies(rendered).slice(intro, end));
}

/** Energies of what was recorded: the player, and the singer. */
function recordedEnergies({ stems }: RenderReport): number[] {
  const voice = stems[VOICE]?.energies ?? [];
  return (stems[RECORDING]?.energies ?? []).map((energy, i) => energy + (voice[i] ?? 0));
}

/** Gathers the report. */
export function blendReport(file: HeardFile, prepared: Prepared, rendered: RenderReport, mastered: MasterReport, request: BlendRequest): BlendReport {
  const { heard } = file;
  const finite = (value: number): number | null => (Number.isFinite(value) ? rounded(value, 2) : null);
  return {
    kuishi: "report/1",
    title: request.provenance.title,
    style: request.choices.style,
    seed: request.choices.seed,
    mix: {
      integratedLufs: rounded(mastered.loudness.integrated, 2),
      truePeakDbtp: rounded(mastered.loudness.truePeak, 2),
      gainDb: rounded(mastered.gainDb, 3),
      shortTermLufs: mastered.loudness.shortTerm.map((value) => rounded(Math.max(-70, value), 1)),
    },
    accompanimentLu: rounded(accompanimentLu(prepared, rendered), 2),
    stems: Object.entries(rendered.stems).map(([id, stem]) => ({ id, integratedLufs: finite(integrated(stem.energies)) })),
    source: file.recording.source,
    ...arrangementReport(heard, prepared),
    octaves: rendered.octaves.map(({ hertz, recorded, added }) => ({ hertz, recorded: rounded(recorded, 1), added: rounded(added, 1) })),
    mixWords: mixWords(prepared, rendered, mastered),
  };
}

/** The mix in plain words. */
function mixWords({ arrangement, hissDb }: Prepared, rendered: RenderReport, mastered: MasterReport): BlendReport["mixWords"] {
  const out: { code: string; params: Record<string, string | number> }[] = [];
  const { integrated: lufs, truePeak } = mastered.loudness;
  if (Number.isFinite(lufs)) out.push({ code: "mix.loud", params: { lufs: rounded(lufs, 1), peak: rounded(truePeak, 1) } });
  if (hissDb !== null) out.push({ code: "mix.clean", params: { db: Math.round(hissDb) } });
  const lu = rounded(-accompanimentLu({ arrangement }, rendered), 1);
  if (Number.isFinite(lu)) out.push({ code: lu >= 1 ? "mix.lead" : "mix.lead.weak", params: { lu } });
  const total: number[] = [];
  for (const stem of Object.values(rendered.stems))
    stem.energies.forEach((energy, i) => {
      total[i] = (total[i] ?? 0) + energy;
    });
  const tick = (at: number): number => Math.round((at + arrangement.edges.lead) * 10);
  const level = (one: { from: number; to: number } | undefined): number =>
    one ? integrated(total.slice(tick(one.from), tick(Math.min(one.to, arrangement.edges.tail?.from ?? one.to)))) : Number.NaN;
  const climb = level(arrangement.sections.find((section) => section.role === "climax")) - level(arrangement.sections[0]);
  if (Number.isFinite(climb)) out.push({ code: "mix.climb", params: { lu: rounded(climb, 1) } });
  return out;
}

/** Every generated tone over the lines of the scale: time across, cents up. */
function rollSvg(heard: Heard, { arrangement }: Prepared, width: number, label: string): string {
  const height = 300;
  const tones = arrangement.parts.filter((part) => part.role !== "drums" && part.source.kind !== "recording");
  const all = [...tones.flatMap((part) => part.events.map((event) => event.cents)), ...heard.notes.flatMap((note) => note.cents ?? [])];
  if (all.length === 0) return "";
  const [low, high] = [Math.min(...all) - 150, Math.max(...all) + 150];
  const x = (at: number): number => rounded((at / heard.durationSec) * width, 1);
  const y = (cents: number): number => rounded(height * (1 - (cents - low) / (high - low)), 1);
  const { tonicCents, degreesCents } = heard.mode;
  const lines: string[] = [];
  for (let octave = Math.floor((low - tonicCents) / 1200); octave <= Math.ceil((high - tonicCents) / 1200); octave++)
    degreesCents.forEach((degree, k) => {
      const cents = tonicCents + 1200 * octave + degree;
      if (cents > low && cents < high) lines.push(`<line x1="0" x2="${width}" y1="${y(cents)}" y2="${y(cents)}"${k === 0 ? ' class="tonic"' : ""}/>`);
    });
  const box = (at: number, length: number, cents: number): string =>
    `<rect x="${x(at)}" y="${rounded(y(cents) - 2, 1)}" width="${Math.max(1.2, rounded(x(at + length) - x(at), 1))}" height="4"/>`;
  const groups = tones.map(
    (part, k) =>
      `<g fill="hsl(${Math.round((360 * k) / tones.length)} 55% 50%)"><title>${escapeXml(part.id)}</title>${part.events.map((event) => box(event.at, Math.min(event.length, heard.durationSec - event.at), event.cents)).join("")}</g>`,
  );
  const tune = heard.notes.flatMap((note) => (note.cents === null ? [] : [box(note.onset, note.offset - note.onset, note.cents)])).join("");
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}"><g class="scale">${lines.join("")}</g><g class="tune">${tune}</g><g opacity=".8">${groups.join("")}</g></svg>`;
}

/** Recording and accompaniment side by side in each octave. */
function octavesSvg(octaves: BlendReport["octaves"], width: number, label: string): string {
  const top = Math.max(...octaves.flatMap(({ recorded, added }) => [recorded, added]));
  const height = (decibels: number): number => rounded(clamp(110 + (decibels - top) * 2.2, 1, 110), 1);
  const step = width / octaves.length;
  const bars = octaves.map(({ hertz, recorded, added }, k) => {
    const at = k * step + step * 0.2;
    const [a, b] = [height(recorded), height(added)];
    return `<rect class="own" x="${rounded(at, 1)}" y="${112 - a}" width="${rounded(step * 0.28, 1)}" height="${a}"/><rect class="other" x="${rounded(at + step * 0.3, 1)}" y="${112 - b}" width="${rounded(step * 0.28, 1)}" height="${b}"/><text x="${rounded(at, 1)}" y="128">${hertz} Hz</text>`;
  });
  return `<svg viewBox="0 0 ${width} 134" role="img" aria-label="${label}">${bars.join("")}</svg>`;
}

/** The report as a page that needs nothing but itself. */
export function reportHtml(heard: Heard, prepared: Prepared, report: BlendReport, request: BlendRequest): string {
  const language: Language = request.language;
  const t = (code: Key, params?: Readonly<Record<string, string | number>>): string => escapeXml(text(language, code, params));
  /** What came as data. */
  const told = (code: string, params?: Readonly<Record<string, string | number>>): string => escapeXml(textOf(language, code, params));
  const width = 960;
  const clip = prepared.clips.get(RECORDING)?.[0] ?? new Float32Array(1);
  const seconds = heard.durationSec;
  const x = (at: number): number => rounded((at / seconds) * width, 1);
  const bands = report.sections
    .map(
      (section) =>
        `<rect x="${x(section.from)}" y="0" width="${rounded(x(section.to) - x(section.from), 1)}" height="120" class="s-${section.role}"/><text x="${x(section.from) + 5}" y="14">${escapeXml(ownWord(language, "section", section.label))} · ${t(`role.${section.role}`)}</text>`,
    )
    .join("");
  const notes = laneBoxes(heard)
    .map(
      (box) =>
        `<rect x="${rounded(box.x * width, 1)}" y="${rounded(box.y * 130, 1)}" width="${rounded(Math.max(1.5, box.width * width), 1)}" height="${rounded(Math.max(3, box.height * 130), 1)}" rx="1" opacity="${rounded(0.25 + 0.75 * box.sure, 2)}"/>`,
    )
    .join("");
  const bars = heard.downbeats.map((at) => `<line x1="${x(at)}" x2="${x(at)}" y1="0" y2="130"/>`).join("");
  const energy = linePath(report.energy.map(([at, level]) => [x(at), 116 - 90 * level] as const));
  const loud = linePath(report.mix.shortTermLufs.map((value, i) => [x(i + 1.5), clamp(16 - (value + 8) * 5, 4, 116)] as const));
  const rows = report.stems
    .map(({ id, integratedLufs }) => {
      const part = report.parts.find((one) => one.id === id);
      const why = told(part?.reason.code ?? `why.${id}`, { part: part?.name ?? id });
      return `<tr><td>${escapeXml(partLabel(language, report, id))}</td><td>${integratedLufs ?? "–"}</td><td>${part?.events ?? "–"}</td><td>${why}</td></tr>`;
    })
    .join("");
  const percent = (part: number): string => `${Math.round(100 * part)} %`;
  const intervals = (["unison", "third", "fourth", "fifth", "other"] as const)
    .map((key) => `<tr><td>${t(`interval.${key}`)}</td><td>${percent(report.intervals.tune[key])}</td><td>${percent(report.intervals.blend[key])}</td></tr>`)
    .join("");
  const warnings = report.warnings
    .map((warning) => `<li>${told(`warning.${warning.code}`, { fromSec: warning.fromSec ?? 0, toSec: warning.toSec ?? 0, minutes: 20 })}</li>`)
    .join("");
  return `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeXml(report.title)} · Kuishi</title>
<style>:root{color-scheme:light dark;--ink:#2b2620;--paper:#fbf7ef;--line:#b98a3c;--soft:#e9dfcc;--blue:#1f5f74}@media(prefers-color-scheme:dark){:root{--ink:#efe6d6;--paper:#1b1815;--line:#d8a84f;--soft:#3a332a;--blue:#6cb3c9}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:2rem auto;padding:0 1rem}h1{font-weight:600;border-bottom:3px double var(--line);padding-bottom:.4rem}svg{width:100%;height:auto;display:block;margin:.6rem 0}svg text{font:11px system-ui;fill:var(--ink)}
table{border-collapse:collapse;width:100%}td,th{padding:.25rem .5rem;border-bottom:1px solid var(--soft);text-align:left}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{opacity:.75}dd{margin:0}
.wave{fill:var(--blue);opacity:.75}.notes rect{fill:var(--line)}.bars line{stroke:var(--ink);opacity:.12}rect[class^=s-]{fill:var(--soft);opacity:.35}.s-climax{opacity:.9!important}.s-build{opacity:.6!important}.curve{fill:none;stroke:var(--line);stroke-width:2}.loud{fill:none;stroke:var(--blue);stroke-width:1.5}.scale line{stroke:var(--ink);opacity:.12}.scale .tonic{opacity:.4}.tune{fill:var(--line)}.own{fill:var(--line)}.other{fill:var(--blue)}</style>
<h1>${escapeXml(report.title)}</h1>
<dl><dt>${t("report.style")}</dt><dd>${escapeXml(localized(prepared.style.title, language))} · ${t("report.seed")} ${report.seed}</dd>
<dt>${t("report.loudness")}</dt><dd>${report.mix.integratedLufs} LUFS · ${report.mix.truePeakDbtp} dBTP</dd>
<dt>${t("report.balance")}</dt><dd>${report.accompanimentLu} LU</dd>
<dt>${t("report.mode")}</dt><dd>${told(`mode.${report.tuning.mode}`)} · ${report.tuning.tonicCents} ¢ · ${report.tuning.degreesCents.join(" ")}</dd>
<dt>${t("report.tempo")}</dt><dd>${report.tempoBpm === null ? t("report.free") : `${Math.round(report.tempoBpm)}`}</dd></dl>
<h2>${t("report.heard")}</h2>
<svg viewBox="0 0 ${width} 120" role="img" aria-label="${t("report.wave")}">${bands}<path class="wave" d="${waveformPath(clip, width, 120)}"/></svg>
<svg viewBox="0 0 ${width} 130" role="img" aria-label="${t("report.notes")}"><g class="bars">${bars}</g><g class="notes">${notes}</g></svg>
<h2>${t("report.neck")}</h2>${fretboardSvg(heard, text(language, "report.neck"))}
<h2>${t("report.energy")}</h2>
<svg viewBox="0 0 ${width} 120" role="img" aria-label="${t("report.energy")}"><path class="curve" d="${energy}"/><path class="loud" d="${loud}"/></svg>
<h2>${t("report.parts")}</h2><table><tr><th>${t("report.part")}</th><th>LUFS</th><th>${t("report.events")}</th><th>${t("report.why")}</th></tr>${rows}</table>
<h2>${t("report.roll")}</h2>${rollSvg(heard, prepared, width, t("report.roll"))}
<h2>${t("report.masking")}</h2>${octavesSvg(report.octaves, width, t("report.masking"))}
<h2>${t("report.intervals")}</h2><table>${intervals}</table>
<h2>${t("report.reasons")}</h2><ul>${report.mixWords.map((line) => `<li>${told(line.code, line.params)}</li>`).join("")}</ul>
<ul>${report.reasons.map((reason) => `<li>${told(reason.code, reason.params)}</li>`).join("")}</ul>
${warnings === "" ? "" : `<h2>${t("report.warnings")}</h2><ul>${warnings}</ul>`}
</html>
`;
}
