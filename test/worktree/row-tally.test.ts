import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ABSENT,
  COLLIDING,
  codeOfReason,
  DIRECTORY,
  EXECUTABLE,
  FILE,
  LINK,
  ODD,
  SETTLED,
  UNSTEADY,
} from '../../src/worktree/entry-code.ts';
import { RowTally } from '../../src/worktree/row-tally.ts';
import { StatRows } from '../../src/worktree/stat-rows.ts';
import { seededRandom } from '../support/seeded-random.ts';

const test = suite('row tally');

const CODES = [FILE, EXECUTABLE, LINK, DIRECTORY, ABSENT, codeOfReason('ignored')];
const FLAGS = [0, SETTLED, ODD, SETTLED | ODD, UNSTEADY, SETTLED | COLLIDING];

test('knows after any writes what a pass over all rows would find', () => {
  const random = seededRandom(7);
  const [rows, others] = [new StatRows(), new StatRows()];
  others.reserve(1);
  rows.reserve(3);
  assert.is(rows.tally.files, 3);
  for (let step = 0; step < 2000; step += 1) {
    const row = random.below(rows.length);
    const stat = { mtimeMs: 1, ctimeMs: 1, ino: 1, size: random.below(100) };
    const write = random.below(4);
    if (write === 0 && rows.length < 100) rows.reserve(1 + random.below(3));
    else if (write === 1) rows.setStat(row, stat);
    else if (write === 2) rows.setCode(row, random.pick(CODES), random.pick(FLAGS));
    else {
      others.setStat(0, stat);
      others.setCode(0, random.pick(CODES), random.pick(FLAGS));
      rows.copySeen(row, others, 0);
    }
    assert.equal(inOrder(rows.tally), inOrder(new RowTally(rows.columns, rows.length)));
  }
});

test('knows rows that were read from a file', () => {
  const [rows, written] = [new StatRows(), new StatRows()];
  written.reserve(1);
  written.setStat(0, { mtimeMs: 1, ctimeMs: 1, ino: 1, size: 42 });
  written.setCode(0, FILE, SETTLED);
  const bytes = Buffer.alloc(200);
  written.encodeRow(0, bytes, 0);
  rows.reserve(1);
  assert.is(rows.tally.bytes, 0);
  rows.decodeRow(0, bytes, 0);
  assert.is(rows.tally.bytes, 42);
});

function inOrder({ files, bytes, unsettled, notable }: RowTally) {
  const sorted = (set: ReadonlySet<number>) => [...set].sort((a, b) => a - b);
  return { files, bytes, unsettled: sorted(unsettled), notable: sorted(notable) };
}

test.run();
