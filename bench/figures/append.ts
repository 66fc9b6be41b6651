// What one more checkpoint of a long session costs, beside one of a short one and beside writing the transcript whole each time.

import { appendFileSync, copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeCommit } from '../../src/git/commit.ts';
import { ObjectBatch } from '../../src/git/object-batch.ts';
import { rawName } from '../../src/git/raw-path.ts';
import { createRepository } from '../../src/git/repository.ts';
import { encodeTree } from '../../src/git/tree.ts';
import { newBenchUser } from '../bench-user.ts';
import { type Contestant, interleave, median } from '../interleave.ts';
import { buildSession, type Pace, piecesOf } from '../long-session.ts';
import { reportFigure } from '../report.ts';
import { ratioRow } from '../row.ts';

/** Writes a copy of a transcript as one blob in a commit, with the same care. It grows too: what is there already is not written again. */
function wholeWriter(pace: Pace, transcript: string): Contestant {
  const { surroundings, data, home } = newBenchUser('whole');
  const path = join(home, 'transcript.jsonl');
  copyFileSync(transcript, path);
  const more = piecesOf(pace, Number.POSITIVE_INFINITY);
  const repository = createRepository(`${data}/whole.git`, { ...surroundings, config: {} });
  const name = rawName('transcript.jsonl');
  const who = { name: 'a', email: 'a@b', at: Date.now(), offsetMinutes: 0 };
  const write = async () => {
    const batch = new ObjectBatch(repository.objects, surroundings);
    const id = batch.put('blob', readFileSync(path));
    const tree = batch.put('tree', encodeTree([{ mode: '100644', name, id }]));
    const made = { tree, parents: [], author: who, committer: who, message: 'whole\n' };
    const value = batch.put('commit', encodeCommit(made));
    batch.flush();
    await repository.refs.update([{ name: 'refs/heads/main', value, expect: 'any' }], 'bench');
    batch.settle();
  };
  return { prepare: () => appendFileSync(path, more.next().value ?? ''), run: write };
}

await reportFigure('append', async (give) => {
  for (const pace of ['turn', 'event'] as const) {
    const figure = 'append';
    const unit = 'ms';
    const { milliseconds, session, more } = await buildSession(pace);
    const tenth = milliseconds.length / 10;
    const [first, last] = [milliseconds.slice(0, tenth), milliseconds.slice(-tenth)].map(median);
    if (first === undefined || last === undefined) throw new Error('nothing was captured');
    const what = `a checkpoint an ${pace}`.replace('an t', 'a t');
    const tenths = `${what}: last tenth, first tenth`;
    give(ratioRow({ figure, what: tenths, unit, gsess: last, peer: first }, 1));
    const { gsess, whole } = await interleave({
      gsess: { run: () => session.take(more.next().value ?? '') },
      whole: wholeWriter(pace, session.transcript),
    });
    const end = { figure, what: `${what}: whole file anew`, unit, peer: whole.median } as const;
    give(ratioRow({ ...end, gsess: gsess.median }, 0.05));
  }
});
