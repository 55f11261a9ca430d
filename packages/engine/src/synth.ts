import { centsToHertz, hash, SAMPLE_RATE } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Player } from "./instrument.ts";
import type { PlanEvent, SynthPatch } from "./plan.ts";

interface Voice {
  readonly at: Address;
  event: PlanEvent | undefined;
  age: number;
}

/** A polyphonic subtractive synthesiser; the oldest voice is taken when none is free. */
export class PolySynth implements Player {
  readonly #kernels: Kernels;
  readonly #voices: Voice[];
  readonly #settings: Address;
  readonly #seed: number;
  #count = 0;

  constructor(kernels: Kernels, patch: SynthPatch, seed: number) {
    this.#kernels = kernels;
    this.#seed = seed;
    this.#voices = Array.from({ length: patch.voices }, () => ({ at: kernels.call.synthMake(SAMPLE_RATE), event: undefined, age: 0 }));
    this.#settings = kernels.put([
      patch.detuneCents,
      patch.shape,
      patch.sub,
      patch.breath,
      patch.attackSec,
      patch.decaySec,
      patch.sustain,
      patch.releaseSec,
      patch.cutoffHz,
      patch.keyTrack,
      patch.sweepOctaves,
      patch.sweepSec,
      patch.resonance,
      patch.lfoHz,
      patch.lfoOctaves,
    ]);
  }

  start(event: PlanEvent): void {
    const { call } = this.#kernels;
    const free = this.#voices.find((voice) => call.synthSounds(voice.at) === 0);
    const voice = free ?? this.#voices.reduce((oldest, other) => (other.age < oldest.age ? other : oldest));
    voice.event = event;
    voice.age = ++this.#count;
    const gain = 0.25 * (0.3 + 0.7 * event.velocity);
    call.synthStart(voice.at, this.#settings, centsToHertz(event.cents), gain, hash(`${this.#seed}/${event.frame}/${event.cents}`), 0.6 + 0.8 * event.velocity);
  }
  stop(event: PlanEvent): void {
    for (const voice of this.#voices) if (voice.event === event) this.#kernels.call.synthStop(voice.at);
  }
  process(left: Address, right: Address, _frame: number, count: number): void {
    for (const voice of this.#voices) this.#kernels.call.synthProcess(voice.at, left, right, count);
  }
  silence(): void {
    for (const voice of this.#voices) this.#kernels.call.synthStop(voice.at);
  }
}
