import { breathe, Complaint, type Progress, SAMPLE_RATE } from "@kuishi/base";
import { BLOCK_FLOATS, type Clips, canBeAhead, clipsOf, Engine, Feed, type Plan, type Source, type Strip } from "@kuishi/engine";
import { Kernels } from "@kuishi/signal";
import type { Host } from "../hear.ts";
import { CHUNK_BLOCKS, type FromThread, type Span, type Thread } from "./messages.ts";
import { complaintOf } from "./serve.ts";

/** What a second of one sounding note costs, CPU milliseconds, about: it decides who renders what, not what comes out. */
const COST_MS: Readonly<Record<Source["kind"], number>> = {
  clips: 0,
  sampler: 1,
  synth: 2,
  plucked: 1.5,
  drums: 4,
  balaban: 3.5,
  sybyzgy: 4.5,
  qobyz: 5.5,
  tanpura: 8,
};
/** A stroke rings at least so long. */
const MIN_RING_SEC = 0.3;
/** What faders, sum, effects, meters and files cost a second of the plan; of each strip. */
const [MIX_MS, MIX_STRIP_MS] = [5, 0.8];
/** A plan that costs less is not worth starting a thread for. */
const MIN_WORK_MS = 700;
/** Chunks a thread may be ahead. */
const AHEAD = 4;

const costOf = ({ source, events }: Strip): number =>
  COST_MS[source.kind] * events.reduce((sum, { length }) => sum + Math.max(MIN_RING_SEC, Math.min(length / SAMPLE_RATE, 60)), 0);

/** Strips for each thread, the dearest first to whoever has the least to do; the mixing thread, which has its own work, keeps the rest. */
export function sharesOf(plan: Plan, spans: readonly Span[], threads: number): Strip[][] {
  const seconds = spans.reduce((sum, [from, to]) => sum + to - from, 0) / SAMPLE_RATE;
  const part = Math.min(1, (seconds * SAMPLE_RATE) / Math.max(1, plan.frames));
  const costs = plan.strips.filter(canBeAhead).map((strip) => [strip, costOf(strip) * part] as const);
  if (costs.reduce((sum, [, cost]) => sum + cost, 0) < MIN_WORK_MS) return [];
  const shares = Array.from({ length: threads + 1 }, (_, k) => ({
    strips: [] as Strip[],
    work: k === 0 ? seconds * (MIX_MS + MIX_STRIP_MS * plan.strips.length) : 0,
  }));
  for (const [strip, cost] of costs.sort((a, b) => b[1] - a[1])) {
    const least = shares.reduce((a, b) => (b.work < a.work ? b : a));
    least.strips.push(strip);
    least.work += cost;
  }
  return shares.slice(1).flatMap(({ strips }) => (strips.length > 0 ? [strips] : []));
}

/** A thread's chunks as they come, and the strips they are of. */
class Supplier {
  readonly #thread: Thread;
  readonly #feeds: readonly Feed[];
  readonly #come: Extract<FromThread, { type: "chunk" }>[] = [];
  /** What is being played: its memory goes back when the next is taken. */
  #playing: Float32Array<ArrayBuffer> | undefined;
  #wrong: Complaint | undefined;
  #wake = (): void => {};

  constructor(thread: Thread, feeds: readonly Feed[]) {
    this.#thread = thread;
    this.#feeds = feeds;
    thread.listen(
      (message: FromThread) => {
        if (message.type === "chunk") this.#come.push(message);
        else this.#wrong = new Complaint(message.wrong.kind, message.wrong.code, message.wrong.params);
        this.#wake();
      },
      (error) => {
        this.#wrong = complaintOf(error);
        this.#wake();
      },
    );
  }
  /** Fills the next chunk in. @throws Complaint what ended the thread, or `cancelled`. */
  async take(from: number, progress: Progress): Promise<void> {
    const { signal } = progress;
    const wake = (): void => this.#wake();
    signal?.addEventListener("abort", wake);
    try {
      while (this.#come.length === 0) {
        if (this.#wrong) throw this.#wrong;
        if (signal?.aborted) throw new Complaint("cancelled", "cancelled");
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      signal?.removeEventListener("abort", wake);
    }
    const { blocks, sound, sounds } = this.#come.shift()!;
    for (const [k, feed] of this.#feeds.entries()) {
      const length = blocks * BLOCK_FLOATS;
      feed.fill(from, sounds[k] ? sound.subarray(k * length, (k + 1) * length) : null);
    }
    if (this.#playing) this.#thread.post({ type: "taken", sound: this.#playing }, [this.#playing.buffer]);
    this.#playing = sound;
  }
}

/** An engine that renders some stretches of a plan with all the threads a host has. Its bytes are those of one thread. */
export class OfflineEngine {
  readonly engine: Engine;
  readonly #threads: Thread[] = [];
  readonly #suppliers: Supplier[] = [];
  readonly #progress: Progress;
  readonly #spans: readonly Span[];
  #span = -1;
  #left = 0;

  /** @param spans from the first on, in the order in which they will be rendered. */
  constructor(host: Host, plan: Plan, clips: Clips, spans: readonly Span[], progress: Progress) {
    this.#progress = progress;
    this.#spans = spans;
    const { threads } = host;
    const feeds = new Map<string, Feed>();
    try {
      for (const strips of threads ? sharesOf(plan, spans, threads.count) : []) {
        const thread = threads!.start();
        this.#threads.push(thread);
        const own = strips.map((strip) => [strip.id, new Feed()] as const);
        for (const [id, feed] of own) feeds.set(id, feed);
        this.#suppliers.push(
          new Supplier(
            thread,
            own.map(([, feed]) => feed),
          ),
        );
        const wanted = new Set(clipsOf({ ...plan, strips, buses: [] }));
        const sounds = [...clips].filter(([name]) => wanted.has(name));
        thread.post({ type: "start", kernels: host.kernels, plan: { strips, seed: plan.seed }, clips: sounds, spans, ahead: AHEAD }, []);
      }
      this.engine = Engine.of(new Kernels(host.kernels), plan, clips, feeds);
    } catch (error) {
      this.close();
      throw error;
    }
  }
  /** Goes to the next stretch. */
  next(): void {
    this.engine.seek(this.#spans[++this.#span]![0]);
    this.#left = 0;
  }
  /** To be asked, and awaited where there is something to await, before each block. */
  ready(): Promise<void> | undefined {
    if (this.#suppliers.length === 0 || this.#left-- > 0) return undefined;
    this.#left = CHUNK_BLOCKS - 1;
    return this.#take();
  }
  async #take(): Promise<void> {
    const { frame } = this.engine;
    // timers and messages of the host have their turn before the wait, as they have without threads
    await breathe(this.#progress);
    for (const supplier of this.#suppliers) await supplier.take(frame, this.#progress);
  }
  /** Ends its threads, whatever they are doing. */
  close(): void {
    for (const thread of this.#threads) thread.close();
  }
}
