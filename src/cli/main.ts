#!/usr/bin/env node
// Where gsess starts. Hooks and the Tab key come first and load only what they need: a hook runs before every prompt and every tool
// call of an agent, and its time is the user's. Bundled into `main.cjs`, where each of these imports is a file of its own.

import process from 'node:process';
import { endHook } from './end-hook.ts';
import { loadHook } from './load-hook.ts';
import { loadProgram } from './load-program.ts';

/** Resolves to the exit status. */
async function start(words: readonly string[]): Promise<number> {
  const asksForHelp = words.includes('--help') || words.includes('-h');
  if (words[0] === 'hook' && !asksForHelp) {
    const { runHook, keep } = await loadHook();
    const status = await endHook(await runHook(words[1] ?? ''), async (asked) =>
      (await loadProgram()).answerPrompt(asked),
    );
    await keep();
    // What was to be said is said and all is on disk: what Node would still tidy up is not worth the wait.
    return process.exit(status);
  }
  if ((words[0] === '--version' || words[0] === '-v') && words.length === 1) {
    const { packageVersion } = await import('./version.ts');
    process.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  const { printCandidates, runProgram, keep } = await loadProgram();
  const isTab = words[0] === '--complete';
  const status = isTab ? await printCandidates(words.slice(1)) : await runProgram(words);
  if (status === 0) await keep(kindOf(words));
  return status;
}

/** Of a run, by what it loads: its command, where the first word is one. */
function kindOf([first = '']: readonly string[]): string {
  return /^(--complete|[a-z]{2,12})$/.test(first) ? first : '';
}

start(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    throw error;
  },
);
