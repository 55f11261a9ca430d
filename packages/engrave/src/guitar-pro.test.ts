import { exporter, importer, Settings } from "@coderline/alphatab";
import { playOut, readMusicXml, writeMusicXml } from "@kuishi/score";
import { describe, expect, it } from "vitest";
import { readGuitarPro } from "./guitar-pro.ts";

const TEX = String.raw`\title "Боз айғыр" \music "Қазанғап" \tempo 90
.
\track "Домбыра" \staff{score tabs} \tuning G3 D3 \ts 5 8
\ro 0.1.4 2.1{h}.8 4.1 0.2{b (0 4)}.8 | \rc 2 (0.1 0.2).4 {lyrics "қос-"} 2.1.8{tu 3} 3.1{tu 3} 5.1{tu 3} r.8`;

/** What Guitar Pro's own files hold, as its seventh version writes it. */
const file = (tex: string): Uint8Array => {
  const settings = new Settings();
  return new exporter.Gp7Exporter().export(importer.ScoreLoader.loadAlphaTex(tex, settings), settings);
};

describe("Guitar Pro", () => {
  it("is read with strings, frets, tuning, repeats, bends, hammer-ons and triplets, and comes back from MusicXML", () => {
    const score = readGuitarPro(file(TEX));
    expect(score.title).toBe("Боз айғыр");
    const played = playOut(score);
    expect(played.bars.map(({ bar }) => bar)).toEqual([0, 1, 0, 1]);
    const again = playOut(readMusicXml(new TextEncoder().encode(writeMusicXml(score))));
    expect(again.parts.map(({ notes }) => notes)).toEqual(played.parts.map(({ notes }) => notes));
  });
  it("says so where a file is none", () => {
    expect(() => readGuitarPro(new Uint8Array(300))).toThrow("guitarPro.invalid");
  });
});
