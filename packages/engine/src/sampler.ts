import { SAMPLE_RATE } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Dials } from "./dials.ts";
import { bendInto, type Note } from "./note.ts";
import type { Clips, SampleZone } from "./plan.ts";
import { blockEnd, type SourceProcessor } from "./source-processor.ts";

const MAX_VOICES = 24;
/** Places of the values that all zones share. */
const [GAIN_DB, ATTACK_SEC, DECAY_SEC, SUSTAIN, RELEASE_SEC] = [0, 1, 2, 3, 4] as const;
interface SamplerVoice {
  readonly at: Address;
  event: Note | undefined;
  sounds: boolean;
  age: number;
}
interface Loaded {
  readonly zone: SampleZone;
  readonly left: Address;
  readonly right: Address;
  readonly length: number;
}

/** Plays the user's own sounds, at any pitch. */
export class Sampler implements SourceProcessor {
  /** Of all zones together: level, attack, decay, sustain, release. */
  readonly dials: Dials;
  readonly #kernels: Kernels;
  readonly #zones: readonly Loaded[];
  readonly #voices: readonly SamplerVoice[];
  #count = 0;

  constructor(kernels: Kernels, zones: readonly SampleZone[], dials: Dials, clips: Clips) {
    this.#kernels = kernels;
    this.dials = dials;
    const kept = new Map<string, { left: Address; right: Address; length: number }>();
    this.#zones = zones.flatMap((zone) => {
      const channels = clips.get(zone.clip);
      const first = channels?.[0];
      if (!first || first.length < 4) return [];
      let loaded = kept.get(zone.clip);
      if (!loaded) {
        const left = kernels.put(first);
        loaded = { left, right: channels?.[1] ? kernels.put(channels[1]) : left, length: first.length };
        kept.set(zone.clip, loaded);
      }
      return [{ zone, ...loaded }];
    });
    this.#voices = Array.from({ length: MAX_VOICES }, () => ({ at: kernels.call.sampleMake(), event: undefined, sounds: false, age: 0 }));
  }
  start(event: Note): void {
    for (let k = 0; k < this.#zones.length; k++) {
      const loaded = this.#zones[k]!;
      const { zone } = loaded;
      if (event.cents < zone.fromCents || event.cents >= zone.toCents || event.velocity < zone.fromVelocity || event.velocity > zone.toVelocity) continue;
      this.#begin(event, loaded);
    }
  }
  #begin(event: Note, { zone, left, right, length }: Loaded): void {
    const { args, call } = this.#kernels;
    if (this.dials.moves) this.dials.turn(event.frame);
    const voice = this.#free();
    const { values } = this.dials;
    args[0] = zone.rate / SAMPLE_RATE;
    args[1] = values[GAIN_DB]!;
    args[6] = event.cents - zone.rootCents;
    args[7] = event.velocity;
    args[2] = values[ATTACK_SEC]! * SAMPLE_RATE;
    args[3] = values[DECAY_SEC]! * SAMPLE_RATE;
    args[4] = values[RELEASE_SEC]! * SAMPLE_RATE;
    args[5] = values[SUSTAIN]!;
    call.sampleStart(voice.at, left, right, length, zone.loop ? zone.loop[0] : 0, zone.loop ? zone.loop[1] : 0);
    voice.event = event;
    voice.sounds = true;
    voice.age = ++this.#count;
    this.#bend(voice, blockEnd(event.frame));
  }
  /** A voice that is silent, else the oldest. */
  #free(): SamplerVoice {
    let oldest = this.#voices[0]!;
    for (let k = 0; k < this.#voices.length; k++) {
      const voice = this.#voices[k]!;
      if (!voice.sounds) return voice;
      if (voice.age < oldest.age) oldest = voice;
    }
    return oldest;
  }
  stop(event: Note): void {
    for (let k = 0; k < this.#voices.length; k++) if (this.#voices[k]!.event === event) this.#kernels.call.sampleStop(this.#voices[k]!.at);
  }
  process(left: Address, right: Address, frame: number, count: number): void {
    for (let k = 0; k < this.#voices.length; k++) {
      const voice = this.#voices[k]!;
      if (!voice.sounds) continue;
      this.#bend(voice, blockEnd(frame));
      voice.sounds = this.#kernels.call.sampleProcess(voice.at, left, right, count) === 1;
    }
  }
  #bend({ at, event }: SamplerVoice, end: number): void {
    if (!event?.bend) return;
    bendInto(this.#kernels.args, 0, event, end);
    this.#kernels.call.sampleBend(at);
  }
  silence(): void {
    for (const { at } of this.#voices) this.#kernels.call.sampleStop(at);
  }
}
