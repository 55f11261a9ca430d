import { execFileSync, spawnSync } from "node:child_process";

/** Whether a command is there. */
export const has = (command: string, flag: string): boolean => spawnSync(command, [flag], { stdio: "ignore" }).error === undefined;

/** CPU seconds (user and system) of a command and its children. @throws Error when it fails. */
export function cpu(command: string, args: readonly string[]): number {
  const script =
    "import resource,subprocess,sys; r=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL); u=resource.getrusage(resource.RUSAGE_CHILDREN); print(u.ru_utime+u.ru_stime, r.returncode)";
  const [seconds, code] = execFileSync("python3", ["-c", script, command, ...args], { encoding: "utf8" })
    .trim()
    .split(" ");
  if (code !== "0") throw new Error(`${command} ended with ${code}`);
  return Number(seconds);
}
