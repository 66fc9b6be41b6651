// The man pages as they should be, made by the compiled code. Needs a build.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const top = dirname(dirname(fileURLToPath(import.meta.url)));

/** Returns a map of file name in man/ to its text. */
export async function makePages() {
  const { COMMANDS } = await import('../build/src/cli/commands.js');
  const { HELP_TOPICS } = await import('../build/src/cli/help-topics.js');
  const { commandPage, overviewPage, topicPage } = await import('../build/src/cli/man-page.js');
  const template = readFileSync(join(top, '.ci/gsess.1.in'), 'utf8');
  const topics = HELP_TOPICS.map(async (topic) => [
    `gsess-${topic.name}.7`,
    await topicPage(topic),
  ]);
  return new Map([
    ['gsess.1', overviewPage(template, COMMANDS, HELP_TOPICS)],
    ...COMMANDS.map((command) => [`gsess-${command.name}.1`, commandPage(command)]),
    ...(await Promise.all(topics)),
  ]);
}
