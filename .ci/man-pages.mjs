// The man pages as they should be, made by the compiled code. Needs a build.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const top = dirname(dirname(fileURLToPath(import.meta.url)));

/** Returns a map of file name in man/ to its text. */
export async function makePages() {
  const { COMMANDS } = await import('../build/src/cli/commands.js');
  const { commandPage, overviewPage } = await import('../build/src/cli/man-page.js');
  const template = readFileSync(join(top, '.ci/gsess.1.in'), 'utf8');
  return new Map([
    ['gsess.1', overviewPage(template, COMMANDS)],
    ...COMMANDS.map((command) => [`gsess-${command.name}.1`, commandPage(command)]),
  ]);
}
