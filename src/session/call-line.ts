// The line that a checkpoint before a call is shown by.

import type { PendingCall } from './session-record.ts';
import { oneLine, SUBJECT_LENGTH_MAX } from './title.ts';

/** What a call is about, in the words of the agents: a path, else a command, else what is said of it. */
const CALL_FIELDS = [
  ...['file_path', 'filePath', 'notebook_path', 'absolute_path', 'path'],
  ...['command', 'cmd', 'patchText', 'description'],
];
const PATCHED_FILE = /^\*\*\* Begin Patch\n\*\*\* (?:Add|Update|Delete) File: (.+)$/m;

/** A call in one line: the tool and what it is about to touch, a path as seen from where the agent is. */
export function callLine({ name, input }: PendingCall, cwd: string): string {
  const fields =
    typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  const told = CALL_FIELDS.map((key) => fields[key]).find((value) => typeof value === 'string');
  if (told === undefined) return name;
  // A patch is about the first file in it.
  const value = PATCHED_FILE.exec(told)?.[1] ?? told;
  const shown = value.startsWith(`${cwd}/`) ? value.slice(cwd.length + 1) : value;
  return `${name} ${oneLine(shown, SUBJECT_LENGTH_MAX)}`;
}
