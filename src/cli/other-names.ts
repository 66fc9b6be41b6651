// What people call a command elsewhere and type here before they think. Each is told where the command is explained.

import { splitCommandLine } from './command-line.ts';

const OTHER_NAMES: Readonly<Record<string, string>> = {
  ls: 'list',
  sessions: 'list',
  'sessions list': 'list',
};

/** The line with the command's own name; the same line where it has it already. */
export function withOwnName(words: readonly string[]): readonly string[] {
  const { before, verb, after } = splitCommandLine(words);
  if (verb === undefined) return words;
  const [next, ...others] = after;
  const ofTwo = next === undefined ? undefined : own(`${verb} ${next}`);
  if (ofTwo !== undefined) return [...before, ofTwo, ...others];
  const ofOne = own(verb);
  return ofOne === undefined ? words : [...before, ofOne, ...after];
}

function own(name: string): string | undefined {
  return Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined;
}
