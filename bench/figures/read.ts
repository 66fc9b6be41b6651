// Reads the whole transcript of a long session back, against `git cat-file --batch` of the same blobs: each object loose, and after
// `gsess gc`. Both begin with a store that is not open yet.

import { spawnSync } from 'node:child_process';
import type { ObjectId } from '../../src/git/object-id.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { sessionIdOf } from '../../src/session/session-id.ts';
import { storedSegments } from '../../src/session/stored-segments.ts';
import { readStored, storedPath } from '../../src/session/stored-transcript.ts';
import { makeLoose } from '../../test/support/loose-store.ts';
import { newBenchUser } from '../bench-user.ts';
import { collectStore, copyOfStore } from '../copied-store.ts';
import { interleave } from '../interleave.ts';
import { builtSession, NATIVE_ID } from '../long-session.ts';
import { reportFigure } from '../report.ts';
import { ratioRow } from '../row.ts';
import { bareEnvironment } from '../shadow-git.ts';

const { surroundings } = newBenchUser('read');
const PLACE = storedPath(NATIVE_ID);
const OUTPUT_BYTES_MAX = 1 << 30;

function open(store: string): { repository: Repository; transcripts: ObjectId | undefined } {
  const repository = openRepository(store, surroundings);
  const { objects, refs } = repository;
  const tip = refs.read(`refs/heads/${sessionIdOf('claude', NATIVE_ID)}`);
  if (tip === undefined) throw new Error('no session');
  const entries = objects.readTree(objects.readCommit(tip).tree);
  const transcripts = entries.find(({ name }) => name === 'transcript')?.id;
  return { repository, transcripts };
}

function readBack(store: string): number {
  const { repository, transcripts } = open(store);
  const place = { transcripts, path: PLACE };
  const { length } = Buffer.concat([...readStored(repository.objects, place)]);
  repository.objects.close();
  return length;
}

function catFile(store: string, input: string): number {
  const { status, stdout } = spawnSync('git', ['cat-file', '--batch'], {
    cwd: store,
    input,
    env: bareEnvironment(),
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  if (status !== 0) throw new Error('git cat-file failed');
  return stdout.length;
}

async function measure(store: string) {
  const { repository, transcripts } = open(store);
  const segments = storedSegments(repository.objects, transcripts, PLACE);
  repository.objects.close();
  const input = `${segments.join('\n')}\n`;
  return interleave({
    gsess: { run: () => void readBack(store) },
    git: { run: () => void catFile(store, input) },
  });
}

await reportFigure('read', async (give) => {
  for (const pace of ['turn', 'event'] as const) {
    const built = await builtSession(pace);
    const what = pace === 'turn' ? '500 segments' : '10,000 segments';
    const packed = copyOfStore(built.store);
    collectStore(packed);
    const loose = copyOfStore(built.store);
    makeLoose(loose);
    for (const [state, store, reach] of [
      ['loose', loose, 0.6],
      ['packed', packed, 1],
    ] as const) {
      const { gsess, git } = await measure(store);
      const row = { figure: 'read', what: `${what}, ${state}`, unit: 'ms' } as const;
      give(ratioRow({ ...row, gsess: gsess.median, peer: git.median }, reach));
    }
  }
});
