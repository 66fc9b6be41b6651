// The help texts, 80 columns wide, made from the declarations of the commands.

import { padText, textWidth, wrapText } from '../ui/text-width.ts';
import { type Command, GLOBAL_OPTIONS, type Option, type Options } from './command.ts';
import { ENVIRONMENT_VARIABLES } from './environment.ts';
import { EXIT_STATUSES } from './exit-status.ts';
import type { HelpTopic, TopicBlock } from './help-topics.ts';
import { startingFlagEntries } from './starting-flags.ts';

const COLUMNS = 80;
const INDENT = 2;
const TERM_WIDTH_MAX = 26;

export interface Entry {
  readonly term: string;
  readonly description: string;
}

type Topic = Pick<HelpTopic, 'name' | 'summary'>;

/** Everything there is to say about one command. */
export function commandHelp(command: Command): string {
  return [
    wrapHanging(usageWords(command), 'usage: '),
    sentence(command.summary),
    ...paragraphs(command.details),
    section('Arguments', positionalEntries(command)),
    section('Options', optionEntries(command.options ?? {})),
    section('Options of every command', optionEntries(GLOBAL_OPTIONS)),
    section('Inside an agent', slashEntries(command)),
    section(
      'Examples',
      (command.examples ?? []).map((example) => ({
        term: example.command,
        description: example.description,
      })),
    ),
    section('Exit status', statusEntries()),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

/** What there is: all commands and topics, one line each. */
export function overviewHelp(commands: readonly Command[], topics: readonly Topic[]): string {
  return [
    wrapHanging(['gsess', '[options]', '<command>', '[arguments]'], 'usage: '),
    'Keeps every session with a coding agent, conversation and files, as git history.',
    section('Commands', commandEntries(commands)),
    section('Topics', topicEntries(topics)),
    section('In place of a command, as agents have them', startingFlagEntries()),
    section('Options of every command', optionEntries(GLOBAL_OPTIONS)),
    section('Exit status', statusEntries()),
    ...paragraphs(
      "Without a command the sessions of this project are browsed on a terminal, and listed elsewhere. 'gsess help " +
        "WORD' tells more about a command or a topic, 'man gsess' about all of it.",
    ),
  ].join('\n\n');
}

/** All about a topic. */
export function topicHelp(summary: string, blocks: readonly TopicBlock[]): string {
  return [sentence(summary), ...blocks.flatMap(blockText)].join('\n\n');
}

function blockText(block: TopicBlock): readonly string[] {
  if (typeof block === 'string') return paragraphs(block);
  if ('entries' in block) return [section(block.title, block.entries)];
  return [
    [`${block.title}:`, ...block.lines.map((line) => `${' '.repeat(INDENT)}${line}`)].join('\n'),
  ];
}

/** The words of a call: `gsess`, the verb, then one for each flag and argument. */
export function usageWords(command: Command): string[] {
  const flags = visible(command.options ?? {}).map(([name, option]) =>
    option.type === 'array' ? `[${flagWord(name, option)}]...` : `[${flagWord(name, option)}]`,
  );
  const arguments_ = positionalEntries(command).map(({ term }) => term);
  return ['gsess', command.name, ...flags, ...arguments_];
}

export function positionalEntries({ positionals, rest }: Command): Entry[] {
  const entries = Object.entries(positionals ?? {}).map(([name, positional]) => {
    const word = positional.variadic ? `${name}...` : name;
    return {
      term: positional.required ? `<${word}>` : `[${word}]`,
      description: withChoices(positional.description, positional.choices),
    };
  });
  if (rest === undefined) return entries;
  const prefix = rest.after === 'dashes' ? '-- ' : '';
  return [
    ...entries,
    { term: `${prefix}${rest.placeholder}...`, description: sentence(rest.description) },
  ];
}

export function optionEntries(options: Options): Entry[] {
  return visible(options).map(([name, option]) => ({
    term: `${option.alias === undefined ? '' : `-${option.alias}, `}${flagWord(name, option)}`,
    description: withChoices(option.description, option.choices),
  }));
}

export function commandEntries(commands: readonly Command[]): Entry[] {
  return commands
    .filter(({ hidden }) => hidden !== true)
    .map(({ name, summary }) => ({ term: name, description: summary }));
}

export function topicEntries(topics: readonly Topic[]): Entry[] {
  return topics.map(({ name, summary }) => ({ term: name, description: summary }));
}

/** What the command is called as a slash command; nothing where it is none. */
export function slashEntries({ name, slash }: Command): Entry[] {
  if (slash === undefined) return [];
  const term = [name, ...(slash.aliases ?? [])].map((word) => `/${word}`).join(', ');
  const description = [
    'the same, as a slash command',
    ...(slash.bare === undefined ? [] : ['by itself it lists what to choose from']),
    ...(slash.needsSnapshots === true ? ['only where files are kept'] : []),
  ].join('; ');
  return [{ term, description }];
}

export function statusEntries(): Entry[] {
  return EXIT_STATUSES.map(([status, meaning]) => ({ term: String(status), description: meaning }));
}

export function environmentEntries(): Entry[] {
  return Object.entries(ENVIRONMENT_VARIABLES).map(([term, description]) => ({
    term,
    description,
  }));
}

/** The options that are shown. */
export function visible(options: Options): [string, Option][] {
  return Object.entries(options).filter(([, { hidden }]) => hidden !== true);
}

/** The text with a capital letter and a full stop. */
export function sentence(text: string): string {
  const whole = /[.!?]$/.test(text) ? text : `${text}.`;
  return whole.charAt(0).toUpperCase() + whole.slice(1);
}

/** What stands for the value of an option. */
export function placeholderOf(name: string, { placeholder }: Option): string {
  return placeholder ?? name.toUpperCase().replaceAll('-', '_');
}

function flagWord(name: string, option: Option): string {
  if (option.values !== undefined) return `--${name}[=${option.values.join('|')}]`;
  return option.type === 'boolean' ? `--${name}` : `--${name} ${placeholderOf(name, option)}`;
}

function withChoices(description: string, choices: readonly string[] | undefined): string {
  return choices === undefined ? description : `${description} (${choices.join(', ')})`;
}

function paragraphs(text: string | undefined): string[] {
  return (text ?? '').split(/\n\s*\n/).map((paragraph) => wrapText(paragraph, COLUMNS).join('\n'));
}

function section(title: string, entries: readonly Entry[]): string {
  return entries.length === 0 ? '' : [`${title}:`, ...entryLines(entries)].join('\n');
}

/** Terms, and beside them what they mean. */
export function entryLines(entries: readonly Entry[]): readonly string[] {
  const width = Math.min(TERM_WIDTH_MAX, Math.max(...entries.map(({ term }) => textWidth(term))));
  const start = INDENT + width + 2;
  return entries.flatMap(({ term, description }) => {
    const wrapped = wrapText(description, COLUMNS - start);
    const [first = '', ...others] = textWidth(term) > width ? ['', ...wrapped] : wrapped;
    const head = `${' '.repeat(INDENT)}${padText(term, width)}  ${first}`.trimEnd();
    return [head, ...others.map((line) => `${' '.repeat(start)}${line}`)];
  });
}

function wrapHanging(words: readonly string[], prefix: string): string {
  // A flag and its value stay together.
  const glue = '\u00a0';
  const glued = words.map((word) => word.replaceAll(' ', glue)).join(' ');
  return wrapText(glued, COLUMNS - prefix.length)
    .map((line, index) => (index === 0 ? prefix : ' '.repeat(prefix.length)) + line)
    .join('\n')
    .replaceAll(glue, ' ');
}
