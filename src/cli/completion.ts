// Answers the Tab key: which words could stand at the end of an unfinished command line. Read from the table of commands; names of
// sessions and tags are looked up in the store. No command is run, nothing is written, and whatever goes wrong gives no
// candidates, because an error message in the middle of typing helps nobody.

import process from 'node:process';
import { safeText } from '../ui/safe-text.ts';
import {
  type Command,
  type Completes,
  GLOBAL_OPTIONS,
  type Option,
  type Options,
} from './command.ts';
import { splitCommandLine } from './command-line.ts';
import { HELP_TOPICS } from './help-topics.ts';
import { slashCommands } from './slash-line.ts';
import { startingFlagWords } from './starting-flags.ts';

export interface Candidate {
  readonly word: string;
  readonly description?: string;
}

/** What may stand there: these words, things to look up, or names of files. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly completes?: Completes;
}

/** Prints the candidates for the last of these words; resolves to the exit status, always 0. */
export async function printCandidates(words: readonly string[]): Promise<number> {
  const { COMMANDS } = await import('./commands.ts');
  const current = words.at(-1) ?? '';
  const { candidates, completes } = completeWords(words, COMMANDS);
  const lines = [...candidates, ...(await lookUp(completes))]
    .filter(({ word }) => word.startsWith(current) && word === safeText(word))
    .map(({ word, description }) =>
      description === undefined ? word : `${word}\t${safeText(description)}`,
    );
  if (completes === 'file' || completes === 'directory') lines.push(':files');
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return 0;
}

/** Says what may stand in place of the last word. Pure. */
export function completeWords(words: readonly string[], commands: readonly Command[]): Completion {
  const current = words.at(-1) ?? '';
  const { verb, before, after } = splitCommandLine(words.slice(0, -1));
  if (verb === undefined) return completeBeforeVerb(current, before, commands);
  const command = commands.find(({ name }) => name === verb);
  if (command === undefined) return { candidates: [] };
  if (command.rest?.after === 'verb' || after.includes('--')) {
    return { candidates: [], completes: 'file' };
  }
  const options: Options = { ...command.options, ...GLOBAL_OPTIONS };
  const awaited = optionAwaitingValue(after.at(-1), options);
  if (awaited !== undefined) return valuesOf(awaited, commands);
  if (current.startsWith('-')) return { candidates: flagsOf(options) };
  const positionals = Object.values(command.positionals ?? {});
  const index = countPositionals(after, options);
  const last = positionals.at(-1);
  const positional = positionals[index] ?? (last?.variadic ? last : undefined);
  return positional === undefined ? { candidates: [] } : valuesOf(positional, commands);
}

function completeBeforeVerb(
  current: string,
  before: readonly string[],
  commands: readonly Command[],
): Completion {
  const awaited = optionAwaitingValue(before.at(-1), GLOBAL_OPTIONS);
  if (awaited !== undefined) return valuesOf(awaited, commands);
  const starting = startingFlagWords();
  const flag = starting.find(({ words }) => words.includes(before.at(-1) ?? ''));
  if (flag?.completes !== undefined && !current.startsWith('-')) {
    return { candidates: [], completes: flag.completes };
  }
  if (!current.startsWith('-')) return { candidates: commandCandidates(commands) };
  const candidates = starting.map(({ words: [word = ''], description }) => ({ word, description }));
  return { candidates: [...candidates, ...flagsOf(GLOBAL_OPTIONS), { word: '--version' }] };
}

function optionAwaitingValue(word: string | undefined, options: Options): Option | undefined {
  const found = Object.entries(options).find(
    ([name, { alias }]) => word === `--${name}` || (alias !== undefined && word === `-${alias}`),
  );
  return found === undefined || found[1].type === 'boolean' ? undefined : found[1];
}

function valuesOf(
  { choices, completes }: Pick<Option, 'choices' | 'completes'>,
  commands: readonly Command[],
): Completion {
  if (choices !== undefined) return { candidates: choices.map((word) => ({ word })) };
  if (completes === 'help') return { candidates: helpCandidates(commands) };
  if (completes === 'slash-command') return { candidates: slashCandidates(commands) };
  return completes === undefined ? { candidates: [] } : { candidates: [], completes };
}

function commandCandidates(commands: readonly Command[]): Candidate[] {
  return commands
    .filter(({ hidden }) => hidden !== true)
    .map(({ name, summary }) => ({ word: name, description: summary }));
}

function helpCandidates(commands: readonly Command[]): Candidate[] {
  const known = commandCandidates(commands);
  const topics = HELP_TOPICS.filter(({ name }) => !known.some(({ word }) => word === name));
  return [...known, ...topics.map(({ name, summary }) => ({ word: name, description: summary }))];
}

function slashCandidates(commands: readonly Command[]): Candidate[] {
  return slashCommands(commands, { snapshots: true }).flatMap(({ names, command }) =>
    names.map((name) => ({ word: `/${name}`, description: command.summary })),
  );
}

function flagsOf(options: Options): Candidate[] {
  return Object.entries(options)
    .filter(([, { hidden }]) => hidden !== true)
    .flatMap(([name, { description, values = [] }]) => [
      { word: `--${name}`, description },
      ...values.map((value) => ({ word: `--${name}=${value}`, description })),
    ]);
}

function countPositionals(words: readonly string[], options: Options): number {
  return words.filter(
    (word, index) =>
      !word.startsWith('-') && optionAwaitingValue(words[index - 1], options) === undefined,
  ).length;
}

async function lookUp(completes: Completes | undefined): Promise<readonly Candidate[]> {
  if (completes !== 'session' && completes !== 'checkpoint' && completes !== 'tag') return [];
  try {
    const { referenceCandidates } = await import('./reference-candidates.ts');
    return await referenceCandidates(completes);
  } catch (error) {
    if (process.env['GSESS_DEBUG'] !== undefined) throw error;
    return [];
  }
}
