// Reads a command line against the declaration of its command: yargs does the flags, this file says what is declared and what is
// wrong in our own words. Nothing is run here, nothing is printed, and yargs never ends the process.

import yargs from 'yargs';
import { GsessError } from '../errors.ts';
import { type Command, GLOBAL_OPTIONS, type Option, type Options } from './command.ts';
import { splitCommandLine } from './command-line.ts';
import { findCommand } from './find-command.ts';

export interface Invocation {
  readonly command: Command;
  /** What the command's `run` takes. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly session: string | undefined;
  readonly isColoured: boolean;
  readonly wantsHelp: boolean;
}

/** Run where no verb is given. */
const DEFAULT_VERB = 'list';

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
  const line: Line = {
    command,
    options,
    words: own,
    usage: (message) =>
      new GsessError('usage', message, { hint: `See 'gsess help ${command.name}'.` }),
  };
  // Help is given whatever else is wrong with the line.
  const values = wantsHelp ? {} : valuesOf(line);
  checkValues(values, line);
  const args: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options))
    args[name] = optionValue(values[name], option);
  const plain = [values['_'] ?? []].flat().map(String);
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

interface Line {
  readonly command: Command;
  readonly options: Options;
  readonly words: readonly string[];
  readonly usage: (message: string) => GsessError;
}

function splitAtDashes(words: readonly string[]): [readonly string[], readonly string[]] {
  const at = words.indexOf('--');
  return at < 0 ? [words, []] : [words.slice(0, at), words.slice(at + 1)];
}

/** What is behind an equals sign of a boolean is none of yargs: it would make `false` of it. */
function valuesOf(line: Line): Readonly<Record<string, unknown>> {
  const said: Record<string, string> = {};
  const words = line.words.filter((word) => {
    const [, flag = '', value = ''] = /^(--?[^=]+)=(.*)$/s.exec(word) ?? [];
    const found = Object.entries(line.options).find(
      ([name, { values, alias }]) =>
        values !== undefined && (flag === `--${name}` || flag === `-${alias}`),
    );
    if (found === undefined) return true;
    said[found[0]] = value;
    return false;
  });
  return { ...runYargs({ ...line, words }), ...said };
}

/** Words mean what they say: no numbers, no nesting, no `--no-x` that is not declared, no abbreviations. */
const PARSING = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'greedy-arrays': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'strip-aliased': true,
} as const;

function runYargs({ command, options, words, usage }: Line): Readonly<Record<string, unknown>> {
  // It would look for settings of its own from the working directory on, which may be gone, too.
  return yargs([], '/')
    .scriptName('gsess')
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .showHelpOnFail(false)
    .parserConfiguration(PARSING)
    .fail((message: string | undefined, error: Error | undefined) => {
      throw usage(inOurWords(error?.message ?? message ?? '', command));
    })
    .options(yargsOptions(options))
    .strictOptions()
    .parseSync([...words]);
}

function yargsOptions(options: Options) {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, alias }]) => [
      name,
      {
        // Numbers are read by us: yargs makes NaN of what is none.
        type: type === 'number' ? ('string' as const) : type,
        ...(alias === undefined ? {} : { alias }),
        ...(type === 'boolean' ? {} : { requiresArg: true }),
        ...(type === 'array' ? { string: true } : {}),
      },
    ]),
  );
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
      throw usage(`--${name}= is none of ${more?.join(', ')}: '${value}'`);
    }
    if (Array.isArray(value) && type !== 'array') {
      if (type === 'boolean') continue;
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
    const last: unknown = [value].flat().at(-1);
    return typeof last === 'string' ? last : last === true;
  }
  if (type === 'array') return value === undefined ? [] : [value].flat();
  if (type === 'number') return value === undefined ? undefined : Number(value);
  return value;
}

function inOurWords(message: string, command: Command): string {
  const unknown = /^Unknown arguments?: ([^,]*)/.exec(message)?.[1];
  if (unknown !== undefined) return `'gsess ${command.name}' does not take '${flagOf(unknown)}'`;
  const following = /^Not enough arguments following: (.*)$/.exec(message)?.[1];
  if (following !== undefined) return `${flagOf(following)} needs a value`;
  return message;
}

function flagOf(name: string): string {
  return `${name.length === 1 ? '-' : '--'}${name}`;
}
