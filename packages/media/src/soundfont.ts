import { type Cents, Complaint, pow } from "@kuishi/base";
import { checkSoundFont } from "./soundfontcheck.ts";

/** One sound of a sound font and where it is used; levels in dB, times in seconds. */
export interface SoundFontZone {
  /** Index among the sounds. */
  readonly sound: number;
  readonly rate: number;
  readonly rootCents: Cents;
  readonly fromCents: Cents;
  readonly toCents: Cents;
  readonly fromVelocity: number;
  readonly toVelocity: number;
  readonly loop: readonly [number, number] | null;
  readonly gainDb: number;
  readonly attackSec: number;
  readonly decaySec: number;
  readonly sustain: number;
  readonly releaseSec: number;
}
export interface SoundFontPreset {
  readonly name: string;
  readonly zones: readonly SoundFontZone[];
  readonly sounds: readonly Float32Array[];
}
/** What a sound font holds; a preset's sounds are read when it is asked for. */
export interface SoundFont {
  readonly presets: readonly string[];
  preset(index: number): SoundFontPreset;
}

// Generators of the SoundFont 2.04 specification, 8.1.2.
const [ATTACK, DECAY, SUSTAIN, RELEASE, ATTENUATION, COARSE, FINE, MODES, ROOT] = [34, 36, 37, 38, 48, 51, 52, 54, 58];
/** Absolute timecents. */
const seconds = (timecents: number): number => pow(2, Math.max(-12_000, Math.min(8000, timecents)) / 1200);

/** Reads a SoundFont 2 bank. The library that knows the format is loaded when it is first needed. @throws Complaint `unreadable`. */
export async function readSoundFont(bytes: Uint8Array<ArrayBuffer>): Promise<SoundFont> {
  const { SoundBankLoader } = await import("spessasynth_core");
  complaining(() => checkSoundFont(bytes));
  const bank = complaining(() => SoundBankLoader.fromArrayBuffer(bytes.slice().buffer));
  if (bank.presets.length === 0) throw new Complaint("unreadable", "soundfont.broken");
  return {
    presets: bank.presets.map((preset) => preset.name.trim()),
    preset: (index) =>
      complaining((): SoundFontPreset => {
        const preset = bank.presets[index];
        if (!preset) throw new RangeError(`no preset ${index}`);
        const found = new Map<object, number>();
        const sounds: Float32Array[] = [];
        const zones: SoundFontZone[] = [];
        let last: { key: number; signs: string }[] = [];
        for (let key = 0; key < 128; key++) {
          const now: { key: number; signs: string }[] = [];
          for (const { sample, generators } of preset.getVoiceParameters(key, 100)) {
            let sound = found.get(sample);
            if (sound === undefined) {
              sound = sounds.length;
              found.set(sample, sound);
              sounds.push(Float32Array.from(sample.getAudioData()));
            }
            const of = (generator: number): number => generators[generator] ?? 0;
            const root = of(ROOT) >= 0 && of(ROOT) < 128 ? of(ROOT) : sample.originalKey;
            const looped = (of(MODES) & 1) === 1 && sample.loopEnd > sample.loopStart + 1;
            const zone: SoundFontZone = {
              sound,
              rate: sample.sampleRate,
              rootCents: root * 100 - sample.pitchCorrection - of(COARSE) * 100 - of(FINE),
              fromCents: key * 100 - 50,
              toCents: key * 100 + 50,
              fromVelocity: 0,
              toVelocity: 2,
              loop: looped ? [sample.loopStart, sample.loopEnd] : null,
              gainDb: -of(ATTENUATION) / 25,
              attackSec: seconds(of(ATTACK)),
              decaySec: seconds(of(DECAY)) / 4,
              sustain: pow(10, -Math.max(0, of(SUSTAIN)) / 200),
              releaseSec: seconds(of(RELEASE)) / 4,
            };
            const signs = JSON.stringify({ ...zone, fromCents: 0, toCents: 0 });
            const before = last.find((other) => other.signs === signs);
            if (before) zones[before.key] = { ...zones[before.key]!, toCents: zone.toCents };
            else zones.push(zone);
            now.push({ key: before?.key ?? zones.length - 1, signs });
          }
          last = now;
        }
        return { name: preset.name.trim(), zones, sounds };
      }),
  };
}
/** What the library throws, as a complaint. */
function complaining<T>(work: () => T): T {
  try {
    return work();
  } catch {
    throw new Complaint("unreadable", "soundfont.broken");
  }
}
