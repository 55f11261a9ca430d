import { BLOCK, Complaint, type Frames } from "@kuishi/base";
import { StripsAhead } from "@kuishi/engine";
import { Kernels } from "@kuishi/signal";
import { CHUNK_BLOCKS, type FromThread, type Span, type ToThread } from "./messages.ts";

/** Where each chunk of all spans begins and how many blocks it has, in order; a span begins with a jump. */
function* chunksOf(strips: StripsAhead, spans: readonly Span[]): Generator<readonly [Frames, number]> {
  for (const [from, to] of spans) {
    strips.seek(from);
    for (let at: Frames = Math.max(0, Math.floor(from / BLOCK) * BLOCK); at < to; at += CHUNK_BLOCKS * BLOCK)
      yield [at, Math.min(CHUNK_BLOCKS, Math.ceil((to - at) / BLOCK))];
  }
}

/** What a thread does that renders strips. @returns what takes its messages. */
export function serveStrips(tell: (message: FromThread, transfer: ArrayBuffer[]) => void): (message: ToThread) => void {
  let strips: StripsAhead;
  let chunks: ReturnType<typeof chunksOf>;
  const next = (sound: Float32Array<ArrayBuffer>): void => {
    const { done, value } = chunks.next();
    if (done) return;
    const [from, blocks] = value;
    const sounds = strips.render(from, blocks, sound);
    tell({ type: "chunk", blocks, sound, sounds }, [sound.buffer]);
  };
  return (message) => {
    try {
      if (message.type === "taken") next(message.sound);
      else {
        strips = new StripsAhead(new Kernels(message.kernels), message.plan, new Map(message.clips));
        chunks = chunksOf(strips, message.spans);
        for (let k = 0; k < message.ahead; k++) next(new Float32Array(strips.floatsOf(CHUNK_BLOCKS)));
      }
    } catch (error) {
      const { kind, code, params } = complaintOf(error);
      tell({ type: "failed", wrong: { kind, code, params } }, []);
    }
  };
}

/** What ended a thread, as a person is told it. */
export function complaintOf(error: unknown): Complaint {
  return error instanceof Complaint ? error : new Complaint("cannotWrite", "render.thread", { reason: error instanceof Error ? error.message : String(error) });
}
