import { Complaint, joinedBytes, type Progress, silent } from "@kuishi/base";
import { type Clips, type Plan, type PlanEvent, plainPatch, type Strip } from "@kuishi/engine";
import { kernelModule } from "@kuishi/signal/node";
import { expect, test } from "vitest";
import type { Host } from "../hear.ts";
import type { Outputs } from "../outputs.ts";
import { renderMix, renderStems } from "../render.ts";
import type { FromThread, Thread, ToThread } from "./messages.ts";
import { sharesOf } from "./offline.ts";
import { serveStrips } from "./serve.ts";

/** Threads in this one: messages are copied and handed over later, as between real ones. */
class Loop {
  readonly #spoil: ((message: FromThread, count: number) => FromThread) | undefined;
  started = 0;
  closed = 0;
  constructor(spoil?: (message: FromThread, count: number) => FromThread) {
    this.#spoil = spoil;
  }
  start = (): Thread => {
    this.started++;
    let [told, open, count] = [(_: FromThread): void => {}, true, 0];
    const take = serveStrips((message, transfer) => {
      const copy = structuredClone(this.#spoil?.(message, count++) ?? message, { transfer });
      setImmediate(() => open && told(copy));
    });
    return {
      post(message: ToThread, transfer) {
        const [rest, kernels] = message.type === "start" ? [{ ...message, kernels: null }, message.kernels] : [message, null];
        const copy = structuredClone(rest, { transfer });
        setImmediate(() => open && take((kernels ? { ...copy, kernels } : copy) as ToThread));
      },
      listen: (own) => {
        told = own;
      },
      close: () => {
        open = false;
        this.closed++;
      },
    };
  };
}
class Memory implements Outputs {
  readonly files = new Map<string, Uint8Array>();
  async create(name: string) {
    const parts: Uint8Array[] = [];
    return {
      write: async (bytes: Uint8Array) => void parts.push(bytes.slice()),
      close: async () => void this.files.set(name, joinedBytes(parts)),
    };
  }
  async read(name: string, from: number, to: number) {
    return this.files.get(name)!.subarray(from, to);
  }
}
const hostWith = (loop: Loop, count: number): Host => ({ kernels: kernelModule(), clock: () => 0, threads: { count, start: loop.start } });

const SECONDS = 6;
const notes = (voice: PlanEvent["voice"], every: number, length: number): PlanEvent[] =>
  Array.from({ length: Math.floor((SECONDS * 48_000) / every) - 1 }, (_, k) => ({
    frame: k * every + 37 * (k % 5),
    length,
    cents: 5000 + 100 * ((k * 7) % 12),
    velocity: 0.4 + 0.1 * (k % 5),
    voice,
    ...(k % 4 === 1 ? { bend: [[0, 0] as const, [4000, 50] as const] } : {}),
  }));
const strip = (id: string, source: Strip["source"], events: PlanEvent[], more: Partial<Strip> = {}): Strip => ({
  id,
  source,
  events,
  inserts: [],
  gainDb: -6,
  pan: 0.2,
  sends: { room: -8 },
  ...more,
});
/** Every kind of strip, side-chains, envelopes and automation of either half, and a strip that rests. */
const plan: Plan = {
  frames: SECONDS * 48_000 + 71,
  seed: 5,
  buses: [{ id: "room", effect: { kind: "reverb", decaySec: 1.2, preDelayMs: 10, damping: 0.4 }, gainDb: 0 }],
  master: { gainDb: 3, ceilingDbtp: -1 },
  strips: [
    strip("drums", { kind: "drums", kit: "house" }, notes("kick", 24_000, 1)),
    strip("tape", { kind: "clips", pieces: [{ clip: "tape", at: 900, from: 0, length: 90_000, fadeIn: 200, fadeOut: 300, gainDb: 0 }] }, []),
    strip("pressed", { kind: "synth", patch: { ...plainPatch, voices: 8 } }, notes("", 6000, 90_000), {
      inserts: [{ kind: "compressor", thresholdDb: -30, ratio: 6, attackMs: 4, releaseMs: 90, makeupDb: 0, key: "drums" }],
      automation: [
        {
          path: ["source", "patch", "cutoffHz"],
          envelope: [
            [0, 300],
            [200_000, 3000],
          ],
        },
        {
          path: ["inserts", 0, "thresholdDb"],
          envelope: [
            [0, -40],
            [200_000, -10],
          ],
        },
      ],
      envelope: [
        [0, -6],
        [100_000, 0],
      ],
    }),
    strip("dombra", { kind: "plucked", model: "dombra-arqa", open: [], nail: 0.5 }, notes(1, 9000, 24_000), {
      inserts: [{ kind: "saturation", driveDb: 9, mix: 0.5, even: 0.2 }],
      automation: [
        {
          path: ["inserts", 0, "driveDb"],
          envelope: [
            [0, 0],
            [200_000, 18],
          ],
        },
        {
          path: ["pan"],
          envelope: [
            [0, -1],
            [200_000, 1],
          ],
        },
        {
          path: ["sends", "room"],
          envelope: [
            [0, -40],
            [200_000, 0],
          ],
        },
      ],
    }),
    strip("reed", { kind: "balaban", steady: false }, notes("", 48_000, 47_000)),
    strip("bow", { kind: "qobyz", drone: 0.4, harmonics: true }, notes("", 40_000, 41_000), { mute: true }),
    strip("late", { kind: "plucked", model: "tar", open: [], nail: 0.4 }, [{ frame: 200_000, length: 9000, cents: 5500, velocity: 0.8, voice: 0 }]),
    strip("pad", { kind: "synth", patch: { ...plainPatch, voices: 8 } }, notes("", 4000, 240_000)),
    strip("drone", { kind: "tanpura" }, notes(1, 48_000, 48_000)),
  ],
};
const clips: Clips = new Map([["tape", [Float32Array.from({ length: 96_000 }, (_, i) => 0.3 * Math.sin(i * 0.01))]]]);

const written = async (host: Host, one: Plan = plan): Promise<Map<string, Uint8Array>> => {
  const outputs = new Memory();
  await renderStems(host, one, clips, outputs, silent);
  await renderMix(host, one, clips, outputs, silent);
  return outputs.files;
};

test("however many threads render, stems, sum and mix are the same bytes", async () => {
  const alone = await written({ kernels: kernelModule(), clock: () => 0 });
  expect(alone.size).toBe(plan.strips.length + plan.buses.length + 2);
  for (const count of [1, 2, 3]) {
    const loop = new Loop();
    const files = await written(hostWith(loop, count));
    expect(loop.started, `threads of ${count}, twice`).toBe(2 * count);
    expect(loop.closed).toBe(loop.started);
    for (const [name, bytes] of alone) expect(Buffer.compare(files.get(name)!, bytes), `${name} of ${count}`).toBe(0);
  }
});

test("every strip but what is recorded goes to some thread when there are many, and none twice", () => {
  const ids = sharesOf(plan, [[0, plan.frames]], 20).flatMap((share) => share.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).not.toContain("tape");
});

test("a small plan stays on one thread", async () => {
  const loop = new Loop();
  await written(hostWith(loop, 2), { ...plan, frames: 24_000, strips: plan.strips.map((one) => ({ ...one, events: one.events.slice(0, 1) })) });
  expect(loop.started).toBe(0);
});

test("cancelled while it waits for a thread, it stops and ends all of them", async () => {
  const abort = new AbortController();
  const loop = new Loop((message) => {
    abort.abort();
    return message;
  });
  const progress: Progress = { report: () => {}, signal: abort.signal };
  await expect(renderMix(hostWith(loop, 2), plan, clips, new Memory(), progress)).rejects.toMatchObject({ kind: "cancelled" });
  expect(loop.closed).toBe(loop.started);
});

test("what goes wrong in a thread is told as a complaint, ours and its own", async () => {
  const unknown = { kind: "plucked", model: "none" as never, open: [], nail: 0 } as const;
  const broken: Plan = { ...plan, strips: plan.strips.map((one) => (one.id === "reed" ? { ...one, source: unknown } : one)) };
  const loop = new Loop();
  await expect(renderMix(hostWith(loop, 20), broken, clips, new Memory(), silent)).rejects.toMatchObject({ name: "Complaint", code: "render.thread" });
  expect(loop.closed).toBe(loop.started);
  const own = new Complaint("unreadable", "media.short");
  const telling = new Loop((message, count) => (count < 3 ? message : { type: "failed", wrong: { kind: own.kind, code: own.code, params: own.params } }));
  await expect(renderMix(hostWith(telling, 1), plan, clips, new Memory(), silent)).rejects.toMatchObject({ kind: "unreadable", code: "media.short" });
});
