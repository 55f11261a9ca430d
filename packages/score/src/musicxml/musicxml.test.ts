import fc from "fast-check";
import { strToU8 } from "fflate";
import { describe, expect, test } from "vitest";
import { anyScore } from "../any-score.ts";
import type { Score } from "../score.ts";
import { scoreAsText } from "../score-text.ts";
import { readMusicXml } from "./read.ts";
import { writeMusicXml, writeMxl } from "./write.ts";

const file = (bars: string, head = "", part = "<part-name>Қобыз</part-name>"): Uint8Array =>
  strToU8(
    `<?xml version="1.0"?><score-partwise version="4.0">${head}<part-list><score-part id="P1">${part}</score-part></part-list><part id="P1">${bars}</part></score-partwise>`,
  );
const again = (bytes: Uint8Array): Score => readMusicXml(strToU8(writeMusicXml(readMusicXml(bytes))));

const WALTZ = file(
  `<measure number="0" implicit="yes"><attributes><divisions>6</divisions><key><fifths>-1</fifths></key><time><beats>3</beats><beat-type>4</beat-type></time>
<clef><sign>F</sign><line>4</line></clef><transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose></attributes>
<note><pitch><step>B</step><alter>-0.5</alter><octave>2</octave></pitch><duration>6</duration><tie type="start"/><voice>1</voice><type>quarter</type>
<notations><tied type="start"/><slur type="start" number="1"/><technical><string>2</string><fret>3</fret><down-bow/></technical><articulations><staccato/></articulations></notations>
<lyric number="1"><syllabic>begin</syllabic><text>қа</text><elision>‿</elision><syllabic>end</syllabic><text>ра</text><extend/></lyric></note></measure>
<measure number="1"><barline location="left"><repeat direction="forward"/></barline>
<direction placement="below"><direction-type><dynamics><mf/></dynamics></direction-type><direction-type><wedge type="crescendo"/></direction-type></direction>
<harmony><root><root-step>G</root-step><root-alter>1</root-alter></root><kind text="m7">minor-seventh</kind><bass><bass-step>D</bass-step></bass></harmony>
<note><grace slash="yes"/><pitch><step>A</step><octave>2</octave></pitch><voice>1</voice><type>eighth</type></note>
<note><pitch><step>B</step><alter>-0.5</alter><octave>2</octave></pitch><duration>4</duration><tie type="stop"/><voice>1</voice><type>quarter</type>
<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes></time-modification><notations><tied type="stop"/><slur type="stop" number="1"/><tuplet type="start"/></notations></note>
<note><chord/><pitch><step>D</step><octave>3</octave></pitch><duration>4</duration><voice>1</voice><type>quarter</type></note>
<note><rest/><duration>14</duration><voice>1</voice></note>
<backup><duration>18</duration></backup><forward><duration>6</duration></forward>
<note><unpitched><display-step>E</display-step><display-octave>4</display-octave></unpitched><duration>6</duration><voice>2</voice></note>
<barline location="right"><bar-style>light-heavy</bar-style><ending number="1" type="stop"/><repeat direction="backward" times="3"/></barline></measure>`,
);

test("a waltz stays a waltz, with all that is written in it", () => {
  expect(scoreAsText(readMusicXml(WALTZ))).toBe(
    `P1 Қобыз
 0* (1/4) 3/4 key -1 clef F4 sounds -200 B-50/2-{tied:start slur:start string=2 fret=3 down-bow staccato}:1/4"қа-‿ра_"
 1 (3/4) |: <mf wedge:crescendo> "G#m7/D" /A2 B-50/2_{tied:stop slur:stop tuplet:start}+D3:1/6(3:2) r:7/12 @1/4 v2:xE4:1/4 :|x3[1 stop]`,
  );
  expect(again(WALTZ)).toEqual(readMusicXml(WALTZ));
  expect(readMusicXml(writeMxl(writeMusicXml(readMusicXml(WALTZ))))).toEqual(readMusicXml(WALTZ));
});
test("what is not understood is carried along and written back", () => {
  const odd = file(
    `<measure number="1" width="200"><print new-page="yes"><x-ray a="1">te xt</x-ray></print><note x="y"><pitch><step>C</step><octave>4</octave></pitch><duration>1</duration><play><mute>on</mute></play></note></measure>`,
    `<work><opus href="z"/></work><identification><encoding><software>S</software></encoding></identification><credit page="1"><credit-words>W</credit-words></credit>`,
  );
  const xml = writeMusicXml(readMusicXml(odd));
  for (const piece of [
    '<opus href="z"/>',
    "<software>S</software>",
    "<credit-words>W</credit-words>",
    '<x-ray a="1">te xt</x-ray>',
    '<note x="y">',
    "<mute>on</mute>",
    'width="200"',
  ])
    expect(xml).toContain(piece);
});
test("a score by measures is the same score", () => {
  const head = '<part-list><score-part id="A"><part-name>a</part-name></score-part><score-part id="B"><part-name>b</part-name></score-part></part-list>';
  const note = (step: string): string => `<note><pitch><step>${step}</step><octave>4</octave></pitch><duration>1</duration></note>`;
  const bars = [
    ["C", "D"],
    ["E", "F"],
  ];
  const timewise = bars.map((own, b) => `<measure number="${b + 1}">${own.map((step, p) => `<part id="${"AB"[p]}">${note(step)}</part>`).join("")}</measure>`);
  const partwise = [0, 1].map((p) => `<part id="${"AB"[p]}">${bars.map((own, b) => `<measure number="${b + 1}">${note(own[p]!)}</measure>`).join("")}</part>`);
  expect(readMusicXml(strToU8(`<score-timewise>${head}${timewise.join("")}</score-timewise>`))).toEqual(
    readMusicXml(strToU8(`<score-partwise>${head}${partwise.join("")}</score-partwise>`)),
  );
});
test("encodings are taken at their word", () => {
  const text = (encoding: string): string =>
    `<?xml version="1.0" encoding="${encoding}"?>${new TextDecoder().decode(file("<measure><note><rest/><duration>1</duration></note></measure>", "", "<part-name>Köroglu</part-name>")).slice(21)}`;
  const latin = Uint8Array.from(text("ISO-8859-1"), (char) => char.charCodeAt(0));
  const wide = new Uint8Array([0xff, 0xfe, ...new Uint8Array(Uint16Array.from(text("UTF-16"), (char) => char.charCodeAt(0)).buffer)]);
  for (const bytes of [latin, wide]) expect(readMusicXml(bytes).parts[0]!.name).toBe("Köroglu");
});

describe("whatever is written", () => {
  test("is read again as it was, element by element", () => {
    fc.assert(
      fc.property(anyScore, (score) => {
        expect(readMusicXml(strToU8(writeMusicXml(score)))).toEqual(score);
      }),
      { numRuns: 150 },
    );
  });
});
