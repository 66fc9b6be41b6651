// What the tests of the refs run in processes of their own, on a bare repository STORE that holds the empty tree.
//
//     increment STORE TIMES LABEL     TIMES commits on refs/heads/shared, each by compare-and-swap, tried until it succeeds
//     stock STORE TIMES               the same through stock git, packing all refs after each
//     churn STORE TIMES               makes and deletes refs/heads/churn/…, TIMES times
//     watch STORE                     says "watching", then reads without pause; exits 1 if a ref ever vanishes
//     move STORE FIRST SECOND         the two-ref update of the crash tests, stopped before its Nth change of the file system, on a
//                                     copy STORE-N of the store, for all N; prints the last N, which is the whole update
//     delete STORE SECOND             the deleting update of the crash tests, likewise

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { GsessError } from '../../src/errors.ts';
import { EMPTY_TREE, hashObject, type ObjectId, parseObjectId } from '../../src/git/object-id.ts';
import type { RefEdit } from '../../src/git/ref-store.ts';
import { openRefs } from '../support/bare-store.ts';
import { gitOutcome, gitText } from '../support/git-oracle.ts';
import { stopAtCall } from '../support/kill-at-call.ts';

const SHARED = 'refs/heads/shared';
const [verb = '', store = '', third = '', fourth = ''] = process.argv.slice(2);
const refs = openRefs(store, 30_000);

function writeCommit(parent: ObjectId, message: string): ObjectId {
  const who = 'A <a@example.com> 1700000000 +0000';
  const content = Buffer.from(
    `tree ${EMPTY_TREE}\nparent ${parent}\nauthor ${who}\ncommitter ${who}\n\n${message}\n`,
  );
  const id = hashObject('commit', content);
  const path = join(store, 'objects', id.slice(0, 2), id.slice(2));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    deflateSync(Buffer.concat([Buffer.from(`commit ${content.length}\0`), content])),
  );
  return id;
}

async function increment(message: string): Promise<void> {
  for (;;) {
    const old = refs.read(SHARED);
    if (old === undefined) throw new Error('the ref vanished');
    try {
      const value = writeCommit(old, message);
      await refs.update([{ name: SHARED, value, expect: old }], 'test');
      return;
    } catch (error) {
      if (!(error instanceof GsessError && error.code === 'ref-moved')) throw error;
    }
  }
}

function incrementByStockGit(message: string): void {
  for (;;) {
    const old = gitText(store, ['rev-parse', SHARED]);
    const value = gitText(store, ['commit-tree', EMPTY_TREE, '-p', old, '-m', message]);
    if (gitOutcome(store, ['update-ref', SHARED, value, old]).status === 0) return;
  }
}

async function churn(time: number): Promise<void> {
  const value = refs.read(SHARED) ?? null;
  const names = [`refs/heads/churn/${time}/a`, `refs/heads/churn/${time}/b`];
  await refs.update(
    names.map((name) => ({ name, value, expect: 'absent' as const })),
    'test',
  );
  await new Promise((resolve) => setTimeout(resolve, (time % 4) * 5));
  await refs.update(
    names.map((name) => ({ name, value: null, expect: value as ObjectId })),
    'test',
  );
}

async function sweep(edits: readonly RefEdit[]): Promise<void> {
  for (let call = 1; ; call += 1) {
    const copy = `${store}-${call}`;
    cpSync(store, copy, { recursive: true });
    const update = () => openRefs(copy, 0).update(edits, 'test');
    if (await stopAtCall(call, update)) {
      process.stdout.write(`${call}`);
      return;
    }
  }
}

if (verb === 'increment') {
  for (let time = 0; time < Number(third); time += 1) await increment(`${fourth} ${time}`);
} else if (verb === 'stock') {
  for (let time = 0; time < Number(third); time += 1) {
    incrementByStockGit(`stock ${time}`);
    gitOutcome(store, ['pack-refs', '--all', '--prune']);
  }
} else if (verb === 'churn') {
  for (let time = 0; time < Number(third); time += 1) await churn(time);
} else if (verb === 'watch') {
  process.stdout.write('watching\n');
  process.once('SIGTERM', () => process.exit(0));
  for (let reads = 0; ; reads += 1) {
    if (refs.read(SHARED) === undefined) throw new Error(`vanished at read ${reads}`);
    const names = refs.list('refs/heads/').map(({ name }) => name);
    if (!names.includes(SHARED)) throw new Error(`missing in list ${reads}`);
    if (reads % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
} else if (verb === 'move') {
  const first = parseObjectId(third);
  const second = parseObjectId(fourth);
  await sweep([
    { name: 'refs/gsess/ops/new', value: second, expect: 'absent' },
    { name: SHARED, value: second, expect: first },
  ]);
} else if (verb === 'delete') {
  const second = parseObjectId(third);
  await sweep([
    { name: 'refs/gsess/trash/new', value: second, expect: 'absent' },
    { name: SHARED, value: null, expect: 'any' },
    { name: 'refs/heads/packed', value: null, expect: 'any' },
  ]);
}
