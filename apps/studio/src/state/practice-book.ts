import { SAMPLE_RATE } from "@kuishi/base";
import { memoryOf, type PassageMemory, type Practice, type Progress, passagePlayed, progressOf, runOf, TURN_MS, turnsNow } from "@kuishi/practice";
import type { Loop, Run } from "@kuishi/project";
import { createMemo, createRoot, createSignal } from "solid-js";
import { note, session } from "./project.ts";
import { setLoop, setLooping } from "./transport.ts";

/** A passage as it has been practised; `loop` null is whatever has no name, the whole tune where nothing has. */
export interface Practised {
  readonly loop: Loop | null;
  readonly runs: readonly Run[];
  readonly memory: PassageMemory;
  readonly progress: readonly Progress[];
}
/** Id under which the whole tune takes its turn. */
const WHOLE = "";
const idOf = ({ loop }: Pick<Practised, "loop">): string => loop?.id ?? WHOLE;

/** Keeps what became of a take. */
export function noteRun(practice: Practice): void {
  const own = runOf(practice);
  if (!own) return;
  const [from, to] = [Math.round(own.masterFromSec * SAMPLE_RATE), Math.round(own.masterToSec * SAMPLE_RATE)];
  const loop = passagePlayed(session().loops, { from, to });
  note((draft) =>
    draft.put({
      id: draft.newId("run"),
      kind: "run",
      at: Date.now(),
      loop: loop?.id ?? null,
      from,
      to,
      tempo: own.tempo,
      told: own.told,
      right: own.right,
      things: practice.three.map(({ code }) => code),
    }),
  );
  setNow(Date.now());
}

const [now, setNow] = createSignal(Date.now());
/** Passages with a name, and what was played besides: of a tune without passages, the whole. */
export const practised = createRoot(() =>
  createMemo((): readonly Practised[] => {
    const { loops, runs } = session();
    const known = new Set(loops.map(({ id }) => id));
    const whole = runs.filter((run) => run.loop === null || !known.has(run.loop));
    const entry = (loop: Loop | null, own: readonly Run[]): Practised => ({ loop, runs: own, memory: memoryOf(own, now()), progress: progressOf(own) });
    return [
      ...loops.map((loop) =>
        entry(
          loop,
          runs.filter((run) => run.loop === loop.id),
        ),
      ),
      ...(whole.length > 0 || loops.length === 0 ? [entry(null, whole)] : []),
    ];
  }),
);
/** Passages being taken in turns, and when the present turn ends; nothing while there are none. */
interface Turns {
  readonly ids: readonly string[];
  readonly index: number;
  readonly ends: number;
}
const [turns, setTurns] = createSignal<Turns>();
/** The clock of the turns: what is due is not reckoned anew each second. */
const [clock, setClock] = createSignal(Date.now());
/** The passage whose turn it is, which of how many, and the seconds it has left. */
export const turn = createRoot(() =>
  createMemo(() => {
    const own = turns();
    const passage = own && practised().find((one) => idOf(one) === own.ids[own.index]);
    return own && passage ? { passage, index: own.index, count: own.ids.length, leftSec: Math.max(0, Math.ceil((own.ends - clock()) / 1000)) } : undefined;
  }),
);
export const toTakeInTurns = createRoot(() =>
  createMemo(() =>
    turnsNow(
      practised().map((one) => ({ id: idOf(one), runs: one.runs })),
      now(),
    ),
  ),
);
let ticking: ReturnType<typeof setInterval> | undefined;
function begin(ids: readonly string[], index: number): void {
  const loop = session().loops.find(({ id }) => id === ids[index]);
  setLoop(loop ? { from: loop.from, to: loop.to } : null);
  setLooping(loop !== undefined);
  setClock(Date.now());
  setTurns({ ids, index, ends: Date.now() + TURN_MS });
}
/** Begins the turns: three minutes a passage, then the next. */
export function startTurns(): void {
  const ids = toTakeInTurns();
  if (ids.length === 0) return;
  begin(ids, 0);
  clearInterval(ticking);
  ticking = setInterval(() => {
    setClock(Date.now());
    const own = turns();
    if (own && Date.now() >= own.ends) nextTurn();
  }, 1000);
}
/** Goes to the next passage; after the last, it is enough for today. */
export function nextTurn(): void {
  const own = turns();
  if (own && own.index + 1 < own.ids.length) begin(own.ids, own.index + 1);
  else stopTurns();
}
export function stopTurns(): void {
  clearInterval(ticking);
  setTurns(undefined);
  setNow(Date.now());
}
