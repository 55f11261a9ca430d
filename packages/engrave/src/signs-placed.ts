import { Environment, NotationElement } from "@coderline/alphatab";

/** What of the engraver's bars is touched here. */
interface BarRenderer {
  readonly index: number;
  readonly bar: { readonly masterBar: { readonly isRepeatStart: boolean } };
  createPreBeatGlyphs(): void;
  /** Clef and signatures. */
  createLinePreBeatGlyphs(): void;
  addPreBeatGlyph(glyph: Glyph): void;
  /** Where notes begin, which is where those of all staves do. */
  readonly beatGlyphsStart: number;
  paint(x: number, y: number, canvas: unknown): void;
}
interface Glyph {
  x: number;
  readonly width: number;
  readonly glyphs?: readonly Glyph[];
}
interface Effect {
  readonly notationElement: NotationElement;
}
/** The engraver's name of bands that a staff has below it for itself. */
const BELOW = 1;
interface Factory {
  readonly effectBands: { readonly effect: Effect; readonly mode: number }[];
  create(renderer: unknown, bar: unknown): BarRenderer;
}

/** Where a repeat begins at the start of a line of music its sign stands behind clef and signatures; the engraver puts it before them. */
function behindSignatures(renderer: BarRenderer): BarRenderer {
  const create = renderer.createPreBeatGlyphs.bind(renderer);
  const signatures = renderer.createLinePreBeatGlyphs.bind(renderer);
  const add = renderer.addPreBeatGlyph.bind(renderer);
  let first = false;
  let held: Glyph | undefined;
  let last: Glyph | undefined;
  /** How far the sign has been moved to stand under that of the widest staff. */
  let moved = 0;
  const paint = renderer.paint.bind(renderer);
  const move = (by: number): void => {
    for (const line of held?.glyphs ?? []) line.x += by;
    moved += by;
  };
  return Object.assign(renderer, {
    createPreBeatGlyphs(): void {
      first = renderer.index === 0 && renderer.bar.masterBar.isRepeatStart;
      [held, last, moved] = [undefined, undefined, 0];
      create();
    },
    createLinePreBeatGlyphs(): void {
      signatures();
      if (held === undefined) return;
      add(held);
      // it draws its lines as if it were the first
      for (const line of held.glyphs ?? []) line.x += held.x;
    },
    addPreBeatGlyph(glyph: Glyph): void {
      // the bar line comes first
      if (first) held = glyph;
      else {
        add(glyph);
        last = glyph;
      }
      first = false;
    },
    paint(x: number, y: number, canvas: unknown): void {
      if (held && last) move(renderer.beatGlyphsStart - last.x - last.width - moved);
      paint(x, y, canvas);
    },
  });
}

let done = false;
/** Teaches the engraver where signs of repeats and chord symbols stand; once. */
export function placeSigns(): void {
  if (done) return;
  done = true;
  for (const factory of (Environment as unknown as { readonly defaultRenderers: readonly Factory[] }).defaultRenderers) {
    const create = factory.create.bind(factory);
    factory.create = (renderer, bar) => behindSignatures(create(renderer, bar));
    // ornaments would be drawn over chord symbols
    for (const { effect } of factory.effectBands)
      if (effect.notationElement === NotationElement.EffectChordNames) Object.defineProperty(effect, "canShareBand", { value: false });
    // of signs of the octave it has those above the staff alone
    const above = factory.effectBands.find(({ effect }) => effect.notationElement === NotationElement.EffectOttavia)?.effect;
    if (above) factory.effectBands.push({ effect: new (above.constructor as new (above: boolean) => Effect)(false), mode: BELOW });
  }
}
