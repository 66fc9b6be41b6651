// All that gsess does where it is not a hook that runs: a bundle of its own, in which each of these loads only what it needs.

import type { AskedCommand } from './run-hook.ts';

/** Runs the command that the words name; resolves to the exit status and never rejects. */
export async function runProgram(words: readonly string[]): Promise<number> {
  return (await import('./program.ts')).runProgram(words);
}

/** Prints the candidates for the last of these words; resolves to the exit status. */
export async function printCandidates(words: readonly string[]): Promise<number> {
  return (await import('./completion.ts')).printCandidates(words);
}

/** What an agent is told whose user typed a slash command. Never rejects. */
export async function answerPrompt(asked: AskedCommand): Promise<string> {
  const { COMMANDS } = await import('./commands.ts');
  return (await import('./answer-prompt.ts')).answerPrompt(asked, COMMANDS);
}
