import { joinedBytes, silent } from "@kuishi/base";
import { choicesOf } from "@kuishi/blend";
import { memorySource } from "@kuishi/media";
import { openBundle, Provenance } from "@kuishi/project";
import { kernelModule } from "@kuishi/signal/node";
import { localized } from "@kuishi/words";
import { beforeAll, describe, expect, test } from "vitest";
import { type Blended, type BlendRequest, blendFile, type Host, hearAny, isOutput, type Outputs, reopened } from "./index.ts";

/** What was written, in memory. */
class Memory implements Outputs {
  readonly files = new Map<string, Uint8Array>();
  async create(name: string) {
    const parts: Uint8Array[] = [];
    return {
      write: async (bytes: Uint8Array) => void parts.push(bytes.slice()),
      close: async () => {
        this.files.set(name, joinedBytes(parts));
      },
    };
  }
  async read(name: string, from: number, to: number) {
    return this.files.get(name)!.subarray(from, to);
  }
  text = (name: string): string => new TextDecoder().decode(this.files.get(name));
}
const ABC = `X:1\nT:Елім-ай\nC:халық\nM:2/4\nL:1/8\nQ:1/4=110\nK:Ddor\n${"DFAc d2cA | GAFG D2D2 | FGAc dcAG | FDEC D4 |\n".repeat(2)}`;
const host: Host = { kernels: kernelModule(), clock: () => 0 };
const score = new TextEncoder().encode(ABC);
const request: BlendRequest = {
  choices: { ...choicesOf("lo-fi", 3), clean: false },
  loudness: -16,
  provenance: Provenance.parse({ title: "Елім-ай", composer: "халық" }),
  language: "ru",
  original: { name: "elim-ai.abc", bytes: score },
};

describe("from a written tune to everything that leaves the house", () => {
  const outputs = new Memory();
  let blended: Blended;
  beforeAll(async () => {
    const file = await hearAny(host, "elim-ai.abc", memorySource(score), { seed: 3 }, silent);
    blended = await blendFile(host, file, request, outputs, silent);
  }, 60_000);
  test("every file that is promised is written, and no other", () => {
    expect([...outputs.files.keys()].sort()).toEqual([...blended.files].sort());
    for (const name of outputs.files.keys()) expect(isOutput(name), name).toBe(true);
  });
  test("the mix stands at the loudness that was asked for", () => {
    expect(blended.report.mix.integratedLufs).toBeCloseTo(-16, 0);
    expect(blended.report.mix.truePeakDbtp).toBeLessThanOrEqual(-1);
  });
  test("the stems add up to the premaster", () => {
    const samples = (name: string): DataView => {
      const bytes = outputs.files.get(name)!;
      return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    };
    const stems = [...outputs.files.keys()].filter((name) => name.startsWith("stems/")).map(samples);
    const whole = samples("premaster.wav");
    expect(stems.length).toBeGreaterThan(5);
    let [worst, most] = [0, 0];
    // from the end, for headers differ; a piece ends in nothing
    for (let back = 4; back < whole.byteLength - 1024; back += 4 * 97) {
      const at = whole.byteLength - back;
      const sum = stems.reduce((total, stem) => total + stem.getFloat32(stem.byteLength - (whole.byteLength - at), true), 0);
      worst = Math.max(worst, Math.abs(sum - whole.getFloat32(at, true)));
      most = Math.max(most, Math.abs(sum));
    }
    expect(most).toBeGreaterThan(0.001);
    expect(worst).toBeLessThan(1e-4);
  });
  test("what was added stands where the style wants it against the tune, give or take", () => {
    expect(blended.report.accompanimentLu).toBeGreaterThan(-8);
    expect(blended.report.accompanimentLu).toBeLessThan(2);
  });
  test("the report says it in the language that was asked for", () => {
    const html = outputs.text("report.html");
    expect(html).toContain("Елім-ай");
    expect(html).toContain(localized(blended.prepared.style.title, "ru"));
    expect(JSON.parse(outputs.text("report.json")).choices.style).toBe("lo-fi");
  });
  test("the project opens again with what it was made of, and hears the same", async () => {
    const opened = await reopened(host, openBundle(outputs.files.get("project.kuishi")!), silent);
    expect(opened.request.choices).toEqual(request.choices);
    expect(opened.request.provenance).toEqual(request.provenance);
    const again = await opened.hear();
    expect(again.heard.notes).toEqual(blended.prepared.original.heard.notes);
    expect(again.recording.channels[0]).toEqual(blended.prepared.original.recording.channels[0]);
  });
});
