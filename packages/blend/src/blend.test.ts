import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Complaint } from "@kuishi/base";
import { type Heard, heardFromText } from "@kuishi/score";
import { classDistance } from "@kuishi/tuning";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Arrangement, blend as blendWith } from "./blend.ts";
import { type Choices, Choices as ChoicesSchema, choicesOf } from "./choices.ts";
import { violations } from "./parts/playable.ts";
import { DOMBRA_TIMBRE, roughness } from "./roughness.ts";
import { readStyle, type Style, styleSchema } from "./style.ts";
import { styles } from "./styles.ts";

const all = [...styles.values()];
const blend = (heard: Heard, style: Style, seed: number): Arrangement => blendWith(heard, new Map([[style.name, style]]), choicesOf(style.name, seed));
const deep = styles.get("deep-house")!;

/** A tune of `bars` bars in a meter, with a walk over some frets that a seed chooses. */
function tune(meter: string, bars: number, seed: number, pulse = 0.22): Heard {
  const count =
    meter
      .split("/")[0]
      ?.split("+")
      .reduce((sum, group) => sum + Number(group), 0) ?? 4;
  const frets = [0, 2, 3, 5, 7];
  let state = seed;
  const next = (): number => (state = (state * 1103515245 + 12345) & 0x7fffffff);
  const bar = (): string =>
    Array.from({ length: count }, (_, p) => (p > 0 && next() % 5 === 0 ? "." : `d${frets[next() % 5]}${next() % 2 ? "+u0" : ""}`)).join(" ");
  return heardFromText(`${meter} pulse=${pulse} tonic=5500 | ${Array.from({ length: bars }, bar).join(" | ")}`);
}
const drumHits = (made: Arrangement) => made.parts.filter((part) => part.role === "drums").flatMap((part) => part.events);

describe.each(all.map((style) => [style.name, style] as const))("%s", (_, style) => {
  test.each(["2+2/8", "3+2/8", "2+2+3/8", "3+3/8", "2+3+2+2/8", "3/8", "2+2+2/8"])("makes no flam against the player in %s", (meter) => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1000), (walk, seed) => {
        const heard = tune(meter, 16, walk);
        const hits = drumHits(blend(heard, style, seed));
        expect(hits.length).toBeGreaterThan(8);
        const distances = hits.map((hit) => Math.min(...heard.strokes.map((stroke) => Math.abs(stroke.at - hit.at)))).filter((d) => d <= 0.06);
        expect(distances.filter((d) => d > 0.02).length).toBeLessThanOrEqual(distances.length * 0.03);
      }),
      { numRuns: 12 },
    );
  });
  test("keeps to the tune's own cents", () => {
    const heard = tune("3+2/8", 16, 4);
    const shifted: Heard = {
      ...heard,
      mode: { ...heard.mode, tonicCents: 5537, degreesCents: [0, 193, 351, 498, 705] },
      notes: heard.notes.map((note) => ({ ...note, cents: note.cents! + 37 })),
    };
    const allowed = shifted.mode.degreesCents.map((degree) => degree + 5537);
    for (const part of blend(shifted, style, 1).parts) {
      if (part.role === "drums" || part.source.kind === "recording") continue;
      // a tanpura's pair beats by two cents
      for (const event of part.events) expect(Math.min(...allowed.map((cents) => classDistance(cents, event.cents)))).toBeLessThan(2.1);
    }
  });
  test("asks nothing of a player that no player can do", () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.constantFrom("2+2/8", "2+2+2/8", "3+2/8", "2+2+3/8"),
        fc.integer({ min: 15, max: 45 }),
        fc.integer({ min: -700, max: 900 }),
        (walk, meter, pulse, up) => {
          const heard = tune(meter, 24, walk, pulse / 100);
          const moved: Heard = {
            ...heard,
            mode: { ...heard.mode, tonicCents: heard.mode.tonicCents + up },
            notes: heard.notes.map((note) => ({ ...note, cents: note.cents! + up })),
          };
          expect(blend(moved, style, 1).parts.flatMap(violations)).toEqual([]);
        },
      ),
      { numRuns: 8 },
    );
  });
  test("has six parts in its climax, roots that move, fills where sections end", () => {
    const made = blend(tune("2+3/8", 48, 11), style, 2);
    const climax = made.sections.find((section) => section.role === "climax")!;
    const there = made.parts.filter((part) => part.events.some((event) => event.at >= climax.from && event.at < climax.to));
    expect(there.length).toBeGreaterThanOrEqual(6);
    expect(new Set(made.harmony.slice(0, 16).map((h) => h.degree)).size).toBeGreaterThanOrEqual(3);
    for (const section of made.sections.slice(0, -1).filter((one) => one.energy >= 0.2))
      expect(
        made.parts.some((part) => part.events.some((event) => event.reason.code === "why.fill" && event.at > section.to - 2 && event.at <= section.to)),
      ).toBe(true);
  });
  test("gives every event a reason, and every section its own shape", () => {
    const made = blend(tune("2+2/8", 40, 9), style, 3);
    expect(made.parts.every((part) => part.events.every((event) => event.reason.code.startsWith("why.")))).toBe(true);
    expect(made.sections.length).toBeGreaterThanOrEqual(4);
    const density = made.sections.map(
      (section) =>
        made.parts.flatMap((part) => part.events).filter((event) => event.at >= section.from && event.at < section.to).length / (section.to - section.from),
    );
    expect(Math.max(...density)).toBeGreaterThan(Math.min(...density) * 1.5);
    expect(new Set(made.sections.map((section) => section.energy)).size).toBeGreaterThan(2);
  });
  test("events are sorted, finite and inside the record", () => {
    const heard = tune("2+3/8", 30, 2);
    const { parts, edges } = blend(heard, style, 8);
    for (const part of parts) {
      part.events.forEach((event, i) => {
        expect(Number.isFinite(event.at + event.length + event.cents + event.velocity)).toBe(true);
        expect(event.at).toBeGreaterThanOrEqual(-edges.lead);
        expect(event.at).toBeLessThanOrEqual(edges.last! + 0.1);
        expect(event.velocity).toBeGreaterThan(0);
        expect(event.velocity).toBeLessThanOrEqual(1);
        if (i > 0) expect(event.at).toBeGreaterThanOrEqual((part.events[i - 1] as { at: number }).at - 1e-9);
      });
    }
  });
});

