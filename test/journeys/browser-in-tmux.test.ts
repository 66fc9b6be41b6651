// The browser as people meet it, driven by keys alone: on a terminal of eighty columns, and on one of forty. The screens are written out
// here; how long ago something was is left open.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertFsckClean } from '../support/git-oracle.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import { skipHere } from '../support/skip-here.ts';
import { hasTmux, PROMPT, type TmuxTerminal, withTmux } from '../support/tmux.ts';

const OTHER = '22222222-2222-4222-8222-222222222222';

/** Two sessions; what the newer one wrote is on the disk. */
async function twoSessions({ directory }: SealedUser): Promise<SessionDriver> {
  const first = await startSession(directory, { nativeId: OTHER });
  await first.prompt('mend the tests');
  await first.turn('They are mended.');
  const driver = await startSession(directory);
  const file = join(driver.project, 'code.txt');
  for (const turn of ['one', 'two']) {
    await driver.prompt(`write ${turn}`);
    await driver.tool('Write', { file_path: file }, () => writeFileSync(file, `${turn}\n`));
    await driver.turn(`Written: ${turn}.`);
  }
  return driver;
}

/** The lines that have something in them, without what changes from day to day. */
function lasting(screen: string): string[] {
  return screen
    .replaceAll(/ +\d+(?:mo|[smhdy])(?= |$)/gm, ' …')
    .replaceAll(/\b[0-9a-f]{10}\b/g, '<id>')
    .replace(/^In .*$/m, 'In <root>')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

async function journey(
  { press, shows }: TmuxTerminal,
  file: string,
  screens: { readonly list: readonly string[]; readonly plan: readonly string[] },
): Promise<void> {
  press('gsess', 'Enter');
  await shows(/\? keys · → moments/);
  const list = await shows(/gsess: project +2\n[\s\S]*> +write two/);
  assert.equal(lasting(list), screens.list);
  // Filter, preview.
  press('mnd');
  await shows(/1 of 2\nfilter: mnd\n.*\n> +mend the tests/);
  press('Space');
  await shows(/> mend the tests\s+They are mended/);
  press('q', 'Escape');
  await shows(/> +write two/);
  // A difference.
  press('Right');
  await shows(/1 of 8/);
  press('Down', 'Space');
  await shows(/-one\n\+two/);
  press('q');
  // Restore with its plan, and undo.
  press('Down', 'Down', 'Down', 'r');
  await shows(/conversation/);
  press('c');
  const plan = await shows(/\[ \] c conversation\s+y do it/);
  assert.equal(lasting(plan), screens.plan);
  assert.is(readFileSync(file, 'utf8'), 'two\n');
  press('y');
  await shows(/Back at/);
  assert.is(readFileSync(file, 'utf8'), 'one\n');
  press('u');
  await shows(/~ code\.txt/);
  press('y');
  await shows(/Taken back/);
  assert.is(readFileSync(file, 'utf8'), 'two\n');
  // Fork, tag.
  press('t', 'good', 'Enter');
  await shows(/Tagged 'good'/);
  press('f', 'beside', 'Enter');
  await shows(/Forked/);
  press('Left');
  await shows(/● write two[\s\S]*╰ beside/);
  // Rename, delete.
  press('C-r', 'C-u', 'the line', 'Enter');
  await shows(/called 'the line' now/);
  press('mnd');
  await shows(/1 of 3\n[\s\S]*> +mend the tests/);
  press('C-d');
  await shows(/out of the list/);
  press('y');
  await shows(/Deleted 'mend the tests'/);
  press('Escape');
  // The line for commands, the keys, and out.
  press('/', 'tag --l', 'Tab');
  await shows(/^\/tag --list/m);
  press('Enter');
  await shows(/TAG[\s\S]*good/);
  press('q', '?');
  await shows(/In the list of sessions/);
  press('q', 'C-c');
  await shows(PROMPT);
  press('echo left=$?; stty -a | tr " ;" "\\n\\n" | grep -cx echo', 'Enter');
  await shows(/left=0\n1\n/);
}

const browsing = suite('the browser in tmux');

function inTmux(title: string, columns: number, screens: Parameters<typeof journey>[2]): void {
  browsing(title, () => {
    if (!hasTmux()) {
      skipHere(`${title}: there is no tmux`);
      return;
    }
    return withSealedUser(async (user) => {
      const driver = await twoSessions(user);
      const file = join(driver.project, 'code.txt');
      await withTmux(user, { columns, rows: 24 }, (terminal) => journey(terminal, file, screens));
      assertFsckClean(driver.store.repository.directory);
    });
  });
}

inTmux('a journey by keys alone, on eighty columns', 80, {
  list: [
    'gsess: project                                                                 2',
    'filter: type',
    '     TITLE                                          TIME AGENT    TURNS     SIZE',
    '>    write two … claude       2   2.6 kB',
    '     mend the tests … claude       1    304 B',
    '? keys · → moments · space preview · enter go on · ctrl+z undo · ctrl+y redo',
  ],
  plan: [
    'restore: turn 1: Written: one.',
    'Back to <id>: turn 1: Written: one.',
    'In <root>',
    'Files: 1 written',
    '  ~ code.txt',
    '[x] f files  [ ] c conversation',
    'y do it · esc do nothing · ↑↓ scroll',
  ],
});
inTmux('the same on forty columns', 40, {
  list: [
    'gsess: project                         2',
    'filter: type',
    '     TITLE                          TIME',
    '>    write two …',
    '     mend the tests …',
    '? keys · → moments · space preview',
  ],
  plan: [
    'restore: turn 1: Written: one.',
    'Back to <id>: turn 1: Written: one',
    '.',
    'In <root>',
    'Files: 1 written',
    '  ~ code.txt',
    '[x] f files  [ ] c conversation',
    'y do it · esc do nothing · ↑↓ scroll',
  ],
});

browsing('gives the terminal back when it is killed', () => {
  if (!hasTmux()) {
    skipHere('gives the terminal back when it is killed: there is no tmux');
    return;
  }
  return withSealedUser(async (user) => {
    await twoSessions(user);
    await withTmux(user, { columns: 60, rows: 20 }, async ({ press, shows }) => {
      for (const [signal, status] of [
        ['SIGTERM', 143],
        ['SIGHUP', 129],
        ['SIGINT', 130],
      ] as const) {
        press(`sh -c 'echo $$ > ../pid; exec "$0" "$1"' '${process.execPath}' "$GSESS"`, 'Enter');
        await shows(/\? keys · →/);
        process.kill(Number(readFileSync(join(user.directory, 'pid'), 'utf8')), signal);
        await shows(PROMPT);
        press('echo left=$?; stty -a | tr " ;" "\\n\\n" | grep -cx echo', 'Enter');
        await shows(new RegExp(`left=${status}\\n1\\n`));
      }
    });
  });
});

browsing.run();
