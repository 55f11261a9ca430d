import { type Cents, hertzToCents, SAMPLE_RATE } from "@kuishi/base";

/** Frames that are compared, and the shortest and longest period looked for: 48 to 1,200 Hz at 48 kHz. */
const [FRAMES, SHORTEST, LONGEST] = [4096, 40, 1000];
/** What matches less well is no period of a tone. */
const CLEAR = 0.85;

/**
 * Pitch of a single tone where it is loudest: the first high peak of its normalised autocorrelation (McLeod and Wyvill 2005), between lags by a parabola.
 * @param sound mono. @returns absolute cents; null where there is no tone.
 */
export function tonePitch(sound: Float32Array, sampleRate: number = SAMPLE_RATE): Cents | null {
  const from = loudest(sound);
  const match = (lag: number): number => {
    let [same, power] = [0, 1e-12];
    for (let i = from; i < from + FRAMES; i++) {
      const [a, b] = [sound[i] ?? 0, sound[i + lag] ?? 0];
      same += a * b;
      power += a * a + b * b;
    }
    return (2 * same) / power;
  };
  let [before, here] = [match(SHORTEST - 1), match(SHORTEST)];
  for (let lag = SHORTEST; lag < LONGEST; lag++) {
    const after = match(lag + 1);
    if (here >= CLEAR && before <= here && after <= here) {
      const bend = before - 2 * here + after;
      return hertzToCents(sampleRate / (lag + (bend < 0 ? (0.5 * (before - after)) / bend : 0)));
    }
    [before, here] = [here, after];
  }
  return null;
}

function loudest(sound: Float32Array): number {
  let [from, most] = [0, 0];
  for (let at = 0; at + 2 * FRAMES < sound.length; at += FRAMES / 2) {
    let power = 0;
    for (let i = at; i < at + FRAMES; i++) power += sound[i]! * sound[i]!;
    if (power > most) [from, most] = [at, power];
  }
  return from;
}
