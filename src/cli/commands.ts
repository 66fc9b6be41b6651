// The table of all commands: the one source of the parser, the help, the man pages and the completion. Help shows this order.

import type { Command } from './command.ts';
import { completion } from './commands/completion.ts';
import { current } from './commands/current.ts';
import { exportCommand } from './commands/export.ts';
import { helpCommand } from './commands/help.ts';
import { hook } from './commands/hook.ts';
import { importCommand } from './commands/import.ts';
import { list } from './commands/list.ts';
import { log } from './commands/log.ts';
import { where } from './commands/where.ts';

export const COMMANDS: readonly Command[] = [
  list,
  log,
  current,
  importCommand,
  exportCommand,
  where,
  completion,
  helpCommand(() => COMMANDS),
  hook,
];
