import { readFileSync } from "node:fs";
import { Complaint, seeded } from "@kuishi/base";
import { runSeed, seedNote } from "@kuishi/lab/seed";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withoutChords } from "./chords.ts";
import { latinOf } from "./latin.ts";
import { countedLine, footRanges, measuresOf } from "./line.ts";
import { kazakhDictionary } from "./node.ts";
import { rhymeOf } from "./rhyme.ts";
import { formOf, suffixNamed } from "./suffixes.ts";
import { countedWord, languageOfText } from "./syllables.ts";
import { verseOf } from "./verse.ts";

const cut = (word: string, language: "kk" | "ru" | "en" = "kk"): string => countedWord(word, language).syllables.join("-");

describe("syllables of a word", () => {
  test.each([
    // у is a glide after a vowel and at the beginning before one
    "сау-ла",
    "уа-қыт",
    "уә-де",
    "а-уыл",
    "дә-уір",
    // and a vowel elsewhere
    "су-ат",
    "о-қу",
    "шу-ақ",
    "ту-у",
    "жу-у",
    // two vowels side by side stay two
    "би-е",
    "қи-ын",
    "ки-ім",
    "а-ю",
    "қи-ю",
    "о-ю-ы",
    "по-э-зи-я",
    "дом-бы-ра",
    "кү-лу-ге",
    "құр-ман-ға-зы",
    "қарт-тар",
    "у-ни-вер-си-тет",
  ])("%s", (word) => {
    expect(cut(word.replaceAll("-", ""))).toBe(word);
  });
  test("Russian and English, signs and capitals", () => {
    expect(cut("Объезд", "ru")).toBe("Объ-езд");
    expect(cut("чудесный", "ru")).toBe("чу-дес-ный");
    expect(countedWord("в", "ru").syllables).toEqual([]);
    for (const [word, count] of Object.entries({ melancholy: 4, night: 1, table: 2, wanted: 2, loved: 1, changes: 2, question: 2, fire: 1, beautiful: 3 }))
      expect(countedWord(word, "en").syllables.length, word).toBe(count);
  });
  test(`no letter is lost, whatever the word (${seedNote})`, () => {
    const letters = fc.constantFrom(..."абвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщыіэюяәъь");
    fc.assert(
      fc.property(fc.array(letters, { minLength: 1, maxLength: 20 }), (word) => {
        const { syllables } = countedWord(word.join(""), "kk");
        expect(syllables.join("")).toBe(syllables.length > 0 ? word.join("") : "");
      }),
      { seed: runSeed },
    );
  });
});

describe("lines", () => {
  test("two vowels that meet may be one, a short one may be dropped", () => {
    expect(countedLine("Бурылша аттан мықтымын", "kk").syllables).toEqual([7, 8]);
    expect(countedLine("көңілі", "kk").syllables).toEqual([2, 3]);
    expect(countedLine("Теп-тегіс жұмыр келсін айналасы.", "kk").syllables).toEqual([11, 11]);
  });
  test.each([
    ["Желсіз түнде жарық ай", 7, [4, 3]],
    ["Сәулесі суда дірілдеп", 8, [3, 2, 3]],
    ["Өлең — сөздің патшасы, сөз сарасы", 11, [4, 3, 4]],
    ["Қиыннан қиыстырар ер данасы", 11, [3, 4, 4]],
    ["Қыран бүркіт не алмайды, салса баптап", 11, [4, 3, 4]],
  ] as const)("%s", (text, measure, bunaq) => {
    const [line] = verseOf(text, "kk").lines;
    expect(line).toMatchObject({ measure });
    expect(line!.bunaq[0]).toEqual(bunaq);
  });
  test("bunaq stand at words of the text, the whole line as one where it does not fall so", () => {
    const cut = (text: string, feet: readonly number[]): string[] => footRanges(text, feet).map(([from, to]) => text.slice(from, to));
    expect(cut("Өлең — сөздің патшасы, сөз сарасы,", [4, 3, 4])).toEqual(["Өлең — сөздің", "патшасы", "сөз сарасы"]);
    expect(cut("Теп-тегіс жұмыр келсін айналасы.", [3, 4, 4])).toEqual(["Теп-тегіс", "жұмыр келсін", "айналасы"]);
    expect(cut("Бурылша аттан мықтымын", [4, 3])).toEqual(["Бурылша аттан", "мықтымын"]);
    expect(cut("Желсіз түнде", [3, 4, 4])).toEqual(["Желсіз түнде"]);
    expect(cut("", [4, 3])).toEqual([]);
  });
  test(`random words in lines as long are mostly no eleven (${seedNote})`, () => {
    const random = seeded(runSeed, "verse");
    const words = listed();
    const accepted = Array.from({ length: 2000 }, () => Array.from({ length: random.pick([4, 4, 5, 5, 5, 6]) }, () => random.pick(words)).join(" ")).filter(
      (line) => measuresOf(countedLine(line, "kk")).includes(11),
    );
    expect(accepted.length / 2000).toBeLessThan(0.25);
  });
});

