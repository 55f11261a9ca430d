import { exp2, fromDb, pow, SAMPLE_RATE } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Player } from "./instrument.ts";
import { bendAt, type Clips, type PlanEvent, type SampleZone } from "./plan.ts";

const VOICES = 24;
interface Voice {
  readonly at: Address;
  event: PlanEvent | undefined;
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
export class Sampler implements Player {
  readonly #kernels: Kernels;
  readonly #zones: readonly Loaded[];
  readonly #voices: readonly Voice[];
  #count = 0;

  constructor(kernels: Kernels, zones: readonly SampleZone[], clips: Clips) {
    this.#kernels = kernels;
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
    this.#voices = Array.from({ length: VOICES }, () => ({ at: kernels.call.sampleMake(), event: undefined, sounds: false, age: 0 }));
  }
  start(event: PlanEvent): void {
    for (const { zone, left, right, length } of this.#zones) {
      if (event.cents < zone.fromCents || event.cents >= zone.toCents || event.velocity < zone.fromVelocity || event.velocity > zone.toVelocity) continue;
      const voice = this.#voices.find((other) => !other.sounds) ?? this.#voices.reduce((a, b) => (b.age < a.age ? b : a));
      const speed = (zone.rate / SAMPLE_RATE) * exp2((event.cents - zone.rootCents) / 1200);
      const gain = fromDb(zone.gainDb) * pow(event.velocity, 1.5);
      const [from, to] = zone.loop ?? [0, 0];
      const frames = (seconds: number): number => seconds * SAMPLE_RATE;
      const { attackSec, decaySec, sustain, releaseSec } = zone;
      this.#kernels.call.sampleStart(voice.at, left, right, length, from, to, speed, gain, frames(attackSec), frames(decaySec), sustain, frames(releaseSec));
      voice.event = event;
      voice.sounds = true;
      voice.age = ++this.#count;
    }
  }
  stop(event: PlanEvent): void {
    for (const voice of this.#voices) if (voice.event === event) this.#kernels.call.sampleStop(voice.at);
  }
  process(left: Address, right: Address, frame: number, count: number): void {
    for (const voice of this.#voices) {
      if (!voice.sounds) continue;
      if (voice.event?.bend) this.#kernels.call.sampleBend(voice.at, exp2(bendAt(voice.event.bend, frame + count - voice.event.frame) / 1200));
      voice.sounds = this.#kernels.call.sampleProcess(voice.at, left, right, count) === 1;
    }
  }
  silence(): void {
    for (const { at } of this.#voices) this.#kernels.call.sampleStop(at);
  }
}
