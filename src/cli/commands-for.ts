// Loads the command that is asked for. The whole table takes long to load, so what people and prompts run all the time comes alone;
// of everything else, and to say what is near an unknown word, the whole table is needed.

import type { Command } from './command.ts';
import { type CommandLine, DEFAULT_VERB } from './command-line.ts';

const ALONE: Readonly<Record<string, () => Promise<Command>>> = {
  list: async () => (await import('./commands/list.ts')).list,
};

/** A table in which the verb of this line is looked up with the same outcome as in the whole. */
export async function commandsFor({ before, verb }: CommandLine): Promise<readonly Command[]> {
  const name = verb ?? DEFAULT_VERB;
  const isHelp = verb === undefined && before.some((word) => word === '--help' || word === '-h');
  const load = !isHelp && Object.hasOwn(ALONE, name) ? ALONE[name] : undefined;
  if (load !== undefined) return [await load()];
  return (await import('./commands.ts')).COMMANDS;
}