describe("stanzas", () => {
  test("schemes of Abai", () => {
    const text = `Желсіз түнде жарық ай,
Сәулесі суда дірілдеп,
Ауылдың жаны терең сай,
Тасыған өзен гүрілдеп.

Өлең — сөздің патшасы, сөз сарасы,
Қиыннан қиыстырар ер данасы.
Тілге жеңіл, жүрекке жылы тиіп,
Теп-тегіс жұмыр келсін айналасы.
`;
    const verse = verseOf(text, "kk");
    expect(verse.scheme).toBe("abab aaba");
    expect(verse.lines.map(({ rhyme }) => rhyme)).toEqual(["a", "b", "a", "b", null, "a", "a", null, "a"]);
    const schema = JSON.parse(readFileSync(new URL("../../../schemas/verse-1.schema.json", import.meta.url), "utf8"));
    expect(new Ajv2020().validate(schema, JSON.parse(JSON.stringify(verse)))).toBe(true);
  });
  test("a line of text is a line of verse: empty ones, foreign line ends, a mark at the beginning", () => {
    expect(verseOf("\uFEFFай\r\n\r\nбай\rсай", "kk").lines.map(({ text }) => text)).toEqual(["ай", "", "бай", "сай"]);
    expect(verseOf("", "kk")).toEqual({ kuishi: "verse/1", lines: [], scheme: "" });
  });
  test("what is no verse is refused, with its place", () => {
    const thrown = (text: string): unknown => {
      try {
        verseOf(text, "kk");
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(thrown("\n".repeat(30_000))).toMatchObject({ code: "verse.lines" });
    expect(thrown(`ай\n${"а".repeat(3000)}`)).toMatchObject({ code: "verse.long", params: { line: 2 } });
    expect(thrown(`ай\n${"а".repeat(3000)}`)).toBeInstanceOf(Complaint);
  });
  test("which language", () => {
    expect(languageOfText("Қыз", "ru", "ru")).toBe("kk");
    expect(languageOfText("ещё", undefined, "kk")).toBe("ru");
    expect(languageOfText("ещё", "kk", "ru")).toBe("kk");
    expect(languageOfText("ай", undefined, "kk")).toBe("kk");
    expect(languageOfText("ай", "en", "en")).toBe("ru");
    expect(languageOfText("rain", "kk", "kk")).toBe("en");
    expect(languageOfText("12", undefined, "ru")).toBe("ru");
  });
});

describe("rhyme", () => {
  const score = (a: string, b: string): number => rhymeOf(countedWord(a, "kk").syllables, countedWord(b, "kk").syllables);
  test("as long as the shorter word", () => {
    expect(score("ай", "сай")).toBeGreaterThan(0.5);
    expect(score("дірілдеп", "гүрілдеп")).toBeGreaterThan(score("деп", "кетіп") || 0.5);
    expect(score("тиіп", "данасы")).toBe(0);
    expect(score("еді", "қалыптасты")).toBe(0);
  });
  test("the dictionary: stems before suffixes, forms in harmony", () => {
    const dictionary = kazakhDictionary();
    expect(dictionary.size).toBeGreaterThan(50_000);
    const words = dictionary.rhymes("қарасы", 200).map(({ word }) => word);
    expect(words).toContain("жарасы");
    expect(words).toContain("қаласы");
    const [best] = dictionary.rhymes("дірілдеп");
    expect(best!.word.endsWith("ілдеп")).toBe(true);
    expect(dictionary.rhymes("тауларда").some(({ word, suffix }) => suffix === "locative" && word.endsWith("ауларда"))).toBe(true);
    expect(dictionary.rhymes("zzz")).toEqual([]);
    expect(dictionary.rhymes("")).toEqual([]);
  });
  test.each([
    ["дала", "plural", "далалар"],
    ["көл", "plural", "көлдер"],
    ["кітап", "plural", "кітаптар"],
    ["кітап", "his", "кітабы"],
    ["жүрек", "my", "жүрегім"],
    ["қазақ", "dative", "қазаққа"],
    ["таң", "ablative", "таңнан"],
    ["қыз", "instrumental", "қызбен"],
    ["дос", "instrumental", "доспен"],
    ["тау", "instrumental", "таумен"],
    ["оқы", "present", "оқиды"],
    ["сөйле", "present", "сөйлейді"],
    ["айт", "perfect", "айтқан"],
    ["кел", "converb", "келіп"],
    ["жаз", "negative", "жазба"],
  ] as const)("%s, %s", (stem, suffix, form) => {
    expect(formOf(stem, suffixNamed(suffix))).toBe(form);
  });
});

test("a song sheet's words stand in the same lines without its chords", () => {
  const sheet = "{title: Ай}\n# көне\n[Dm]Желсіз түн[A7]де жарық ай,\n\n[Gm]\nСәулесі суда дірілдеп";
  expect(withoutChords(sheet)).toBe("\n\nЖелсіз түнде жарық ай,\n\n\nСәулесі суда дірілдеп");
  expect(verseOf(withoutChords(sheet), "kk").lines.map(({ syllables }) => syllables[1])).toEqual([0, 0, 7, 0, 0, 8]);
});

test("Latin letters of 2021, with what they lose", () => {
  const view = latinOf("Бұрыңғы өткен заманда, бір данышпан кісі, Бағдат шаһарының бір үлкен қазысының үйіне келіп қоныпты.");
  expect(view.text).toBe("Būryñğy ötken zamanda, bır danyşpan kısı, Bağdat şaharynyñ bır ülken qazysynyñ üiıne kelıp qonypty.");
  expect(view.merged).toEqual(["й", "һ"]);
  expect(latinOf("Цирк").unknown).toEqual(["ц"]);
  expect(latinOf("Иса, Іле").text).toBe("İsa, Ile");
});

/** The dictionary's own words, as its file has them. */
function listed(): string[] {
  const words: string[] = [];
  let last = "";
  for (const line of readFileSync(new URL("../data/kk.txt", import.meta.url), "utf8").split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    last = last.slice(0, line.charCodeAt(0) - 97) + line.slice(1);
    words.push(last.replace("*", ""));
  }
  return words;
}
