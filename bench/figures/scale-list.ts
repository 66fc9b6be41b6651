// What the list of all sessions costs as their number grows, none having moved since the last list.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../src/session/open-store.ts';
import { openStoreOf } from '../../src/session/store.ts';
import { addSessions } from '../../test/support/many-sessions.ts';
import { newBenchUser } from '../bench-user.ts';
import { interleave } from '../interleave.ts';
import { reportFigure } from '../report.ts';
import { valueRow } from '../row.ts';

/** `first` is read from commits; what is remembered begins at a hundred. */
const SIZES = { first: 100, second: 1000, third: 10_000 } as const;

await reportFigure('scale-list', async (give) => {
  const first = await lister(SIZES.first);
  const second = await lister(SIZES.second);
  const third = await lister(SIZES.third);
  const took = await interleave({
    first: { run: first },
    second: { run: second },
    third: { run: third },
  });
  const figure = 'scale';
  const each = (more: keyof typeof SIZES, fewer: keyof typeof SIZES) =>
    (took[more].median - took[fewer].median) / (SIZES[more] - SIZES[fewer]);
  const row = (what: string, gsess: number) =>
    give(valueRow({ figure, what, unit: 'ms', gsess }, 0.01));
  row('each more session in the list, 100 to 1,000', each('second', 'first'));
  row('each more session in the list, 1,000 to 10,000', each('third', 'second'));
});

async function lister(count: number): Promise<() => void> {
  const user = newBenchUser(`list-${count}`);
  const project = join(user.home, 'project');
  mkdirSync(project);
  const store = await openStore(project, user.surroundings);
  addSessions(store, count);
  return () => {
    const listed = openStoreOf(store.project, user.surroundings)?.sessions().length;
    if (listed !== count) throw new Error(`${listed} of ${count} sessions were listed`);
  };
}
