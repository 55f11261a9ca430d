import { Complaint } from "@kuishi/base";
import { type Key, type Language, languages, text } from "@kuishi/words";
import { Command, type CommanderError, Option } from "commander";

/** A number of an option. @throws Complaint `usage`. */
export const number =
  (option: string, least: number, most: number, whole = false) =>
  (value: string): number => {
    const parsed = Number(value);
    if (value.trim() === "" || !Number.isFinite(parsed) || parsed < least || parsed > most || (whole && !Number.isInteger(parsed)))
      throw new Complaint("usage", "usage.number", { option, value });
    return parsed;
  };
export const seconds = (option: string): ((value: string) => number) => number(option, 0, 1e6);
export const whole = (option: string, least: number, most: number): ((value: string) => number) => number(option, least, most, true);

/** What the parser calls its headings. */
const TITLES: Readonly<Record<string, Key>> = {
  "Usage:": "cli.usage",
  "Arguments:": "cli.arguments",
  "Options:": "cli.options",
  "Commands:": "cli.commands",
};

/** How commands and options are made, with their descriptions in a language. */
export interface Commands {
  readonly program: Command;
  /** A command; its description is `cli.NAME`. */
  command(name: string, ...args: readonly string[]): Command;
  /** An option; its description is `cli.option.NAME`. */
  option(flags: string): Option;
}

export function commandsIn(language: Language): Commands {
  const word = (code: Key): string => text(language, code);
  const option = (flags: string): Option => {
    const own = new Option(flags);
    return new Option(flags, word(`cli.option.${own.long?.replace(/^--(no-)?/, "")}` as Key));
  };
  const inWords = (usage: string): string => usage.replace("[options]", `[${word("cli.some")}]`).replace("[command]", `[${word("cli.one")}]`);
  /** What an option can be, and what it is where it is not given. */
  const more = ({ argChoices, defaultValue }: Option): string[] =>
    [
      argChoices ? argChoices.join(", ") : [],
      defaultValue === undefined || defaultValue === false || defaultValue === true ? [] : text(language, "cli.default", { value: String(defaultValue) }),
    ]
      .flat()
      .map((one) => `(${one})`);
  const prepared = (command: Command): Command =>
    command
      .exitOverride()
      .addOption(option("--lang <code>").choices([...languages]))
      .addOption(option("--json-errors"))
      .helpOption("-h, --help", word("cli.option.help"))
      .helpCommand(false)
      .showSuggestionAfterError(false)
      .configureHelp({
        styleTitle: (title) => (TITLES[title] ? word(TITLES[title]) : title),
        styleUsage: inWords,
        styleSubcommandTerm: inWords,
        optionDescription: (one) => [one.description, ...more(one)].join(" "),
      })
      // what is wrong is told as a complaint, in the user's language
      .configureOutput({ outputError: () => {} });
  const program = prepared(new Command("kuishi").description(word("cli.about")));
  return {
    program,
    option,
    command: (name, ...args) => {
      const command = prepared(program.command(name).description(word(`cli.${name}` as Key)));
      for (const arg of args) command.argument(arg);
      return command;
    },
  };
}

/** What the parser refused, in our words; undefined where it only showed its help. */
export function usageComplaint(error: CommanderError): Complaint | undefined {
  // it tells what it means in quotes, and in nothing else
  const [first = "", second = ""] = [...error.message.matchAll(/'([^']*)'/g)].map((found) => found[1] ?? "");
  const complaint = (code: Key, params: Readonly<Record<string, string>>): Complaint => new Complaint("usage", code, params);
  const option = (flags: string): string => /--[a-z-]+/.exec(flags)?.[0] ?? flags;
  switch (error.code) {
    case "commander.help":
    case "commander.helpDisplayed":
    case "commander.version":
      return undefined;
    case "commander.unknownCommand":
      return complaint("usage.command", { name: first });
    case "commander.unknownOption":
      return complaint("usage.option", { option: first });
    case "commander.missingArgument":
      return complaint("usage.argument", { name: first });
    case "commander.optionMissingArgument":
      return complaint("usage.value", { option: option(first) });
    case "commander.missingMandatoryOptionValue":
      return complaint("usage.required", { option: option(first) });
    case "commander.invalidArgument":
      return complaint("usage.choice", { option: option(first), value: second, known: /Allowed choices are (.*)\.$/.exec(error.message)?.[1] ?? "" });
    case "commander.excessArguments":
      return complaint("usage.many", { text: /: ([^:]*)\.$/.exec(error.message)?.[1] ?? "" });
    default:
      return complaint("usage.wrong", {});
  }
}
