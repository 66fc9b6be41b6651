// Reads a command line against the declaration of its command, and says what is wrong with it. Nothing is run here, and nothing is
// printed.

import { GsessError } from '../errors.ts';
import { type Command, GLOBAL_OPTIONS, type Option, type Options } from './command.ts';
import { DEFAULT_VERB, splitCommandLine } from './command-line.ts';
import { findCommand } from './find-command.ts';
import { type Flags, type Line, readFlags } from './read-flags.ts';

export interface Invocation {
  readonly command: Command;
  /** What the command's `run` takes. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly session: string | undefined;
  readonly isColoured: boolean;
  readonly wantsHelp: boolean;
}

/** Reads the words after `gsess`; throws `usage` saying what is wrong with them. */
export function parseCommandLine(
  words: readonly string[],
  commands: readonly Command[],
): Invocation {
  const { before, verb, after } = splitCommandLine(words);
  if (verb === undefined && before.some((word) => word === '--help' || word === '-h')) {
    return { ...parseWords(findCommand('help', commands), []), wantsHelp: false };
  }
  const command = findCommand(verb ?? DEFAULT_VERB, commands);
  if (command.rest?.after !== 'verb') return parseWords(command, [...before, ...after]);
  const invocation = parseWords({ ...command, positionals: {}, options: {} }, before);
  return { ...invocation, command, args: { ...invocation.args, rest: after } };
}

function parseWords(command: Command, words: readonly string[]): Invocation {
  const options: Options = { ...command.options, ...GLOBAL_OPTIONS };
  const [own, behindDashes] = splitAtDashes(words);
  const wantsHelp = own.some((word) => word === '--help' || word === '-h');
  const usage = (message: string) =>
    new GsessError('usage', message, { hint: `See 'gsess help ${command.name}'.` });
  const line: Line = { command, options, usage };
  // Help is given whatever else is wrong with the line.
  const { values, words: plain } = wantsHelp
    ? { values: {} as Flags['values'], words: [] }
    : readFlags(own, line);
  checkValues(values, line);
  const args: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options))
    args[name] = optionValue(values[name], option);
  const isRest = command.rest?.after === 'dashes';
  if (!wantsHelp) {
    Object.assign(args, positionalsOf(isRest ? plain : [...plain, ...behindDashes], line));
  }
  args['rest'] = isRest ? behindDashes : [];
  return {
    command,
    args,
    session: args['session'] as string | undefined,
    isColoured: args['no-color'] !== true,
    wantsHelp,
  };
}

function splitAtDashes(words: readonly string[]): [readonly string[], readonly string[]] {
  const at = words.indexOf('--');
  return at < 0 ? [words, []] : [words.slice(0, at), words.slice(at + 1)];
}

/** Gives each positional its word; the last one takes all that are left if it is variadic. */
function positionalsOf(
  words: readonly string[],
  { command, usage }: Line,
): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  let left = words;
  for (const [name, { required, variadic, choices }] of Object.entries(command.positionals ?? {})) {
    const taken = variadic ? left : left.slice(0, 1);
    left = left.slice(taken.length);
    if (required && taken.length === 0) {
      throw usage(`'gsess ${command.name}' needs <${name}>`);
    }
    const wrong = taken.find((word) => choices !== undefined && !choices.includes(word));
    if (wrong !== undefined) throw usage(`<${name}> is none of ${choices?.join(', ')}: '${wrong}'`);
    args[name] = variadic ? taken : taken[0];
  }
  if (left[0] !== undefined) throw usage(`'gsess ${command.name}' does not take '${left[0]}'`);
  return args;
}

function checkValues(values: Readonly<Record<string, unknown>>, { options, usage }: Line): void {
  for (const [name, { type, choices, values: more }] of Object.entries(options)) {
    const value = values[name];
    if (value === undefined) continue;
    if (type === 'boolean' && typeof value === 'string' && more?.includes(value) !== true) {
      throw usage(`--${name}= is none of ${(more ?? ['true', 'false']).join(', ')}: '${value}'`);
    }
    if (Array.isArray(value) && type !== 'array') {
      throw usage(`--${name} is given more than once`);
    }
    if (type === 'number' && !/^\d{1,15}$/.test(String(value))) {
      throw usage(`--${name} is not a whole number: '${value}'`);
    }
    const wrong = [value].flat().find((one) => choices && !choices.includes(String(one)));
    if (wrong !== undefined) {
      throw usage(`--${name} is none of ${choices?.join(', ')}: '${wrong}'`);
    }
  }
}

function optionValue(value: unknown, { type }: Option): unknown {
  if (type === 'boolean') {
    return typeof value === 'string' ? value : value === true;
  }
  if (type === 'array') return value === undefined ? [] : [value].flat();
  if (type === 'number') return value === undefined ? undefined : Number(value);
  return value;
}
