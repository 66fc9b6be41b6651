// The first look at the command line, without a parser: which word is the verb, and is JSON wanted. That much is needed before
// anything else is loaded, and to report a command line that cannot be parsed in the form it asked for.

import type { Command } from './command.ts';

export interface CommandLine {
  /** Global flags in front of the verb. */
  readonly before: readonly string[];
  readonly verb: string | undefined;
  readonly after: readonly string[];
}

/** Run where no verb is given. */
export const DEFAULT_VERB = 'list';

const WITH_VALUE = new Set(['--session']);

/** Splits the words at the first that is neither a flag nor the value of one. */
export function splitCommandLine(words: readonly string[]): CommandLine {
  let index = 0;
  while (index < words.length && words[index]?.startsWith('-') && words[index] !== '--') {
    index += WITH_VALUE.has(words[index] ?? '') ? 2 : 1;
  }
  return {
    before: words.slice(0, index),
    verb: words[index],
    after: words.slice(index + 1),
  };
}

/** Tells whether the flag is given to gsess itself, not to a program that it starts. */
export function hasFlag(
  flag: string,
  { before, verb, after }: CommandLine,
  commands: readonly Command[],
): boolean {
  if (before.includes(flag)) return true;
  const rest = commands.find(({ name }) => name === verb)?.rest;
  if (rest?.after === 'verb') return false;
  const end = after.indexOf('--');
  return after.slice(0, end < 0 ? undefined : end).includes(flag);
}
