import { Complaint, EXIT_CODES, type Progress } from "@kuishi/base";
import { complaintText, type Language, languageOf, text } from "@kuishi/words";

/** What every command shares: language, progress on a terminal, cancelling, errors. */
export interface Console {
  readonly language: Language;
  readonly progress: Progress;
  say(code: string, params?: Readonly<Record<string, string | number>>): void;
  note(code: string, params?: Readonly<Record<string, string | number>>): void;
}

/** The language asked for, else the locale's. */
export function languageFrom(option: string | undefined): Language {
  return languageOf(option ?? process.env["LC_ALL"] ?? process.env["LC_MESSAGES"] ?? process.env["LANG"]);
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
        if (!terminal) return;
        const line = `${text(language, `stage.${stage}`)} ${Math.round(done * 100)} %`;
        if (line !== last) process.stderr.write(`\r\u001b[K${line}`);
        last = line;
      },
    },
    say: (code, params) => {
      if (last !== "") process.stderr.write("\r\u001b[K");
      process.stdout.write(`${text(language, code, params)}\n`);
    },
    note: (code, params) => {
      process.stderr.write(`${terminal ? "\r\u001b[K" : ""}${text(language, "cli.note", { text: text(language, code, params) })}\n`);
    },
  };
}

/** One line on stderr and the exit code the contract gives it; never a stack trace unless asked for. */
export function complain(error: unknown, language: Language, asJson: boolean): number {
  const known = error instanceof Complaint;
  const code = known ? EXIT_CODES[error.kind] : 1;
  const message = known ? complaintText(language, error) : text(language, "bug", { text: error instanceof Error ? error.message : String(error) });
  if (asJson) process.stderr.write(`${JSON.stringify({ exit: code, code: known ? error.code : "bug", params: known ? error.params : {}, message })}\n`);
  else process.stderr.write(`${process.stderr.isTTY ? "\r\u001b[K" : ""}${message.replace(/\s*\n\s*/g, " ")}\n`);
  if (!known && process.env["KUISHI_TRACE"] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return code;
}
