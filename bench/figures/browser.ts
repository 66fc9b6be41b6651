// The browser: how long it takes to the first screen, to the first key that is answered, and from a key to its paint, with 10, 1,000 and
// 10,000 sessions. The first screen is held to Node that does nothing; ink is loaded after it.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from '../../src/session/open-store.ts';
import { addSessions } from '../../test/support/many-sessions.ts';
import { type BenchUser, newBenchUser } from '../bench-user.ts';
import { median } from '../interleave.ts';
import { waitUntilQuiet } from '../machine.ts';
import { reportFigure } from '../report.ts';
import { ratioRow, valueRow } from '../row.ts';
import { timeBrowser } from '../timed-browser.ts';
import { timeBareNode } from '../timed-process.ts';

const COUNTS = [10, 1000, 10_000];
const ROUNDS = 7;
const REST_MS = 150;
const [UP, DOWN, PAGE_DOWN, HOME, END, ERASE] = [
  '\u001b[A',
  '\u001b[B',
  '\u001b[6~',
  '\u001b[H',
  '\u001b[F',
  '\u007f',
] as const;
/** Each changes what is on the screen, however few sessions there are. */
const KEYS = [
  ...[DOWN, DOWN, UP, END, HOME, PAGE_DOWN, UP],
  ...['t', 'h', 'i', 'n', ERASE, ERASE, ERASE, ERASE],
];
/** Nobody presses a key sooner. */
const READY_MS_MAX = 300;
const KEY_MS_MAX = { median: 16, slowest: 50 };

await reportFigure('browser', async (give) => {
  for (const count of COUNTS) {
    const user = newBenchUser(`browser-${count}`);
    const cwd = await projectWith(user, count);
    const { bare, times } = await measure(user, cwd, count);
    const what = `with ${count.toLocaleString('en')} sessions`;
    const row = { figure: 'browser', unit: 'ms' as const };
    const first = median(times.map((one) => one.first));
    const ready = median(times.map((one) => one.ready));
    const keys = times.flatMap((one) => one.keys).sort((a, b) => a - b);
    give(
      ratioRow({ ...row, what: `first screen ${what}, bare node`, gsess: first, peer: bare }, 3),
    );
    give(valueRow({ ...row, what: `first key answered ${what}`, gsess: ready }, READY_MS_MAX));
    const slow = keys[Math.floor(keys.length * 0.95)] ?? Number.NaN;
    give(
      valueRow(
        { ...row, what: `key to paint ${what}, median`, gsess: median(keys) },
        KEY_MS_MAX.median,
      ),
    );
    give(valueRow({ ...row, what: `the same, 95th percentile`, gsess: slow }, KEY_MS_MAX.slowest));
  }
});

async function projectWith({ home, surroundings }: BenchUser, count: number): Promise<string> {
  const project = join(home, 'project');
  mkdirSync(project);
  const store = await openStore(project, surroundings);
  addSessions(store, count);
  // What lists remember is written once nothing moves any more.
  await pause(REST_MS);
  store.sessions();
  return project;
}

async function measure({ environment: env }: BenchUser, cwd: string, count: number) {
  const sign = `number ${count - 1}`;
  const bares: number[] = [];
  const times = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    if (!(await waitUntilQuiet())) console.error('This machine is busy: the figures will be off.');
    const bare = timeBareNode({ cwd, env });
    const one = timeBrowser({ cwd, env, keys: KEYS, sign });
    if (round === 0) continue;
    bares.push(bare);
    times.push(one);
  }
  return { bare: median(bares), times };
}
