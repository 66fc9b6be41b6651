#!/usr/bin/env node
// Where gsess starts. Hooks and the Tab key come first and load only what they need: a hook runs before every prompt and every tool
// call of an agent, and its time is the user's.

import process from 'node:process';

const words = process.argv.slice(2);
const asksForHelp = words.includes('--help') || words.includes('-h');

if (words[0] === 'hook' && !asksForHelp) {
  const { runHook } = await import('./run-hook.ts');
  process.exitCode = await runHook(words[1] ?? '');
} else if (words[0] === '--complete') {
  const { printCandidates } = await import('./completion.ts');
  process.exitCode = await printCandidates(words.slice(1));
} else if (words[0] === '--version' && words.length === 1) {
  const { packageVersion } = await import('./version.ts');
  process.stdout.write(`${packageVersion()}\n`);
} else {
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(words);
}
