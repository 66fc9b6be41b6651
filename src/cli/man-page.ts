// The man pages in mdoc, made from the declarations of the commands so that they cannot tell anything else than the parser does.
// `.ci/man.mjs` writes them into man/, `.ci/check-man.mjs` fails if those there differ.

import { type BrowserKey, type Command, GLOBAL_OPTIONS, type Option } from './command.ts';
import {
  commandEntries,
  type Entry,
  environmentEntries,
  optionEntries,
  placeholderOf,
  positionalEntries,
  sentence,
  slashEntries,
  statusEntries,
  topicEntries,
  visible,
} from './help.ts';
import { type HelpTopic, type TopicBlock, WORDS } from './help-topics.ts';
import { settingEntries } from './setting-meanings.ts';
import { startingFlagEntries } from './starting-flags.ts';

/** Stands in every page, so that pages change with their text only. */
const DATE = 'November 21, 2026';

/** The page of one command, `gsess-<name>.1`. */
export function commandPage(command: Command): string {
  const { name, summary, details, options = {}, examples = [] } = command;
  return page([
    ...head(`gsess-${name}`, summary),
    '.Sh SYNOPSIS',
    '.Nm gsess',
    `.Cm ${macroText(name)}`,
    ...visible(options).map(([flag, option]) => `.Op ${flagMacros(flag, option)}`),
    ...synopsisArguments(command),
    '.Sh DESCRIPTION',
    ...textLines(sentence(summary)),
    ...(details ?? '').split(/\n\s*\n/).flatMap((paragraph) => paragraphLines(paragraph)),
    ...section('ARGUMENTS', positionalEntries(command)),
    ...section('OPTIONS', optionEntries(options)),
    ...section('OPTIONS OF EVERY COMMAND', optionEntries(GLOBAL_OPTIONS)),
    ...section('INSIDE AN AGENT', slashEntries(command)),
    ...section('EXIT STATUS', statusEntries()),
    ...(examples.length === 0 ? [] : ['.Sh EXAMPLES', ...examples.flatMap(exampleLines)]),
    '.Sh SEE ALSO',
    '.Xr gsess 1',
  ]);
}

/** The page of a help topic, `gsess-<name>.7`. */
export async function topicPage({ name, summary, blocks }: HelpTopic): Promise<string> {
  return page([
    ...head(`gsess-${name}`, summary, 7),
    '.Sh DESCRIPTION',
    ...(await blocks()).flatMap(blockLines),
    '.Sh SEE ALSO',
    '.Xr gsess 1',
  ]);
}

function blockLines(block: TopicBlock, index: number): readonly string[] {
  if (typeof block === 'string') return index === 0 ? textLines(block) : paragraphLines(block);
  const heading = paragraphLines(`${block.title}:`);
  if ('entries' in block) {
    return [...heading, '.Bl -tag -width Ds', ...items(block.entries), '.El'];
  }
  return [
    ...heading,
    '.Bd -literal -offset indent',
    ...block.lines.flatMap((line) => textLines(line)),
    '.Ed',
  ];
}

/** The page `gsess.1`: a text written by hand, with the lists that are made from the code put in where it asks for them. */
export function overviewPage(
  template: string,
  commands: readonly Command[],
  topics: readonly HelpTopic[],
): string {
  const lists: Readonly<Record<string, readonly string[]>> = {
    date: [`.Dd ${DATE}`],
    commands: commandEntries(commands).flatMap(({ term, description }) => [
      `.It Cm ${macroText(term)}`,
      ...textLines(sentence(description)),
      `See`,
      `.Xr gsess-${term} 1 .`,
    ]),
    'keys-of-sessions': items(keyEntries(commands, 'sessions')),
    'keys-of-moments': items(keyEntries(commands, 'moments')),
    words: items(WORDS),
    topics: items(topicEntries(topics)),
    slash: items(commands.flatMap(slashEntriesInOverview)),
    starting: items(startingFlagEntries()),
    options: items(optionEntries(GLOBAL_OPTIONS)),
    environment: items(environmentEntries()),
    settings: items(settingEntries()),
    'exit-status': items(statusEntries()),
    'see-also': [
      ...commandEntries(commands).map(({ term }) => `.Xr gsess-${term} 1 ,`),
      ...topics.map(
        ({ name }, index, all) => `.Xr gsess-${name} 7${index < all.length - 1 ? ' ,' : ''}`,
      ),
    ],
  };
  return page(
    template
      .trimEnd()
      .split('\n')
      .flatMap((line) => {
        const name = /^@(.*)@$/.exec(line)?.[1];
        return name === undefined ? [line] : (lists[name] ?? []);
      }),
  );
}

