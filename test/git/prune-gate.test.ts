import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { PruneGate } from '../../src/git/prune-gate.ts';
import { runChildren, startChild } from '../support/child-process.ts';
import { processes } from '../support/process-table.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const gateTest = suite('prune gate');
const childModule = new URL('./prune-gate-child.js', import.meta.url);

function gateOf(store: string, waitMs = 5_000): PruneGate {
  return new PruneGate(store, { processes, now: () => Date.now(), waitMs });
}

function ownersIn(store: string): string[] {
  const gate = join(store, 'gsess', 'locks', 'prune');
  return ['asking', 'writers', 'pruning'].flatMap((name) =>
    existsSync(join(gate, name)) ? readdirSync(join(gate, name)) : [],
  );
}

async function refusalOf(attempt: Promise<unknown>): Promise<GsessError> {
  try {
    await attempt;
  } catch (error) {
    assert.instance(error, GsessError);
    return error as GsessError;
  }
  throw new Error('it was let in');
}

gateTest('lets any number write at once, one within another too, and leaves nothing behind', () =>
  withTemporaryDirectory(async (store) => {
    const gate = gateOf(store);
    const results = await Promise.all(
      [1, 2, 3].map((number) =>
        gate.withWriting('tag', () => gate.withWriting('turn', async () => number)),
      ),
    );
    assert.equal(results, [1, 2, 3]);
    assert.is(await gate.withPruning('gc', () => 4), 4);
    assert.equal(ownersIn(store), []);
  }),
);

gateTest('CC-05: nothing is removed while somebody writes, and the other way round', () =>
  withTemporaryDirectory(async (store) => {
    const object = join(store, 'object');
    const pruner = startChild(childModule, ['prune', store, object]);
    await runChildren(
      childModule,
      Array.from({ length: 3 }, () => ['write', store, object, '25']),
    );
    await pruner.printed('slice 3\n');
    pruner.kill();
    await pruner.outcome;
    await gateOf(store).withWriting('tag', () => undefined);
    await gateOf(store).withPruning('gc', () => undefined);
    assert.equal(ownersIn(store), []);
  }),
);

gateTest('a slice says when it is over', () =>
  withTemporaryDirectory(async (store) => {
    await gateOf(store).withPruning('gc', async (isOver) => {
      assert.is(isOver(), false);
      await pause(101);
      assert.is(isOver(), true);
    });
  }),
);

gateTest('writers hold back a moment for one who asks, and no longer', () =>
  withTemporaryDirectory(async (store) => {
    const long = startChild(childModule, ['hold', 'write', store]);
    await long.printed('held');
    let isAsking = true;
    const asking = gateOf(store, 30_000).withPruning('gc', () => {
      isAsking = false;
    });
    const waits: number[] = [];
    for (let tries = 0; tries < 200 && Math.max(0, ...waits) < 20; tries += 1) {
      await pause(10);
      const startedAt = performance.now();
      await gateOf(store).withWriting('prompt', () => undefined);
      waits.push(performance.now() - startedAt);
    }
    const longest = Math.max(...waits);
    assert.ok(longest >= 20 && longest < 3_000, `${longest}`);
    assert.is(isAsking, true);
    long.kill();
    await asking;
    await long.outcome;
  }),
);

for (const side of ['write', 'prune']) {
  gateTest(`one killed in the midst of a ${side} delays nobody`, () =>
    withTemporaryDirectory(async (store) => {
      const child = startChild(childModule, ['hold', side, store]);
      await child.printed('held');
      child.kill();
      await child.outcome;
      const startedAt = performance.now();
      await gateOf(store).withWriting('prompt', () => undefined);
      await gateOf(store).withPruning('gc', () => undefined);
      assert.ok(performance.now() - startedAt < 4_000);
      assert.equal(ownersIn(store), []);
    }),
  );

  gateTest(`one killed at any step of a ${side} delays nobody`, () =>
    withTemporaryDirectory(async (store) => {
      for (let call = 1; call <= 30; call += 1) {
        const { signal } = await startChild(childModule, ['die', side, store, `${call}`]).outcome;
        await gateOf(store, 0).withWriting('prompt', () => undefined);
        await gateOf(store, 0).withPruning('gc', () => undefined);
        assert.equal(ownersIn(store), []);
        if (signal === null) return;
      }
      assert.unreachable('never got to its end');
    }),
  );
}

gateTest('a writer waits a bounded time for one who removes, and is told who it is', () =>
  withTemporaryDirectory(async (store) => {
    const child = startChild(childModule, ['hold', 'prune', store]);
    await child.printed('held');
    const error = await refusalOf(gateOf(store, 50).withWriting('prompt', () => undefined));
    child.kill();
    assert.is(error.code, 'locked');
    assert.is(
      error.message,
      `cannot take the lock for "prompt": process ${child.pid} holds it for "gc"`,
    );
    await child.outcome;
    assert.equal(ownersIn(store).length, 1);
  }),
);

gateTest('one who wants to remove waits a bounded time for writers, and is told who it is', () =>
  withTemporaryDirectory(async (store) => {
    const child = startChild(childModule, ['hold', 'write', store]);
    await child.printed('held');
    const error = await refusalOf(gateOf(store, 50).withPruning('gc', () => undefined));
    child.kill();
    assert.is(error.code, 'locked');
    assert.is(
      error.message,
      `cannot take the lock for "gc": process ${child.pid} holds it for "prompt"`,
    );
    await child.outcome;
  }),
);

gateTest('what fails inside leaves nothing behind', () =>
  withTemporaryDirectory(async (store) => {
    const fail = () => {
      throw new Error('no luck');
    };
    for (const attempt of [
      () => gateOf(store).withWriting('prompt', fail),
      () => gateOf(store).withPruning('gc', fail),
    ]) {
      await attempt().then(assert.unreachable, (error: Error) =>
        assert.is(error.message, 'no luck'),
      );
    }
    assert.equal(ownersIn(store), []);
  }),
);

gateTest.run();
