import type { Plan } from "@kuishi/engine";
import { createSignal } from "solid-js";
import { Player, type Report } from "./player.ts";

/** What sounds by itself beside the tune: a metronome, a drone. */
export class Aside {
  readonly #runs = createSignal(false);
  #player: Player | undefined;
  /** A plan that came before the player was ready. */
  #next: Plan | undefined;
  /** Starts and stops so far: a player that is ready too late is let go. */
  #turn = 0;

  /** Whether it sounds, or is about to. */
  get runs(): boolean {
    return this.#runs[0]();
  }
  /** Begins with a plan; nothing where it runs. @throws where there can be no sound. */
  async start(plan: Plan, listener: { readonly report: (report: Report) => void; readonly refused: (error: unknown) => void }): Promise<void> {
    if (this.runs) return;
    const own = ++this.#turn;
    this.#runs[1](true);
    this.#next = undefined;
    try {
      const player = await Player.create(plan, new Map(), { ...listener, anchor: () => {} });
      if (own !== this.#turn) {
        await player.close();
        return;
      }
      this.#player = player;
      if (this.#next) player.update(this.#next, new Map());
      await player.play();
    } catch (error) {
      if (own === this.#turn) this.#runs[1](false);
      throw error;
    }
  }
  /** Another plan goes on in the place of the one that sounds. */
  update(plan: Plan): void {
    if (this.#player) this.#player.update(plan, new Map());
    else this.#next = plan;
  }
  async stop(): Promise<void> {
    this.#turn++;
    this.#runs[1](false);
    const player = this.#player;
    this.#player = undefined;
    await player?.close();
  }
}
