import { alloc, arg, handOver } from "./memory";
import { bounded, RATE } from "./units";

/**
 * The pitch of one melody line, as its player leads it: bound notes glide into each other, long ones take vibrato, a bend takes its place.
 * What it is at a frame follows from the frame alone.
 */
@unmanaged
class Line {
  // its manner: seconds of a glide over next to nothing, and how many more over a tone and a half; vibrato: Hz, cents, seconds until it comes
  least: f64 = 0;
  more: f64 = 0;
  hertz: f64 = 0;
  depth: f64 = 0;
  after: f64 = 0;
  // cents between which notes lie, and between which it stays
  lowest: f64 = 0;
  highest: f64 = 0;
  low: f64 = 0;
  high: f64 = 0;
  // cents it goes to and comes from, the frame it set out at, and by how much its vibrato differs, -1..1
  pitch: f64 = 6000;
  from: f64 = 6000;
  began: i32 = 0;
  isHeld: i32 = 0;
  isBent: i32 = 0;
  stray: f64 = 0;
}
/** A line. Handed over: its manner and the cents as they stand above. */
export function lineMake(): usize {
  const l = changetype<Line>(alloc(offsetof<Line>()));
  l.least = arg(0);
  l.more = arg(1);
  l.hertz = arg(2);
  l.depth = arg(3);
  l.after = arg(4);
  l.lowest = arg(5);
  l.highest = arg(6);
  l.low = arg(7);
  l.high = arg(8);
  return changetype<usize>(l);
}
function centsAt(l: Line, frame: i32, bend: f64): f64 {
  const t = <f64>(frame - l.began) / RATE;
  const away = l.from - l.pitch;
  // larger steps take longer
  const part = bounded(t / (l.least + l.more * min<f64>(1, Math.abs(away) / 300)), 0, 1);
  const cents = l.pitch + away * (1 - part * part * (3 - 2 * part));
  if (l.isHeld == 0) return cents;
  if (l.isBent != 0) return cents + bend;
  // neither its rate nor its depth is a machine's
  const turn = l.hertz * (1 + 0.08 * l.stray) * t + 0.12 * NativeMath.sin(2 * Math.PI * 0.43 * t + 3 * l.stray);
  const swell = bounded((t - l.after) / 0.5, 0, 1) * (1 + 0.3 * NativeMath.sin(2 * Math.PI * 0.31 * t + l.stray));
  return cents + l.depth * swell * NativeMath.sin(2 * Math.PI * turn);
}
/**
 * Begins a note; a bound one sets out from where the line is. `chance` says by how much its vibrato differs. Handed over: cents of the bend of
 * the note before, cents of this one.
 */
export function lineBegin(at: usize, frame: i32, isBound: i32, isBent: i32, chance: i32): void {
  const l = changetype<Line>(at);
  const cents = bounded(arg(1), l.lowest, l.highest);
  l.from = isBound != 0 ? centsAt(l, frame, arg(0)) : cents;
  l.pitch = cents;
  l.began = frame;
  l.stray = <f64>chance / 2147483648;
  l.isHeld = 1;
  l.isBent = isBent;
}
/** Ends the note where it is. Handed over: cents of its bend. */
export function lineEnd(at: usize, frame: i32): void {
  const l = changetype<Line>(at);
  l.from = l.pitch = centsAt(l, frame, arg(0));
  l.isHeld = 0;
}
/** Hands over, as the first number, the pitch at a frame in Hz. Handed over: cents of the note's bend. */
export function linePitch(at: usize, frame: i32): void {
  const l = changetype<Line>(at);
  handOver(0, 440 * NativeMath.pow(2, (bounded(centsAt(l, frame, arg(0)), l.low, l.high) - 6900) / 1200));
}
