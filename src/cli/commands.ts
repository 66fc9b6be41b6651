// The table of all commands: the one source of the parser, the help, the man pages and the completion. Help shows this order.

import type { Command } from './command.ts';
import { chat } from './commands/chat.ts';
import { completion } from './commands/completion.ts';
import { config } from './commands/config.ts';
import { connect } from './commands/connect.ts';
import { continueCommand } from './commands/continue.ts';
import { current } from './commands/current.ts';
import { deleteCommand } from './commands/delete.ts';
import { diff } from './commands/diff.ts';
import { doctor } from './commands/doctor.ts';
import { du } from './commands/du.ts';
import { exportCommand } from './commands/export.ts';
import { fork } from './commands/fork.ts';
import { gc } from './commands/gc.ts';
import { git } from './commands/git.ts';
import { helpCommand } from './commands/help.ts';
import { hook } from './commands/hook.ts';
import { importCommand } from './commands/import.ts';
import { list } from './commands/list.ts';
import { log } from './commands/log.ts';
import { redo } from './commands/redo.ts';
import { rename } from './commands/rename.ts';
import { restore } from './commands/restore.ts';
import { resume } from './commands/resume.ts';
import { rewind } from './commands/rewind.ts';
import { run } from './commands/run.ts';
import { show } from './commands/show.ts';
import { slash } from './commands/slash.ts';
import { status } from './commands/status.ts';
import { tag } from './commands/tag.ts';
import { undo } from './commands/undo.ts';
import { verify } from './commands/verify.ts';
import { watch } from './commands/watch.ts';
import { where } from './commands/where.ts';

export const COMMANDS: readonly Command[] = [
  connect(() => COMMANDS),
  watch,
  run,
  list,
  log,
  show,
  diff,
  status,
  current,
  doctor,
  resume,
  continueCommand,
  restore,
  rewind,
  undo,
  redo,
  tag,
  chat,
  fork,
  rename,
  deleteCommand,
  importCommand,
  exportCommand,
  du,
  gc,
  verify,
  git,
  config,
  where,
  completion,
  slash(() => COMMANDS),
  helpCommand(() => COMMANDS),
  hook(() => COMMANDS),
];