test("kicks of deep house fall on the tune's groups: bars of 3+2 get theirs at 0 and 3", () => {
  const heard = tune("3+2/8", 24, 5, 0.25);
  const made = blend(heard, deep, 1);
  const kick = made.parts.find((part) => part.id === "kick");
  const inBar = new Set(kick?.events.map((event) => (Math.round(((((event.at - 0.3) / 0.25) % 5) + 5) * 10) / 10) % 5));
  expect([...inBar].sort()).toEqual([0, 3]);
});
test("the same seed gives the same blend, another seed another; other parts hold", () => {
  const heard = tune("2+2/8", 24, 6);
  expect(blend(heard, deep, 1)).toEqual(blend(heard, deep, 1));
  expect(blend(heard, deep, 1)).not.toEqual(blend(heard, deep, 2));
  const { clap: _, ...rest } = deep.drums;
  const without = blend(heard, { ...deep, drums: rest }, 1);
  const withClap = blend(heard, deep, 1);
  for (const part of without.parts) expect(part).toEqual(withClap.parts.find((other) => other.id === part.id));
});
const made = (heard: Heard, change: Partial<Choices>): Arrangement =>
  blendWith(heard, styles, ChoicesSchema.parse({ ...choicesOf("ethno-house", 1), ...change }));
const inside = (arrangement: Arrangement, id: string, from: number, to: number) =>
  arrangement.parts.find((part) => part.id === id)?.events.filter((event) => event.at >= from && event.at < to) ?? [];

