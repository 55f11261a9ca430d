import { Complaint, EXIT_CODES, type Progress } from "@kuishi/base";
import { complaintText, type Key, type Language, languageOf, languages, text, textOf } from "@kuishi/words";
import { progressed } from "./deadline.ts";

/** What every command shares: language, progress on a terminal, cancelling, errors. */
export interface Console {
  readonly language: Language;
  readonly progress: Progress;
  say(code: Key, params?: Readonly<Record<string, string | number>>): void;
  note(code: string, params?: Readonly<Record<string, string | number>>): void;
}

/** The language asked for, else the locale's; a variable that is set to nothing says nothing (POSIX, 8.2). */
export function languageFrom(option: string | undefined): Language {
  const asked = languages.find((language) => language === option);
  return asked ?? languageOf(process.env["LC_ALL"] || process.env["LC_MESSAGES"] || process.env["LANG"]);
}

/** @param signal aborted by Ctrl+C. */
export function makeConsole(language: Language, signal: AbortSignal): Console {
  let last = "";
  const terminal = process.stderr.isTTY === true;
  return {
    language,
    progress: {
      signal,
      report: (stage, done) => {
        progressed(stage, done);
        if (!terminal) return;
        const line = `${textOf(language, `stage.${stage}`)} ${Math.round(done * 100)} %`;
        if (line !== last) process.stderr.write(`\r\u001b[K${line}`);
        last = line;
      },
    },
    say: (code, params) => {
      if (last !== "") process.stderr.write("\r\u001b[K");
      process.stdout.write(`${text(language, code, params)}\n`);
    },
    note: (code, params) => {
      process.stderr.write(`${terminal ? "\r\u001b[K" : ""}${text(language, "cli.note", { text: textOf(language, code, params) })}\n`);
    },
  };
}

/** A name from a file as one word of a line: no tabs, no line breaks, nothing that turns the direction of what stands beside it. */
export const oneLine = (name: string): string => name.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();

/** What went wrong in one line, as a sentence or as JSON. */
export function complaintLine(error: unknown, language: Language, asJson: boolean): string {
  const known = error instanceof Complaint;
  const message = known ? complaintText(language, error) : text(language, "bug", { text: error instanceof Error ? error.message : String(error) });
  if (asJson) return JSON.stringify({ exit: exitCodeOf(error), code: known ? error.code : "bug", params: known ? error.params : {}, message });
  return `${process.stderr.isTTY ? "\r\u001b[K" : ""}${message.replace(/\s*\n\s*/g, " ")}`;
}
const exitCodeOf = (error: unknown): number => (error instanceof Complaint ? EXIT_CODES[error.kind] : 1);

/** One line on stderr and the exit code the contract gives it; never a stack trace unless asked for. */
export function complain(error: unknown, language: Language, asJson: boolean): number {
  process.stderr.write(`${complaintLine(error, language, asJson)}\n`);
  if (!(error instanceof Complaint) && process.env["KUISHI_TRACE"] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return exitCodeOf(error);
}
