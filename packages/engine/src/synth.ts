import { SAMPLE_RATE } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Dials } from "./dials.ts";
import { bendInto, type Note } from "./note.ts";
import type { SynthPatch } from "./plan.ts";
import { blockEnd, mixed, type SourceProcessor } from "./source-processor.ts";
import { FRAMES, makeWavetable } from "./wavetables.ts";

interface SynthVoice {
  event: Note | undefined;
  age: number;
}
/** Four voices that the kernel plays together. */
interface VoiceGroup {
  readonly at: Address;
  readonly voices: readonly SynthVoice[];
  /** A bit for each voice that sounds. */
  sounding: number;
  /** Whether any of them was begun with a bend. */
  bends: boolean;
}
/** Frames in which the kernel's slow values stand still. */
const TICK = 32;
const KINDS = ["", "fm", "wavetable"];

/** A polyphonic synthesiser: subtractive, FM or wavetable; the oldest voice is taken when none is free. */
export class PolySynth implements SourceProcessor {
  readonly holds = true;
  readonly dials: Dials;
  readonly #kernels: Kernels;
  readonly #groups: readonly VoiceGroup[];
  readonly #seed: number;
  readonly #kind: number;
  #count = 0;

  constructor(kernels: Kernels, patch: SynthPatch, dials: Dials, seed: number) {
    this.#kernels = kernels;
    this.#seed = seed;
    const { oscillator } = patch;
    const table = oscillator?.kind === "wavetable" ? kernels.put(makeWavetable(oscillator.table)) : undefined;
    this.#kind = KINDS.indexOf(oscillator?.kind ?? "");
    this.dials = dials;
    this.#groups = Array.from({ length: Math.ceil(patch.voices / 4) }, (_, group) => {
      const at = kernels.call.synthMake(SAMPLE_RATE);
      if (table !== undefined) kernels.call.synthTable(at, table, FRAMES);
      const voices = Array.from({ length: Math.min(4, patch.voices - 4 * group) }, () => ({ event: undefined, age: 0 }));
      return { at, voices, sounding: 0, bends: false };
    });
    this.#set();
  }
  #set(): void {
    for (let g = 0; g < this.#groups.length; g++) this.#kernels.call.synthSet(this.#groups[g]!.at, this.#kind, this.dials.at);
  }

  start(event: Note): void {
    const { args, call } = this.#kernels;
    const index = this.#free();
    const group = this.#groups[index >> 2]!;
    const voice = group.voices[index & 3]!;
    voice.event = event;
    voice.age = ++this.#count;
    group.bends = event.bend !== undefined || (group.bends && group.sounding !== 0);
    group.sounding |= 1 << (index & 3);
    args[0] = event.cents;
    args[1] = 0.25 * (0.3 + 0.7 * event.velocity);
    args[2] = 0.6 + 0.8 * event.velocity;
    bendInto(args, 3, event, blockEnd(event.frame));
    args[4] = mixed(this.#seed, event.frame, (event.cents * 16) | 0) >>> 0;
    call.synthStart(group.at, index & 3);
  }
  /** A voice that is silent, else the oldest: four for each group, and its place there. */
  #free(): number {
    let found = 0;
    let oldest = Infinity;
    for (let g = 0; g < this.#groups.length; g++) {
      const { sounding, voices } = this.#groups[g]!;
      for (let lane = 0; lane < voices.length; lane++) {
        if ((sounding & (1 << lane)) === 0) return 4 * g + lane;
        if (voices[lane]!.age >= oldest) continue;
        oldest = voices[lane]!.age;
        found = 4 * g + lane;
      }
    }
    return found;
  }
  stop(event: Note): void {
    for (let g = 0; g < this.#groups.length; g++) {
      const group = this.#groups[g]!;
      for (let lane = 0; lane < group.voices.length; lane++) if (group.voices[lane]!.event === event) this.#kernels.call.synthStop(group.at, lane);
    }
  }
  process(left: Address, right: Address, frame: number, count: number): void {
    if (!this.dials.moves) {
      this.#process(left, right, frame, count);
      return;
    }
    for (let at = 0; at < count; ) {
      const part = Math.min(count - at, TICK - ((frame + at) % TICK));
      if ((frame + at) % TICK === 0 && this.dials.turn(frame + at)) this.#set();
      this.#process(left + 4 * at, right + 4 * at, frame + at, part);
      at += part;
    }
  }
  #process(left: Address, right: Address, frame: number, count: number): void {
    const { call } = this.#kernels;
    for (let g = 0; g < this.#groups.length; g++) {
      const group = this.#groups[g]!;
      if (group.sounding === 0) continue;
      if (group.bends) this.#bend(group, blockEnd(frame));
      group.sounding = call.synthProcess(group.at, frame % TICK, left, right, count);
    }
  }
  #bend(group: VoiceGroup, end: number): void {
    for (let lane = 0; lane < group.voices.length; lane++) {
      const { event } = group.voices[lane]!;
      if (!event?.bend) continue;
      bendInto(this.#kernels.args, 3, event, end);
      this.#kernels.call.synthBend(group.at, lane);
    }
  }
  silence(): void {
    for (const group of this.#groups) {
      for (let lane = 0; lane < group.voices.length; lane++) this.#kernels.call.synthStop(group.at, lane);
    }
  }
}
