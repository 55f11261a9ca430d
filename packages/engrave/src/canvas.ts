import { Environment, platform, RenderEngineFactory, type Settings } from "@coderline/alphatab";
import { cos, rounded, sin } from "@kuishi/base";
import { signWidth, textWidth } from "./faces.ts";
import type { Ink } from "./ink.ts";
import { alterOf, signOf } from "./microtones.ts";
import { isSign, isTempo, runsOf } from "./texts.ts";

/** Size of cents over an accidental, in parts of the sign's. */
const CENTS_SIZE = 0.2;
/** Size of signs among letters, in parts of theirs. */
const SIGN_SIZE = 1.9;
const BLACK = "#000000";

type Canvas = ReturnType<RenderEngineFactory["createCanvas"]>;
type Font = Canvas["font"];
const { TextAlign, TextBaseline } = platform;

const n = (value: number): string => String(rounded(value, 2));
/** Where the base line lies below what the engraver calls the text's place, in parts of the size. */
const BASE: Readonly<Record<number, number>> = { [TextBaseline.Top]: 0.8, [TextBaseline.Middle]: 0.35, [TextBaseline.Bottom]: -0.22 };

/** What the engraver draws on: keeps everything as a list, for whoever makes a picture or a page of it. */
class InkCanvas {
  settings!: Settings;
  color!: Canvas["color"];
  lineWidth = 1;
  font!: Font;
  textAlign: Canvas["textAlign"] = TextAlign.Left;
  textBaseline: Canvas["textBaseline"] = TextBaseline.Top;
  #ink: Ink[] = [];
  #path = "";
  #turn: { readonly x: number; readonly y: number; readonly angle: number } | undefined;

  beginRender(): void {
    this.#ink = [];
    this.textBaseline = TextBaseline.Top;
  }
  endRender(): readonly Ink[] {
    return this.#ink;
  }
  onRenderFinished(): null {
    return null;
  }
  destroy(): void {}
  beginGroup(): void {}
  endGroup(): void {}

