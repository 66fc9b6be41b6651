// What `/help` says: the slash commands, or all about one.

import type { Command } from './command.ts';
import { describeCommand } from './commands/help.ts';
import { commandHelp, type Entry, entryLines } from './help.ts';
import type { Output } from './output.ts';
import { slashCommands } from './slash-line.ts';

export async function slashHelp(
  output: Output,
  {
    commands,
    snapshots,
    about,
  }: {
    readonly commands: readonly Command[];
    readonly snapshots: boolean;
    readonly about: Command | undefined;
  },
): Promise<void> {
  if (about !== undefined) {
    return await output.result(describeCommand(about), () => commandHelp(about));
  }
  const offered = slashCommands(commands, { snapshots });
  await output.result(
    offered.map(({ names, command }) => ({ names, summary: command.summary })),
    () => entryLines(offered.map(entryOf)).join('\n'),
  );
}

function entryOf({ names, command }: ReturnType<typeof slashCommands>[number]): Entry {
  return { term: names.map((name) => `/${name}`).join(' '), description: command.summary };
}
