// The end of a hook: what there is to say is printed, in the form that the agent takes. A hook that answers a slash command loads for
// it what it needs; all others load nothing here.

import { writeSync } from 'node:fs';
import type { Command } from './command.ts';
import type { HookOutcome } from './run-hook.ts';

const STANDARD_OUTPUT = 1;

/** Resolves to the exit status. */
export async function endHook(
  { status, reply, asked }: HookOutcome,
  loadCommands: () => Promise<readonly Command[]>,
): Promise<number> {
  if (asked === undefined) {
    if (reply !== undefined) print(reply);
    return status;
  }
  const { answerPrompt } = await import('./answer-prompt.ts');
  print(await answerPrompt(asked, await loadCommands()));
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
