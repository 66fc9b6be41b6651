// An agent that is connected by a file of ours, a plugin or an extension: the whole file is rendered anew, and known by a mark and the
// command in it. A file of that name which is somebody else's is refused with nothing changed. Text to text.

import { GsessError } from '../errors.ts';
import type { ConnectedByFile } from './agent.ts';
import { isOurCommand } from './hooks-file/installed-hooks.ts';

export interface OwnFile {
  readonly agent: string;
  readonly events: readonly string[];
  /** The file's code; `command` is in `COMMAND`, a constant that stands above it. */
  readonly code: string;
}

const MARK = '// Made by gsess';
const COMMAND = /^const COMMAND = ("(?:[^"\\\n]|\\.)*");$/m;

/** What connecting and disconnecting make of the file. */
export function ownFile({
  agent,
  events,
  code,
}: OwnFile): Pick<ConnectedByFile, 'add' | 'remove' | 'find' | 'isRead'> {
  const commandIn = (text: string | undefined): string | undefined => {
    const command = text?.startsWith(MARK) ? parsed(COMMAND.exec(text)?.[1]) : undefined;
    return isOurCommand(command, agent) ? command : undefined;
  };
  return {
    add: (before, command) => {
      if (!isOurCommand(command, agent)) {
        throw new GsessError('usage', `the command '${command}' would not be recognised again`, {
          hint: `Let it be 'gsess hook ${agent}', with the full path of gsess.`,
        });
      }
      if (before !== undefined && before.trim() !== '' && !before.startsWith(MARK)) {
        throw new GsessError('settings-invalid', 'The file is not one that gsess made', {
          hint: 'Give it another name; nothing was changed.',
        });
      }
      return render({ agent, code, command });
    },
    remove: (text, before) => (commandIn(text) === undefined ? text : before?.text),
    find: (text) => {
      const command = commandIn(text);
      return command === undefined ? [] : events.map((event) => ({ event, command }));
    },
    isRead: () => true,
  };
}

function render({
  agent,
  code,
  command,
}: Pick<OwnFile, 'agent' | 'code'> & { readonly command: string }): string {
  return `${MARK}: it tells gsess what happens, so that every moment is kept. It is written anew by 'gsess
// connect ${agent}' and taken away by 'gsess connect ${agent} --remove'.

const COMMAND = ${JSON.stringify(command)};

${code}`;
}

function parsed(literal: string | undefined): string | undefined {
  try {
    return literal === undefined ? undefined : String(JSON.parse(literal));
  } catch {
    return undefined;
  }
}
