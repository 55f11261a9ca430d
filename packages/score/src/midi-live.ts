import type { Cents } from "@kuishi/base";
import { retune } from "./midi-in.ts";

/** What a live keyboard plays on. Keys are names by which a note is let go or bent again. */
export interface LiveNotes {
  /** @param note MIDI key, 0 to 127. @param velocity 0..1. */
  press(key: string, note: number, velocity: number): void;
  lift(key: string): void;
  /** @param cents beside the pitch at which the note was begun. */
  bend(key: string, cents: Cents): void;
}

/** Registered parameters: the range of the bend, and how many channels a zone of MPE has (MIDI 1.0; MPE 1.0, RP-053). */
const [BEND_RANGE, ZONE] = [0, 6];
/** Semitones a bend reaches until something else is said: of a keyboard's one channel, and of a note's own channel in MPE. */
const [PLAIN_RANGE, NOTE_RANGE] = [2, 48];

interface Channel {
  /** -1..1 */
  bend: number;
  /** Cents. */
  range: Cents;
  /** Registered parameter that data would set; -1 where none is chosen. */
  parameter: number;
}

/**
 * A MIDI keyboard as its messages come in, one by one: notes, bends, MPE (each note on a channel of its own, all of a zone bent together by its
 * master channel), the range of a bend, and retuning by the MIDI Tuning Standard.
 */
export class LiveKeyboard {
  /** Where each key sounds, cents: equal semitones until a tuning message says otherwise. */
  readonly tuning: Float64Array = Float64Array.from({ length: 128 }, (_, key) => key * 100);
  readonly #notes: LiveNotes;
  readonly #held = new Map<string, number>();
  // an MPE keyboard that was set up before we listened does not say so again: other channels than the first are taken for notes' own
  readonly #channels: Channel[] = Array.from({ length: 16 }, (_, k) => ({ bend: 0, range: 100 * (k === 0 ? PLAIN_RANGE : NOTE_RANGE), parameter: -1 }));
  /** Members of the lower zone, mastered by channel 0, and of the upper, by channel 15; undefined until it is told. */
  #lower: number | undefined;
  #upper = 0;

  constructor(notes: LiveNotes) {
    this.#notes = notes;
  }

  /** Takes one whole message, as Web MIDI hands it over. What is not understood is passed over. */
  take(message: Uint8Array): void {
    const status = message[0] ?? 0;
    if (status === 0xf0) {
      retune(this.tuning, message.subarray(0, message.length - 1));
      return;
    }
    const [kind, number] = [status & 0xf0, status & 15];
    const [a, b] = [(message[1] ?? 0) & 127, (message[2] ?? 0) & 127];
    const key = `midi/${number}/${a}`;
    if (kind === 0x90 && b > 0) {
      this.#held.set(key, number);
      this.#notes.press(key, a, b / 127);
      const bent = this.#bendOf(number);
      if (bent !== 0) this.#notes.bend(key, bent);
    } else if (kind === 0x80 || kind === 0x90) this.#lift(key);
    else if (kind === 0xe0) {
      this.#channels[number]!.bend = (((b << 7) | a) - 8192) / 8192;
      this.#bendAll(number);
    } else if (kind === 0xb0) this.#control(number, a, b);
  }

  #lift(key: string): void {
    if (this.#held.delete(key)) this.#notes.lift(key);
  }

  #control(number: number, controller: number, value: number): void {
    const channel = this.#channels[number]!;
    switch (controller) {
      case 101:
        channel.parameter = (value << 7) | (channel.parameter & 127);
        break;
      case 100:
        channel.parameter = (channel.parameter & ~127) | value;
        break;
      // a parameter of the maker's own is none that we know
      case 98:
      case 99:
        channel.parameter = -1;
        break;
      case 6:
        if (channel.parameter === BEND_RANGE) this.#range(number, 100 * value + (channel.range % 100));
        else if (channel.parameter === ZONE) this.#zone(number, Math.min(15, value));
        break;
      case 38:
        if (channel.parameter === BEND_RANGE) this.#range(number, Math.floor(channel.range / 100) * 100 + Math.min(99, value));
        break;
      // all sound off, all notes off
      case 120:
      case 123:
        for (const [key, own] of [...this.#held]) if (own === number) this.#lift(key);
    }
  }

  /** A zone's members share their range: told on one, it holds for all (MPE 1.0, 2.4). */
  #range(number: number, cents: Cents): void {
    const master = this.#masterOf(number);
    const shared = master !== undefined && this.#lower !== undefined;
    for (let k = 0; k < 16; k++)
      if (k === number || (shared && this.#masterOf(k) === master)) {
        this.#channels[k]!.range = cents;
        this.#bendAll(k);
      }
  }

  #zone(number: number, members: number): void {
    if (number === 0) {
      this.#lower = members;
      this.#upper = Math.min(this.#upper, Math.max(0, 14 - members));
    } else if (number === 15) {
      this.#upper = members;
      this.#lower = Math.min(this.#lower ?? 0, Math.max(0, 14 - members));
    } else return;
    for (let k = 0; k < 16; k++) {
      this.#channels[k]!.range = 100 * (this.#masterOf(k) === undefined ? PLAIN_RANGE : NOTE_RANGE);
      this.#bendAll(k);
    }
  }

  /** The channel that bends this one along with all others of its zone. */
  #masterOf(number: number): number | undefined {
    if (number >= 1 && number <= (this.#lower ?? 0)) return 0;
    if (number <= 14 && number > 14 - this.#upper) return 15;
    return undefined;
  }

  #bendOf(number: number): Cents {
    const own = (k: number): Cents => this.#channels[k]!.bend * this.#channels[k]!.range;
    const master = this.#masterOf(number);
    return own(number) + (master === undefined ? 0 : own(master));
  }

  #bendAll(number: number): void {
    for (const [key, own] of this.#held) if (own === number || this.#masterOf(own) === number) this.#notes.bend(key, this.#bendOf(own));
  }
}
