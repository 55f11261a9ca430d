import { BLOCK, type Frames, SAMPLE_RATE } from "@kuishi/base";
import { type Address, bandTypes, type Kernels } from "@kuishi/signal";
import { dialsOf } from "./devices.ts";
import { Dials } from "./dials.ts";
import type { Bus, Clips, Insert } from "./plan.ts";

type Device = Insert | Bus["effect"];
type Of<K> = Extract<Device, { kind: K }>;

/** What an effect is made of in the kernels. */
interface Body<T> {
  /** Takes over its values. */
  update(): void;
  /** Works on a stereo pair in place. */
  process(left: Address, right: Address, frame: Frames, count: number): void;
  /** Takes what is no number. @returns false where that would make it another effect. */
  take?(to: T): boolean;
}
/** What an effect may ask for: buffers of another strip, for side-chains; recorded sound. */
export interface EffectContext {
  keyOf(id: string): readonly [Address, Address];
  readonly clips: Clips;
}
type Make<T> = (kernels: Kernels, device: T, dials: Dials, context: EffectContext) => Body<T>;

/** Values that move are told every so many frames. */
const STEP_FRAMES: Frames = 16;

/** An effect that runs. Its numbers may move, and it may be set otherwise, while it does. */
export class EffectProcessor<T extends Device = Device> {
  readonly dials: Dials;
  readonly #kind: T["kind"];
  readonly #body: Body<T>;

