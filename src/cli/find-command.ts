// Finds a command by its name, and suggests others where there is none.

import { type ErrorCode, GsessError } from '../errors.ts';
import type { Command } from './command.ts';
import { nearWords } from './near-words.ts';

/** Throws `code` with near names as the hint. */
export function findCommand(
  name: string,
  commands: readonly Command[],
  code: ErrorCode = 'usage',
): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const shown = commands.filter(({ hidden }) => hidden !== true).map((known) => known.name);
  const near = nearWords(name, shown).map((known) => `'gsess ${known}'`);
  throw new GsessError(code, `There is no command '${name}'`, {
    hint:
      near.length === 0 ? "'gsess help' lists the commands." : `Did you mean ${near.join(' or ')}?`,
  });
}
