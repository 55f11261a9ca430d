import { type Cents, SAMPLE_RATE } from "@kuishi/base";
import { type Drone, dronePlan } from "@kuishi/flow";
import { createSignal } from "solid-js";
import { Aside } from "../audio/aside.ts";
import { fail } from "./ui.ts";

const KEPT = "kuishi.drone";
/** D below the middle C; a pure fifth; 4.6 s a round. */
const PLAIN: Drone = { tonic: 5000, first: 702, cycle: 4.6, gainDb: -10 };
/** Where each may lie. */
export const DRONE_RANGES: Readonly<Record<keyof Drone, readonly [number, number]>> = {
  tonic: [3600, 7200],
  first: [0, 1200],
  cycle: [2.5, 8],
  gainDb: [-40, 6],
};
function kept(): Drone {
  try {
    const own = JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Record<keyof Drone, unknown>>;
    const value = (key: keyof Drone): number => {
      const told = own[key];
      const [low, high] = DRONE_RANGES[key];
      return typeof told === "number" && told >= low && told <= high ? told : PLAIN[key];
    };
    return { tonic: value("tonic"), first: value("first"), cycle: value("cycle"), gainDb: value("gainDb") };
  } catch {
    return PLAIN;
  }
}
const [settingsSignal, setSettings] = createSignal<Drone>(kept());
export const droneSettings = settingsSignal;
/** Longer than anyone tunes: the strings are plucked for so long. */
const FRAMES = 3 * 3600 * SAMPLE_RATE;

const drone = new Aside();
export const droneRuns = (): boolean => drone.runs;
export const startDrone = (): Promise<void> =>
  drone.start(dronePlan(settingsSignal(), FRAMES), { report: ({ ended }) => ended && void drone.stop(), refused: fail }).catch(fail);
export const stopDrone = (): Promise<void> => drone.stop();
/** Sets something; the drone that sounds goes over to it. */
export function setDrone(some: Partial<Drone>): void {
  const next = { ...settingsSignal(), ...some };
  setSettings(next);
  localStorage.setItem(KEPT, JSON.stringify(next));
  drone.update(dronePlan(next, FRAMES));
}
/** A pitch's octave nearest to where a tanpura plays. */
export const inDroneRange = (tonic: Cents): Cents => tonic - 1200 * Math.round((tonic - 5000) / 1200);
