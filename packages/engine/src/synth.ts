import { centsToHertz, exp2, hash, SAMPLE_RATE } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Player } from "./instrument.ts";
import { bendAt, type PlanEvent, type SynthPatch } from "./plan.ts";
import { FRAMES, makeWavetable } from "./wavetables.ts";

interface Voice {
  event: PlanEvent | undefined;
  age: number;
}
/** Four voices that the kernel plays together. */
interface Group {
  readonly at: Address;
  readonly voices: readonly Voice[];
  /** A bit for each voice that sounds. */
  sounding: number;
  /** Whether any of them was begun with a bend. */
  bends: boolean;
}

/** A polyphonic synthesiser: subtractive, FM or wavetable; the oldest voice is taken when none is free. */
export class PolySynth implements Player {
  readonly #kernels: Kernels;
  readonly #groups: readonly Group[];
  readonly #seed: number;
  #count = 0;

  constructor(kernels: Kernels, patch: SynthPatch, seed: number) {
    this.#kernels = kernels;
    this.#seed = seed;
    const { oscillator } = patch;
    const table = oscillator?.kind === "wavetable" ? kernels.put(makeWavetable(oscillator.table)) : undefined;
    const fm = oscillator?.kind === "fm" ? oscillator : undefined;
    const wavetable = oscillator?.kind === "wavetable" ? oscillator : undefined;
    const settings = kernels.put([
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
      fm ? 1 : wavetable ? 2 : 0,
      fm?.ratio ?? 1,
      fm?.index ?? 0,
      fm?.indexSec ?? 1,
      wavetable?.place ?? 0,
      wavetable?.move ?? 0,
      exp2((patch.vibratoCents ?? 0) / 1200) - 1,
    ]);
    this.#groups = Array.from({ length: Math.ceil(patch.voices / 4) }, (_, group) => {
      const at = kernels.call.synthMake(SAMPLE_RATE);
      if (table !== undefined) kernels.call.synthTable(at, table, FRAMES);
      kernels.call.synthSet(at, settings);
      const voices = Array.from({ length: Math.min(4, patch.voices - 4 * group) }, () => ({ event: undefined, age: 0 }));
      return { at, voices, sounding: 0, bends: false };
    });
  }

  start(event: PlanEvent): void {
    if (!Number.isFinite(event.cents)) return;
    const [group, lane] = this.#free();
    const voice = group.voices[lane] as Voice;
    voice.event = event;
    voice.age = ++this.#count;
    group.bends = event.bend !== undefined || (group.bends && group.sounding !== 0);
    group.sounding |= 1 << lane;
    const gain = 0.25 * (0.3 + 0.7 * event.velocity);
    const seed = hash(`${this.#seed}/${event.frame}/${event.cents}`);
    this.#kernels.call.synthStart(group.at, lane, centsToHertz(event.cents), gain, seed, 0.6 + 0.8 * event.velocity);
  }
  /** A voice that is silent, else the oldest. */
  #free(): readonly [Group, number] {
    let found: readonly [Group, number] = [this.#groups[0] as Group, 0];
    let oldest = Infinity;
    for (const group of this.#groups) {
      for (const [lane, { age }] of group.voices.entries()) {
        if ((group.sounding & (1 << lane)) === 0) return [group, lane];
        if (age < oldest) {
          oldest = age;
          found = [group, lane];
        }
      }
    }
    return found;
  }
  stop(event: PlanEvent): void {
    for (const { at, voices } of this.#groups) voices.forEach((voice, lane) => voice.event === event && this.#kernels.call.synthStop(at, lane));
  }
  process(left: Address, right: Address, frame: number, count: number): void {
    const { call } = this.#kernels;
    for (const group of this.#groups) {
      if (group.sounding === 0) continue;
      if (group.bends) {
        for (const [lane, { event }] of group.voices.entries())
          if (event?.bend) call.synthBend(group.at, lane, exp2(bendAt(event.bend, frame + count - event.frame) / 1200));
      }
      group.sounding = call.synthProcess(group.at, left, right, count);
    }
  }
  silence(): void {
    for (const { at, voices } of this.#groups) for (const lane of voices.keys()) this.#kernels.call.synthStop(at, lane);
  }
}