  fillRect(x: number, y: number, width: number, height: number): void {
    if (width > 0) this.#draw(`M${n(x)} ${n(y)}h${n(width)}v${n(height)}h${n(-width)}Z`);
  }
  strokeRect(x: number, y: number, width: number, height: number): void {
    this.#draw(`M${n(x)} ${n(y)}h${n(width)}v${n(height)}h${n(-width)}Z`, this.lineWidth);
  }
  fillCircle(x: number, y: number, radius: number): void {
    this.#draw(circle(x, y, radius));
  }
  strokeCircle(x: number, y: number, radius: number): void {
    this.#draw(circle(x, y, radius), this.lineWidth);
  }
  beginPath(): void {}
  closePath(): void {
    this.#path += "Z";
  }
  moveTo(x: number, y: number): void {
    this.#path += `M${n(x)} ${n(y)}`;
  }
  lineTo(x: number, y: number): void {
    this.#path += `L${n(x)} ${n(y)}`;
  }
  quadraticCurveTo(cx: number, cy: number, x: number, y: number): void {
    this.#path += `Q${n(cx)} ${n(cy)} ${n(x)} ${n(y)}`;
  }
  bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): void {
    this.#path += `C${n(ax)} ${n(ay)} ${n(bx)} ${n(by)} ${n(x)} ${n(y)}`;
  }
  fill(): void {
    if (this.#path) this.#draw(this.#path);
    this.#path = "";
  }
  stroke(): void {
    if (this.#path) this.#draw(this.#path, this.lineWidth);
    this.#path = "";
  }
  #draw(d: string, line?: number): void {
    this.#ink.push({ kind: "path", d, colour: this.color.rgba, ...(line === undefined ? {} : { line }) });
  }

  fillText(given: string, x: number, y: number): void {
    // the engraver's spaces do not break, and would not be found in a printed text
    const text = given.replaceAll("\u00a0", " ").trimEnd();
    const tempo = isTempo(text);
    const { size, isBold, isItalic } = this.font;
    const [bold, italic] = [isBold || tempo, isItalic && !tempo];
    const width = widthOf(text, size, bold);
    const left = x - (this.textAlign === TextAlign.Center ? width / 2 : this.textAlign === TextAlign.Right ? width : 0);
    const base = y + size * (BASE[this.textBaseline] ?? 0);
    const turn = this.#turn;
    const colour = this.color.rgba;
    if (turn) {
      this.#ink.push({ kind: "text", x: turn.x, y: turn.y, turn: turn.angle, text, size, bold, italic, colour });
      return;
    }
    let at = left;
    for (const run of runsOf(text)) {
      const large = size * SIGN_SIZE;
      if (isSign(run)) this.#ink.push({ kind: "sign", code: run.charCodeAt(0), x: at, y: base, size: large, colour });
      else if (run.trim()) {
        const from = at + textWidth(/^ */.exec(run)![0], size, bold);
        this.#ink.push({ kind: "text", x: from, y: base, text: run.trim(), size, bold, italic, colour });
      }
      at += widthOf(run, size, bold);
    }
  }
  measureText(text: string): ReturnType<Canvas["measureText"]> {
    return { width: widthOf(text, this.font.size, this.font.isBold), height: this.font.size * 1.1 } as ReturnType<Canvas["measureText"]>;
  }
  fillMusicFontSymbol(x: number, y: number, scale: number, symbol: number, centre?: boolean): void {
    this.fillMusicFontSymbols(x, y, scale, [symbol], centre);
  }
  fillMusicFontSymbols(x: number, y: number, scale: number, symbols: readonly number[], centre = false): void {
    const size = this.settings.display.resources.engravingSettings.musicFontSize * scale;
    const alter = alterOf(this.color.rgba);
    const own = alter === undefined ? undefined : signOf(alter);
    const colour = own ? BLACK : this.color.rgba;
    const seen = own ? [own.code] : symbols.filter((code) => code > 0);
    if (own?.told) {
      const [text, letters] = [own.told, size * CENTS_SIZE];
      const left = x + (signWidth(own.code, size) - textWidth(text, letters, false)) / 2;
      this.#ink.push({ kind: "text", text, x: left, y: y - size * 0.42, size: letters, bold: false, italic: false, colour });
    }
    let at = x - (centre ? seen.reduce((sum, code) => sum + signWidth(code, size), 0) / 2 : 0);
    for (const code of seen) {
      this.#ink.push({ kind: "sign", code, ...this.#turned(at, y), size, colour });
      at += signWidth(code, size);
    }
  }
  /** A place while what is drawn is turned about another. */
  #turned(x: number, y: number): { readonly x: number; readonly y: number; readonly turn?: number } {
    const turn = this.#turn;
    if (!turn) return { x, y };
    const [across, down] = [cos((turn.angle * Math.PI) / 180), sin((turn.angle * Math.PI) / 180)];
    return { x: turn.x + x * across - y * down, y: turn.y + x * down + y * across, turn: turn.angle };
  }
  beginRotate(x: number, y: number, angle: number): void {
    this.#turn = { x, y, angle };
  }
  endRotate(): void {
    this.#turn = undefined;
  }
}
/** Width of letters and the signs among them. */
const widthOf = (text: string, size: number, bold: boolean): number =>
  runsOf(text).reduce((sum, run) => sum + (isSign(run) ? signWidth(run.charCodeAt(0), size * SIGN_SIZE) : textWidth(run, size, bold)), 0);
const circle = (x: number, y: number, r: number): string => {
  const k = r * 0.5523;
  return `M${n(x - r)} ${n(y)}C${n(x - r)} ${n(y - k)} ${n(x - k)} ${n(y - r)} ${n(x)} ${n(y - r)}C${n(x + k)} ${n(y - r)} ${n(x + r)} ${n(y - k)} ${n(x + r)} ${n(y)}C${n(x + r)} ${n(y + k)} ${n(x + k)} ${n(y + r)} ${n(x)} ${n(y + r)}C${n(x - k)} ${n(y + r)} ${n(x - r)} ${n(y + k)} ${n(x - r)} ${n(y)}Z`;
};

const NAME = "ink";
/** Name of our canvas among the engraver's, where it stands from the first call on. */
export function inkEngine(): string {
  Environment.renderEngines.set(NAME, new RenderEngineFactory(false, () => new InkCanvas() as unknown as Canvas));
  return NAME;
}
