// A child of the tests: one process that captures a session and then runs every command, so that what all of gsess does to the system
// can be watched from outside at the cost of one process. Arguments: a directory, the umask, and `few` for those that write most.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandRunner } from '../support/run-command.ts';
import { startSession } from '../support/session-driver.ts';

const [directory = '', umask = '022', extent = 'all'] = process.argv.slice(2);
process.umask(Number.parseInt(umask, 8));

const driver = await startSession(directory);
const { project, nativeId } = driver;
driver.write('a.txt', 'one\n');
driver.write('.env', 'TOKEN=secret-of-the-file\n');
await driver.prompt('words of the prompt');
await driver.tool('Bash', { command: 'words of the call' }, () => driver.write('a.txt', 'two\n'));
await driver.turn('words of the answer');
// More than is written one by one goes into a pack.
for (let index = 0; index < 30; index += 1) driver.write(`many/${index}.txt`, `${index}\n`);
await driver.prompt('more words');
await driver.turn('more');
await driver.event({ subject: 'end', final: true });

const gsess = commandRunner(driver);
const copy = join(directory, 'exported.jsonl');
const RUNS: readonly (readonly string[])[] = [
  ['connect', 'claude'],
  ['status'],
  ['current'],
  ['list'],
  ['log'],
  ['show', '--conversation'],
  ['diff', '@1', '@2', '--stat'],
  ['diff', '@1', '--now', '--stat'],
  ['tag', 'good', '@1'],
  ['restore', '@1', '--dry-run'],
  ['restore', '@1', '--files', '--yes=large'],
  ['restore', '@1', '--files', '--yes'],
  ['undo'],
  ['redo'],
  ['undo'],
  ['rename', '1', 'words of the name'],
  ['fork', '@1', '--name', 'words of the fork', '--worktree', join(directory, 'fork')],
  ['delete', 'words of the fork', '--yes'],
  ['restore', '@1', '--conversation', '--yes'],
  ['resume', nativeId, '--print'],
  ['continue', '--print'],
  ['export', nativeId, '--format', 'native', '--native-id', nativeId, '--output', copy],
  ['import', 'claude', copy],
  ['tag', '--delete', 'good', '--force'],
  ['verify'],
  ['git', 'log', '-1', '--oneline'],
  ['git', 'repack', '-adq'],
  ['git', 'gc', '--quiet'],
  ['git', 'pack-refs', '--all'],
  ['where'],
  ['help'],
  ['completion', 'bash'],
  ['du'],
  ['gc'],
  ['doctor'],
  ['connect', '--remove', 'claude'],
];
const outcomes: Record<string, number> = {};
const FEW = ['restore', 'undo', 'fork', 'export', 'git', 'gc'];
for (const words of RUNS) {
  if (extent === 'few' && !FEW.includes(words[0] ?? '')) continue;
  const { status } = await gsess(words, { raw: true });
  outcomes[words.join(' ')] = status;
}
writeFileSync(join(directory, 'outcomes.json'), JSON.stringify({ outcomes, project }));
