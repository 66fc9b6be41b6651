// Tells flags, their values and other words apart. Words mean what they say: no numbers, no abbreviations, no `--no-x` that is not
// declared, and a word that begins with a dash is never the value of the flag before it, for then a value was forgotten.

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

/** Reads the words in front of `--`; throws for a flag that is not declared, and for one without its value. */
export function readFlags(words: readonly string[], { command, options, usage }: Line): Flags {
  const values = new Map<string, FlagValue>();
  const others: string[] = [];
  const waiting = [...words];
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift()) {
    if (!isFlag(word)) {
      others.push(word);
      continue;
    }
    const { flag, value, cluster } = splitFlag(word);
    const [name, option] = optionOf(flag, options) ?? [];
    if (name === undefined || option === undefined) {
      throw usage(`'gsess ${command.name}' does not take '${flag}'`);
    }
    if (option.type === 'boolean') {
      if (cluster !== undefined) waiting.unshift(`-${cluster}`);
      values.set(name, value === undefined || truthOf(value, option));
      continue;
    }
    const following = waiting[0] === undefined || isFlag(waiting[0]) ? undefined : waiting[0];
    const given = value ?? cluster ?? following;
    if (given === undefined) throw usage(`${flag} needs a value`);
    if (given === following && value === undefined && cluster === undefined) waiting.shift();
    const before = values.get(name);
    values.set(name, before === undefined ? given : [before, given].flat().map(String));
  }
  return { values: Object.fromEntries(values), words: others };
}

function isFlag(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

/** `--name`, `--name=value`, `-n`, `-n=value`, or `-nrest`, where the rest is a value or more letters. */
function splitFlag(word: string): {
  readonly flag: string;
  readonly value?: string;
  readonly cluster?: string;
} {
  const [, flag = word, rest] = /^(--[^=]+|-[^-=])(.+)?$/s.exec(word) ?? [];
  if (rest === undefined) return { flag };
  return rest.startsWith('=') ? { flag, value: rest.slice(1) } : { flag, cluster: rest };
}

function optionOf(flag: string, options: Options): readonly [string, Option] | undefined {
  return Object.entries(options).find(
    ([name, { alias }]) => flag === `--${name}` || (alias !== undefined && flag === `-${alias}`),
  );
}

/** What stands behind the equals sign of a boolean says yes, no, or one of the words that it declares. */
function truthOf(value: string, { values }: Option): boolean | string {
  if (values === undefined && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}
