// The table of all commands: the one source of the parser, the help, the man pages and the completion. Help shows this order.

import type { Command } from './command.ts';
import { completion } from './commands/completion.ts';
import { helpCommand } from './commands/help.ts';
import { hook } from './commands/hook.ts';
import { list } from './commands/list.ts';
import { where } from './commands/where.ts';

export const COMMANDS: readonly Command[] = [
  list,
  where,
  completion,
  helpCommand(() => COMMANDS),
  hook,
];