function slashEntriesInOverview(command: Command): Entry[] {
  return slashEntries(command).map(({ term }) => ({ term, description: command.summary }));
}

function keyEntries(commands: readonly Command[], view: BrowserKey['view']): Entry[] {
  return commands.flatMap(({ name, keys = [] }) =>
    keys
      .filter((key) => key.view === view)
      .map(({ key, label }) => ({ term: key, description: `${label}, as 'gsess ${name}' does` })),
  );
}

function page(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

function head(title: string, summary: string, section = 1): string[] {
  return [
    `.Dd ${DATE}`,
    `.Dt ${title.toUpperCase()} ${section}`,
    '.Os gsess',
    '.Sh NAME',
    `.Nm ${title}`,
    `.Nd ${macroText(summary)}`,
  ];
}

function flagMacros(name: string, option: Option): string {
  const flag = `Fl -${name}`;
  if (option.values !== undefined) {
    return `${flag} Ns Oo Ns = Ns Cm ${macroText(option.values.join('|'))} Oc`;
  }
  if (option.type === 'boolean') return flag;
  const dots = option.type === 'array' ? ' ...' : '';
  return `${flag} Ar ${macroText(placeholderOf(name, option))}${dots}`;
}

function synopsisArguments({ positionals, rest }: Command): string[] {
  const lines = Object.entries(positionals ?? {}).map(([name, { required, variadic }]) => {
    const argument = `Ar ${macroText(name)}${variadic ? ' ...' : ''}`;
    return required ? `.${argument}` : `.Op ${argument}`;
  });
  if (rest === undefined) return lines;
  const dashes = rest.after === 'dashes' ? ['.Fl -'] : [];
  return [...lines, ...dashes, `.Ar ${macroText(rest.placeholder)} ...`];
}

function section(title: string, entries: readonly Entry[]): string[] {
  if (entries.length === 0) return [];
  return [`.Sh ${title}`, '.Bl -tag -width Ds', ...items(entries), '.El'];
}

function items(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ term, description }) => [
    `.It Li ${macroText(term)}`,
    ...textLines(sentence(description)),
  ]);
}

function exampleLines({ command, description }: { command: string; description: string }) {
  return [
    '.Pp',
    ...textLines(`${sentence(description).slice(0, -1)}:`),
    '.Bd -literal -offset indent',
    ...textLines(command),
    '.Ed',
  ];
}

function paragraphLines(paragraph: string): string[] {
  const lines = textLines(paragraph);
  return lines.length === 0 ? [] : ['.Pp', ...lines];
}

/** Text as roff takes it literally, in new lines at the ends of sentences, as man pages have it. */
function textLines(text: string): string[] {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .trim()
    .split(/(?<=[.:;]) (?=[A-Z'])/)
    .filter((line) => line !== '')
    .map((line) => escapeRoff(line).replace(/^([.'])/, '\\&$1'));
}

/** Text as the argument of a macro: what mdoc would take for a macro or as punctuation stands for itself. */
function macroText(text: string): string {
  return escapeRoff(text)
    .split(' ')
    .map((word) =>
      /^[A-Z][a-z0-9][a-z]?$|^[[\]().,:;?!|<>+=*/-]+$/.test(word) ? `\\&${word}` : word,
    )
    .join(' ');
}

function escapeRoff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('"', '\\(dq')
    .replaceAll("'", '\\(aq')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replaceAll('`', '\\(ga')
    .replaceAll('-', '\\-')
    .replace(/[^ -~]/gu, (character) => {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      return `\\[u${code}]`;
    });
}
