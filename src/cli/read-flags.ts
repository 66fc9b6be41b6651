// Tells flags, their values and other words apart: yargs-parser reads them, this file says what is declared. Words mean what they
// say: no numbers, no abbreviations, no `--no-x` that is not declared, and a word that begins with a dash is never the value of
// the flag before it, for then a value was forgotten.
//
// To yargs-parser every flag takes one value. It would make `false` of what stands behind the equals sign of a flag that it knows as
// a boolean, and take a word `true` for its value; so a boolean that is only named is handed to it with a value of its own.

import yargsParser from 'yargs-parser';
import type { Command, Option, Options } from './command.ts';

/** What a command line is read against. */
export interface Line {
  readonly command: Command;
  readonly options: Options;
  /** Makes the error for a line that is wrong. */
  readonly usage: (message: string) => Error;
}

export type FlagValue = boolean | string | readonly string[];

export interface Flags {
  /** By the names of the options; a list where one was given several times. */
  readonly values: Readonly<Record<string, FlagValue>>;
  readonly words: readonly string[];
}

const CONFIGURATION = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'strip-aliased': true,
} as const;

/** The value of a boolean that is only named; no word of a command line holds it. */
const NAMED = '\0';

/** Reads the words in front of `--`; throws for a flag that is not declared, and for one without its value. */
export function readFlags(words: readonly string[], line: Line): Flags {
  const { options, usage } = line;
  const { argv, error } = yargsParser.detailed(
    words.map((word) => (isNamedBoolean(word, options) ? `${word}=${NAMED}` : word)),
    {
      alias: aliasesOf(options),
      narg: Object.fromEntries(Object.keys(options).map((name) => [name, 1])),
      configuration: CONFIGURATION,
    },
  );
  // It knows one error: that of a flag without its value, whose name ends the message.
  const forgotten = error === null ? undefined : /: (.+)$/s.exec(error.message)?.[1];
  if (forgotten !== undefined) throw usage(`${spelled(forgotten)} needs a value`);
  const { _: plain, ...given } = argv;
  refuseUndeclared([...words.flatMap(flagsIn), ...Object.keys(given).map(spelled)], line);
  const values = Object.entries(given as Readonly<Record<string, unknown>>).map(([name, value]) => [
    name,
    readValue([value].flat(), { name, option: options[name], usage }),
  ]);
  return { values: Object.fromEntries(values), words: plain.map(String) };
}

function aliasesOf(options: Options): Record<string, string> {
  const pairs = Object.entries(options).map(([name, { alias }]) => [name, alias] as const);
  return Object.fromEntries(
    pairs.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** The flags that a word surely names. What may be part of a value is left to the parser: `-n3`, `-n/x`. */
function flagsIn(word: string): readonly string[] {
  if (!word.startsWith('-') || word === '-') return [];
  if (word.startsWith('--')) return /^--=?[^=]*/.exec(word) ?? [];
  const [, letters = ''] = /^-(.[A-Za-z_]*)/su.exec(word) ?? [];
  return [...letters].map((letter) => `-${letter}`);
}

function spelled(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

function isNamedBoolean(word: string, options: Options): boolean {
  const flags = flagsIn(word);
  if (word !== `-${flags.map((flag) => flag.slice(1)).join('')}`) return false;
  return optionOf(flags.at(-1) ?? '', options)?.type === 'boolean';
}

function optionOf(flag: string, options: Options): Option | undefined {
  const found = Object.entries(options).find(
    ([name, { alias }]) => flag === `--${name}` || (alias !== undefined && flag === `-${alias}`),
  );
  return found?.[1];
}

function refuseUndeclared(flags: readonly string[], { command, options, usage }: Line): void {
  const unknown = flags.find((flag) => optionOf(flag, options) === undefined);
  if (unknown !== undefined) throw usage(`'gsess ${command.name}' does not take '${unknown}'`);
}

/** A flag in the middle of a group, like `y` in `-yn3`, is `true` to the parser. */
function readValue(
  given: readonly unknown[],
  flag: {
    readonly name: string;
    readonly option: Option | undefined;
    readonly usage: Line['usage'];
  },
): FlagValue {
  const { name, option, usage } = flag;
  if (option?.type === 'boolean') return truthOf(given.at(-1), option);
  if (given.includes(true)) throw usage(`--${name} needs a value`);
  const [first = '', ...others] = given.map(String);
  return others.length === 0 ? first : [first, ...others];
}

/** What stands behind the equals sign of a boolean says yes, no, or one of the words that it declares. */
function truthOf(value: unknown, { values }: Option): boolean | string {
  if (value === true || value === NAMED) return true;
  if (values === undefined && (value === 'true' || value === 'false')) return value === 'true';
  return String(value);
}