describe.each(all.map((style) => [style.name] as const))("dice of %s", (name) => {
  // short pulses too: there some parts are thinned
  const heard = tune("2+2+3/8", 48, 6, name.length % 2 ? 0.22 : 0.13);
  const thrown = (change: Partial<Choices>): Arrangement => made(heard, { style: name, ...change });
  const plain = thrown({});
  const ids = plain.parts.map((part) => part.id);
  const partOf = (arrangement: Arrangement, id: string) => arrangement.parts.find((part) => part.id === id);
  const throws = [50, 51];

  test.each(ids)("%s thrown anew changes, and nothing else does", (id) => {
    let changed = 0;
    for (const seed of throws) {
      const other = thrown({ seeds: { [id]: seed } });
      for (const rest of ids.filter((one) => one !== id)) expect(partOf(other, rest)).toEqual(partOf(plain, rest));
      if (JSON.stringify(partOf(other, id)) !== JSON.stringify(partOf(plain, id))) changed++;
    }
    expect(changed).toBeGreaterThan(0);
  });
  test("a section thrown anew changes in every part that plays there, and nothing else does", () => {
    const changed = new Set<string>();
    const playing = new Set<string>();
    /** What begins in a stretch; what rings on is cut at its end. */
    const within = (arrangement: Arrangement, id: string, from: number, to: number) =>
      (partOf(arrangement, id)?.events ?? [])
        .filter((event) => event.at >= from && event.at < to)
        .map((event) => ({ ...event, length: Math.min(event.length, to - event.at) }));
    for (const [k, { from, to }] of plain.sections.entries()) {
      for (const seed of throws) {
        const other = thrown({ sections: { [k]: { seed } } });
        for (const id of new Set([...ids, ...other.parts.map((part) => part.id)])) {
          // a stroke may stand a flam before the line between two sections
          expect(within(other, id, 0, from - 0.06), id).toEqual(within(plain, id, 0, from - 0.06));
          expect(within(other, id, to + 0.06, 1e9), id).toEqual(within(plain, id, to + 0.06, 1e9));
          if (within(plain, id, from, to).length > 0) playing.add(`${k} ${id}`);
          if (JSON.stringify(within(other, id, from, to)) !== JSON.stringify(within(plain, id, from, to))) changed.add(`${k} ${id}`);
        }
      }
    }
    expect([...playing].filter((place) => !changed.has(place))).toEqual([]);
  });
  test("neither throw hides the other", () => {
    const [first] = ids;
    if (first === undefined) throw new Error("no parts");
    const sections = Object.fromEntries(plain.sections.map((_, k) => [k, { seed: 5 }]));
    expect(partOf(thrown({ sections, seeds: { [first]: 6 } }), first)).not.toEqual(partOf(thrown({ sections, seeds: { [first]: 7 } }), first));
    expect(partOf(thrown({ sections, seeds: { [first]: 6 } }), first)).not.toEqual(partOf(thrown({ sections: {}, seeds: { [first]: 6 } }), first));
  });
});
test("a part left out is left out, and the others hold", () => {
  const heard = tune("2+2+3/8", 40, 6);
  const without = made(heard, { without: ["clap"] });
  expect(without.parts).toEqual(made(heard, {}).parts.filter((part) => part.id !== "clap"));
});
test("a drawn energy decides who plays", () => {
  const heard = tune("2+2/8", 40, 6);
  const rising = made(heard, {
    energy: [
      [0, 0.05],
      [heard.durationSec, 1],
    ],
  });
  const half = heard.durationSec / 2;
  const count = (from: number, to: number): number => rising.parts.reduce((sum, part) => sum + inside(rising, part.id, from, to).length, 0);
  expect(count(half, 1e9)).toBeGreaterThan(count(0, half) * 2);
  expect(rising.reasons.map((reason) => reason.code)).toContain("why.arc.drawn");
  expect(made(heard, { energy: [[0, 0]] }).parts.filter((part) => part.events.length > 0).length).toBeLessThan(4);
});
test("another style in one section, its parts beside the others", () => {
  const heard = tune("2+3/8", 40, 6);
  const mixed = made(heard, { sections: { "2": { style: "techno" } } });
  const { from, to } = mixed.sections[2] as { from: number; to: number };
  const kick = mixed.parts.find((part) => part.id === "kick-techno");
  expect(kick?.events.length).toBeGreaterThan(2);
  expect(kick?.events.every((event) => event.at >= from - 0.05 && event.at < to + 0.05)).toBe(true);
  expect(inside(mixed, "kick", from + 0.1, to - 0.1)).toEqual([]);
  // each is pressed by the kick of its own style
  for (const part of mixed.parts) {
    expect(part.id).toBe(part.style === "ethno-house" ? part.name : `${part.name}-${part.style}`);
    expect(part.key).toBe(part.name === "kick" ? undefined : part.style === "techno" ? "kick-techno" : "kick");
  }
});
test("names with hyphens are names: what a part is called is not read out of its id", () => {
  const own: Style = { ...deep, name: "my-own", drums: { ...deep.drums, "open-hat": deep.drums["hat"]! } };
  const parts = blend(tune("2+2/8", 24, 6), own, 1).parts;
  expect(parts.find((part) => part.id === "open-hat")).toMatchObject({ name: "open-hat", style: "my-own", key: "kick" });
});
test("pieces of the recording are told by their number, not by a pitch", () => {
  const arranged = made(tune("2+2/8", 40, 6), { style: "folktronica" });
  for (const role of ["chop", "texture"]) {
    const part = arranged.parts.find((one) => one.role === role);
    expect(part?.events.length).toBeGreaterThan(2);
    for (const event of part?.events ?? []) expect(part?.slices?.[event.slice ?? -1]).toBeDefined();
    expect(new Set(part?.events.map((event) => event.cents))).toEqual(new Set([0]));
  }
});
describe("harmony", () => {
  const inMode = (degrees: number[]): Heard => {
    const heard = tune("2+2/8", 40, 3);
    return { ...heard, mode: { ...heard.mode, tonicCents: 5500, degreesCents: degrees } };
  };
  const kinds = (arrangement: Arrangement): Set<string> => new Set(arrangement.harmony.map((h) => h.kind));
  test("a mode without a stable fifth gets fourths or unisons on its tonic, and the tanpura Ma", () => {
    const arrangement = made(inMode([0, 150, 350, 500, 640, 850, 1000]), {});
    for (const h of arrangement.harmony.filter((one) => one.degree === 0)) expect(["unison", "quart", "quartal"]).toContain(h.kind);
    expect(arrangement.parts.find((part) => part.id === "tanpura")?.events[0]?.reason.code).toBe("why.drone.ma");
  });
  test("a neutral third is never made major or minor, not even by Western chords", () => {
    for (const colour of ["open", "modal", "western"] as const) {
      const arrangement = made(inMode([0, 200, 350, 500, 700, 900, 1050]), { colour });
      for (const part of arrangement.parts.filter((one) => one.role === "bass" || one.role === "counter" || one.role === "double"))
        for (const event of part.events) expect(classDistance(event.cents, 5500 + 400)).toBeGreaterThan(40);
    }
    expect(kinds(made(inMode([0, 200, 350, 500, 700, 900, 1050]), { colour: "open" })).has("third")).toBe(false);
  });
  test("the colour says what may stand: a drone, open intervals, the mode's thirds, Western chords at a told cost", () => {
    const heard = inMode([0, 200, 400, 500, 700, 900, 1000]);
    expect([...kinds(made(heard, { colour: "drone" }))].every((kind) => ["unison", "quint", "quart"].includes(kind))).toBe(true);
    expect(kinds(made(heard, { colour: "open" })).has("triad")).toBe(false);
    const western = made(inMode([0, 150, 350, 500, 700, 850, 1050]), { colour: "western" });
    expect(kinds(western).has("triad") || kinds(western).has("seventh")).toBe(true);
    const told = western.reasons.find((reason) => reason.code === "why.western");
    expect(told?.params?.["percent"]).toBeGreaterThan(0);
  });
  test("roughness knows consonance: unison, octave, fifth, fourth, then the rest (docs/sources.md#roughness)", () => {
    const of = (interval: number): number => roughness([5500, 5500 + interval], DOMBRA_TIMBRE);
    expect(of(1200)).toBeLessThan(of(702));
    expect(of(702)).toBeLessThan(of(498));
    expect(of(498)).toBeLessThan(of(400));
    expect(of(400)).toBeLessThan(of(200));
    expect(of(200)).toBeLessThan(of(100));
  });
});
test("a tökpe küi: nothing falls within its highest saga, which is the climax", () => {
  const heard = tune("2+2/8", 60, 4);
  const zone = (fromSec: number, toSec: number, name: string) => ({ fromSec, toSec, label: name, zone: name, confidence: 1 });
  const end = heard.durationSec;
  const arranged = made(
    {
      ...heard,
      kind: { name: "tokpe", confidence: 1 },
      form: [
        zone(0, end * 0.2, "bas"),
        zone(end * 0.2, end * 0.35, "orta"),
        zone(end * 0.35, end * 0.5, "bas"),
        zone(end * 0.5, end * 0.85, "ulken"),
        zone(end * 0.85, end, "bas"),
      ],
    },
    {},
  ).sections;
  const high = arranged.filter((section) => section.label === "ulken");
  expect(high.at(-1)?.role).toBe("climax");
  high.slice(1).forEach((section, i) => {
    expect(section.energy).toBeGreaterThanOrEqual(high[i]?.energy ?? 1);
  });
  expect(arranged.filter((section) => section.label === "bas").every((section) => section.energy < 0.6)).toBe(true);
});
test("the player's own place between pulses wins over the style's swing", () => {
  const heard = tune("2+2/8", 30, 6, 0.3);
  // in every second bar the first pulse of each group is followed by a stroke at 62 % of it
  const extra = heard.downbeats.filter((_, i) => i % 2 === 0).flatMap((at) => [at + 0.186, at + 0.786]);
  const strokes = [...heard.strokes, ...extra.map((at) => ({ ...heard.strokes[0]!, at }))].sort((a, b) => a.at - b.at);
  const arranged = made({ ...heard, strokes }, {});
  const hats = arranged.parts.find((part) => part.id === "hat")?.events.filter((event) => event.reason.code === "why.hit.grid") ?? [];
  const phases = hats.map((event) => (((event.at - 0.3) / 0.3) % 4) % 1).filter((phase) => phase > 0.3 && phase < 0.8);
  expect(phases.length).toBeGreaterThan(0);
  expect(Math.min(...phases.map((phase) => Math.abs(phase - 0.62)))).toBeLessThan(0.03);
});
test("a style says its title and what it is in any languages, in one at least", () => {
  const own = { ...deep, name: "own" };
  expect(readStyle({ ...own, title: { xx: "Zip" }, about: { kk: "Өз стилім" } }).title).toEqual({ xx: "Zip" });
  expect(readStyle({ ...own, title: { ...deep.title, "pt-BR": "Casa" } }).title["pt-BR"]).toBe("Casa");
  for (const title of [{}, "Zip", { xx: 3 }, { "not a language": "Zip" }]) expect(() => readStyle({ ...own, title })).toThrow(Complaint);
});
test("the schema in the repository is the one the types give", () => {
  expect(JSON.parse(readFileSync(join(import.meta.dirname, "../../../schemas/style-1.schema.json"), "utf8"))).toEqual(
    JSON.parse(JSON.stringify(styleSchema())),
  );
});
test("a free passage within a tune has no beat, but ground, and the beat comes again after it", () => {
  const heard = tune("2+2/8", 60, 6);
  const [from, to] = [heard.durationSec * 0.4, heard.durationSec * 0.6];
  const arranged = made({ ...heard, meter: [...heard.meter, { fromSec: from, toSec: to, free: true }] }, {});
  const drums = arranged.parts.filter((part) => part.role === "drums").flatMap((part) => part.events);
  expect(drums.filter((event) => event.at > from + 1 && event.at < to - 1)).toEqual([]);
  expect(drums.filter((event) => event.at > to).length).toBeGreaterThan(20);
  const held = arranged.parts.filter((part) => part.role === "pad").flatMap((part) => part.events);
  expect(held.some((event) => event.at > from && event.at < to)).toBe(true);
});
test("free rhythm gets no beat, but ground to stand on", () => {
  const heard: Heard = { ...tune("2+2/8", 12, 6), downbeats: [], meter: [{ fromSec: 0, toSec: 9, free: true }] };
  const made = blend(heard, deep, 1);
  expect(made.parts.map((part) => part.role)).not.toContain("drums");
  expect(made.parts.some((part) => part.role === "pad")).toBe(true);
});
test("nothing heard is a complaint", () => {
  expect(() => blend({ ...tune("2+2/8", 4, 1), notes: [] }, deep, 1)).toThrow(Complaint);
});
test("a style that is wrong is told where", () => {
  try {
    readStyle({ ...deep, swing: 90 });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(Complaint);
    expect((error as Complaint).params["at"]).toBe("swing");
  }
});
