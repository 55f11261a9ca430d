import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether this machine has PulseAudio. */
export function hasPulse(): boolean {
  try {
    execFileSync("pulseaudio", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A loudspeaker whose sound comes back as a microphone: what is played is what is recorded, with every buffer of a true system between. */
export async function startLoop(): Promise<{ readonly env: Record<string, string>; command(...args: string[]): void; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "kuishi-loop-"));
  const socket = join(folder, "native");
  const env = { XDG_RUNTIME_DIR: folder, HOME: folder, PULSE_SERVER: `unix:${socket}`, PULSE_SINK: "loop", PULSE_SOURCE: "mic" };
  const daemon = spawn(
    "pulseaudio",
    [
      "-n",
      "--daemonize=no",
      "--exit-idle-time=-1",
      "--disallow-exit",
      "-L",
      `module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
      "-L",
      "module-null-sink sink_name=loop rate=48000 channels=2",
      "-L",
      "module-remap-source master=loop.monitor source_name=mic",
    ],
    { stdio: "ignore", env: { ...process.env, ...env } },
  );
  const close = async (): Promise<void> => {
    const gone = new Promise((resolve) => daemon.once("exit", resolve));
    daemon.kill("SIGKILL");
    await gone;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  for (let k = 0; k < 100 && !existsSync(socket); k++) await new Promise((resolve) => setTimeout(resolve, 50));
  if (!existsSync(socket)) {
    await close();
    throw new Error("PulseAudio did not start");
  }
  return { env, command: (...args) => void execFileSync("pactl", args, { env: { ...process.env, ...env } }), close };
}
