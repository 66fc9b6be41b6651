// The end of a hook: what there is to say is printed, in the form that the agent takes.

import { writeSync } from 'node:fs';
import type { AskedCommand, HookOutcome } from './run-hook.ts';

const STANDARD_OUTPUT = 1;

/** `answer` says what comes of a slash command. Resolves to the exit status. */
export async function endHook(
  { status, reply, asked }: HookOutcome,
  answer: (asked: AskedCommand) => Promise<string>,
): Promise<number> {
  if (asked === undefined) {
    if (reply !== undefined) print(reply);
    return status;
  }
  print(await answer(asked));
  return status;
}

function print(text: string): void {
  const bytes = Buffer.from(`${text}\n`);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(STANDARD_OUTPUT, bytes, at);
  } catch {
    // Nobody reads it any more; the event is kept all the same.
  }
}
