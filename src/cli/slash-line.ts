// Reads a slash command: `/chat save before`, `/rename flag parser`. Which there are is declared in the table of commands. Nothing is run
// here, and nothing is printed.
//
// Words stand between blanks; one that is between quotes may hold blanks. A quote anywhere else is a letter like any other, for people
// write as they speak. There is no shell: nothing is expanded.

import { GsessError } from '../errors.ts';
import type { Command, SlashForm } from './command.ts';
import { nearWords } from './near-words.ts';

export interface SlashLine {
  /** The name it was called by, without the slash. */
  readonly name: string;
  readonly command: Command;
  readonly form: SlashForm;
  readonly words: readonly string[];
  /** Nothing followed the name, and what it lists is there to choose from. */
  readonly isChoice: boolean;
}

/** Names in front of the name, under which agents keep those of others apart: `/gsess:chat`. */
const PREFIX = /^\/?(?:gsess[:/-])?/;
const NAME = /^[A-Za-z]+/;
const WORD = /"([^"]*)"(?=\s|$)|'([^']*)'(?=\s|$)|(\S+)/g;

interface Offered {
  readonly snapshots: boolean;
}

/** Throws `usage` for a line that is none of the commands. */
export function readSlashLine(
  line: string,
  commands: readonly Command[],
  offered: Offered,
): SlashLine {
  const read = readLine(line, commands, offered);
  const { bare } = read.form;
  if (bare === undefined || read.words.length > 0) return { ...read, isChoice: false };
  const { command, form, words } = readLine(bare, commands, offered);
  return { name: read.name, command, form, words, isChoice: true };
}

function readLine(
  line: string,
  commands: readonly Command[],
  offered: Offered,
): Omit<SlashLine, 'isChoice'> {
  const plain = line.trim().replace(PREFIX, '');
  const name = (NAME.exec(plain)?.[0] ?? '').toLowerCase();
  const rest = plain.slice(name.length);
  const isWhole = rest === '' || /^\s/.test(rest);
  const command = isWhole ? findSlash(name, commands, offered) : undefined;
  if (command?.slash === undefined) throw unknown(plain, commands, offered);
  const { slash: form } = command;
  return { name, command, form, words: wordsOf(rest, form.takesRest === true) };
}

/** The slash commands that there are now, each under all its names. */
export function slashCommands(
  commands: readonly Command[],
  { snapshots }: Offered,
): readonly { readonly names: readonly string[]; readonly command: Command }[] {
  return commands.flatMap((command) => {
    const { slash, name } = command;
    if (slash === undefined || (slash.needsSnapshots === true && !snapshots)) return [];
    return [{ names: [name, ...(slash.aliases ?? [])], command }];
  });
}

function findSlash(
  name: string,
  commands: readonly Command[],
  offered: Offered,
): Command | undefined {
  return slashCommands(commands, offered).find(({ names }) => names.includes(name))?.command;
}

function wordsOf(rest: string, takesRest: boolean): readonly string[] {
  if (takesRest) return rest.trim() === '' ? [] : [rest.trim()];
  return [...rest.matchAll(WORD)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

function unknown(plain: string, commands: readonly Command[], offered: Offered): GsessError {
  const word = plain.split(/\s/)[0] ?? '';
  const isOff = commands.some(({ name, slash }) => slash?.needsSnapshots && name === word);
  if (isOff) {
    return new GsessError('usage', `There is no '/${word}' while checkpointing is off`, {
      hint: `The setting 'checkpointing.enabled' switches it on.`,
    });
  }
  const names = slashCommands(commands, offered).flatMap((known) => known.names);
  const near = nearWords(word, names).map((known) => `'/${known}'`);
  return new GsessError('usage', `There is no slash command '/${word}'`, {
    hint: near.length === 0 ? `'/help' lists them.` : `Did you mean ${near.join(' or ')}?`,
  });
}