  constructor(kernels: Kernels, device: T, context: EffectContext) {
    this.#kind = device.kind;
    this.dials = new Dials(kernels, dialsOf(device));
    this.#body = (makers[device.kind] as unknown as Make<T>)(kernels, device, this.dials, context);
    this.#body.update();
  }
  process(left: Address, right: Address, frame: Frames, count: number): void {
    if (!this.dials.moves) {
      this.#body.process(left, right, frame, count);
      return;
    }
    for (let at = 0; at < count; at += STEP_FRAMES) {
      if (this.dials.turn(frame + at)) this.#body.update();
      this.#body.process(left + 4 * at, right + 4 * at, frame + at, STEP_FRAMES);
    }
  }
  /** Sets it otherwise from a frame on. @returns false where that would make it another effect: then it must be made anew. */
  set(to: T, frame: Frames): boolean {
    if (to.kind !== this.#kind) return false;
    const fields = dialsOf(to);
    if (fields.length !== this.dials.count || this.#body.take?.(to) === false) return false;
    fields.forEach((field, k) => {
      this.dials.put(k, field.value, frame);
    });
    return true;
  }
}

/** An effect of one kernel. */
const simple = (
  at: Address,
  set: (at: Address, settings: Address) => void,
  process: (at: Address, left: Address, right: Address, count: number) => void,
  dials: Dials,
): Body<never> => ({
  update: () => set(at, dials.at),
  process: (left, right, _frame, count) => process(at, left, right, count),
});

const makers: { readonly [K in Device["kind"]]: Make<Of<K>> } = {
  eq({ call }, { bands }, dials) {
    const [own, other] = [call.eqMake(bands.length), call.eqMake(bands.length)];
    const types = Int32Array.from(bands, (band) => bandTypes.indexOf(band.type));
    const update = (): void => {
      for (let k = 0; k < types.length; k++) call.eqBand(own, k, types[k]!, dials.at + 12 * k);
    };
    return {
      update,
      process: (left, right, _frame, count) => call.eqPair(own, other, left, right, count),
      take(to) {
        if (to.bands.length !== types.length) return false;
        to.bands.forEach((band, k) => {
          types[k] = bandTypes.indexOf(band.type);
        });
        update();
        return true;
      },
    };
  },
  compressor({ call }, device, dials, { keyOf }) {
    const at = call.compMake();
    let key = device.key === undefined ? undefined : keyOf(device.key);
    return {
      update: () => call.compSet(at, dials.at),
      process: (left, right, _frame, count) => call.compProcess(at, left, right, key ? key[0] : left, key ? key[1] : right, count),
      take(to) {
        key = to.key === undefined ? undefined : keyOf(to.key);
        return true;
      },
    };
  },
  multiband(kernels, _device, dials) {
    const { call } = kernels;
    const [split, align] = [call.crossoverMake(), call.crossoverMake()];
    // of each band a compressor and a buffer for either side
    const bands = [0, 1, 2].map(() => ({ at: call.compMake(), left: kernels.floats(BLOCK), right: kernels.floats(BLOCK) }));
    const [low, mid, high] = [bands[0]!, bands[1]!, bands[2]!];
    return {
      update() {
        call.crossoverSet(split, dials.at);
        call.crossoverSet(align, dials.at);
        for (let k = 0; k < bands.length; k++) call.compSet(bands[k]!.at, dials.at + 4 * (2 + 5 * k));
      },
      process(left, right, _frame, count) {
        call.crossoverProcess(split, 0, left, low.left, mid.left, high.left, count);
        call.crossoverProcess(split, 1, right, low.right, mid.right, high.right, count);
        call.crossoverAlign(align, 0, low.left, count);
        call.crossoverAlign(align, 1, low.right, count);
        call.clear(left, count * 4);
        call.clear(right, count * 4);
        for (let k = 0; k < bands.length; k++) {
          const band = bands[k]!;
          call.compProcess(band.at, band.left, band.right, band.left, band.right, count);
          call.mixRamp(left, band.left, count, 1, 1);
          call.mixRamp(right, band.right, count, 1, 1);
        }
      },
    };
  },
  saturation: ({ call }, _device, dials) => simple(call.saturatorMake(), call.saturatorSet, call.saturatorProcess, dials),
  gate: ({ call }, _device, dials) => simple(call.gateMake(), call.gateSet, call.gateProcess, dials),
  phaser: ({ call }, _device, dials) => simple(call.phaserMake(), call.phaserSet, call.phaserProcess, dials),
  reverb: ({ call }, _device, dials) => simple(call.reverbMake(4096, 8192), call.reverbSet, call.reverbProcess, dials),
  chorus: ({ call }, _device, dials) => simple(call.chorusMake(), call.chorusSet, call.chorusProcess, dials),
  convolution: (kernels, device, _dials, { clips }) => convolution(kernels, device.clip, clips.get(device.clip) ?? []),
  delay({ call }, device, dials) {
    const at = call.echoMake(65536);
    let { times } = device;
    let next = 0;
    return {
      update: () => call.echoSet(at, dials.at),
      process(left, right, frame, count) {
        if (next > 0 && times[next - 1]![0] > frame) next = 0;
        while (next < times.length && times[next]![0] <= frame) call.echoTime(at, times[next++]![1]);
        call.echoProcess(at, left, right, count);
      },
      take(to) {
        times = to.times;
        next = 0;
        return true;
      },
    };
  },
};

/** A response is taken so long at most. */
const MAX_RESPONSE_SEC = 10;
/** Each side with its own side of the response; blocks of 128 only, as buses have. */
function convolution(kernels: Kernels, clip: string, response: readonly Float32Array[]): Body<Of<"convolution">> {
  const { call } = kernels;
  const [left, right] = [response[0], response[1] ?? response[0]].map((channel) => {
    const frames = Math.min(channel?.length ?? 0, MAX_RESPONSE_SEC * SAMPLE_RATE);
    const parts = Math.ceil(frames / BLOCK);
    const at = call.convolverMake(Math.max(1, parts));
    const block = kernels.floats(BLOCK);
    const view = kernels.view(block, BLOCK);
    for (let p = 0; p < parts; p++) {
      for (let i = 0; i < BLOCK; i++) view[i] = channel?.[p * BLOCK + i] ?? 0;
      call.convolverLoad(at, p, block);
    }
    return at;
  }) as [Address, Address];
  return {
    update() {},
    process(atLeft, atRight) {
      call.convolverProcess(left, atLeft);
      call.convolverProcess(right, atRight);
    },
    take: (to) => to.clip === clip,
  };
}
