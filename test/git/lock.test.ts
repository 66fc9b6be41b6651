import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { type LockOptions, withLock } from '../../src/git/lock.ts';
import { type Owner, ownerToken } from '../../src/git/owner-file.ts';
import { runChildren, startChild } from '../support/child-process.ts';
import { processes } from '../support/process-table.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const lockTest = suite('lock');
const childModule = new URL('./lock-child.js', import.meta.url);
const options: LockOptions = { processes, verb: 'save', waitMs: 5_000, now: () => Date.now() };
const { self } = processes;

function leaveOwnerFile(lock: string, owner: Partial<Owner>, content = ''): string {
  const { pid, start, host, boot } = { ...self, ...owner };
  mkdirSync(lock, { recursive: true });
  const path = join(lock, `${pid}.${start}.${host}.${boot}.00112233445566ff`);
  writeFileSync(path, content);
  return path;
}

async function refusal(lock: string, changes: Partial<LockOptions> = {}): Promise<GsessError> {
  try {
    await withLock(lock, { ...options, waitMs: 30, ...changes }, () => undefined);
  } catch (error) {
    assert.instance(error, GsessError);
    return error as GsessError;
  }
  throw new Error('the lock was given');
}

lockTest('gives back what the function returns and leaves nothing behind', () =>
  withTemporaryDirectory(async (directory) => {
    const lock = join(directory, 'locks', 'refs');
    assert.is(await withLock(lock, options, () => 7), 7);
    assert.is(await withLock(lock, options, async () => 8), 8);
    assert.equal(readdirSync(lock), []);
  }),
);

lockTest('is not waited for any longer once the signal says so', () =>
  withTemporaryDirectory(async (directory) => {
    const over = new AbortController();
    const mine = withLock(directory, options, async () => {
      const other = withLock(directory, { ...options, signal: over.signal }, () => 'taken');
      over.abort(new Error('enough'));
      return await other.catch(({ message }: Error) => message);
    });
    assert.is(await mine, 'enough');
  }),
);

lockTest('is released when the function throws', () =>
  withTemporaryDirectory(async (directory) => {
    const failing = withLock(directory, options, () => {
      throw new Error('no luck');
    });
    await failing.then(assert.unreachable, (error: Error) => assert.is(error.message, 'no luck'));
    assert.is(await withLock(directory, options, () => 'free'), 'free');
  }),
);

lockTest('excludes callers of the same process', () =>
  withTemporaryDirectory(async (directory) => {
    let inside = 0;
    let most = 0;
    const one = () =>
      withLock(directory, options, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 6 }, one));
    assert.is(most, 1);
  }),
);

lockTest('is not held by one who meets another at the second look', () =>
  withTemporaryDirectory(async (directory) => {
    // The clock is asked for the own file, so the other one comes after the first look.
    const now = () => {
      leaveOwnerFile(directory, {});
      return Date.now();
    };
    assert.is((await refusal(directory, { now })).code, 'locked');
  }),
);

lockTest('eight processes that count under the lock end exact', () =>
  withTemporaryDirectory(async (directory) => {
    const counter = join(directory, 'counter');
    const lock = join(directory, 'lock');
    writeFileSync(counter, '0');
    await runChildren(
      childModule,
      Array.from({ length: 8 }, () => ['count', lock, counter, '40']),
    );
    assert.is(readFileSync(counter, 'utf8'), '320');
    assert.equal(readdirSync(lock), []);
  }),
);

lockTest('CC-07: a killed holder delays nobody', () =>
  withTemporaryDirectory(async (directory) => {
    const child = startChild(childModule, ['hold', directory]);
    await child.printed('held');
    assert.is((await refusal(directory)).data['pid'], child.pid);
    child.kill();
    const startedAt = performance.now();
    await withLock(directory, options, () => undefined);
    assert.ok(performance.now() - startedAt < 1_000);
    assert.equal(readdirSync(directory), []);
    await child.outcome;
  }),
);

for (const verbs of ['', 'verbs']) {
  const how = verbs === '' ? '' : ', whose file is a link,';
  lockTest(`a holder${how} killed at any step delays nobody`, () =>
    withTemporaryDirectory(async (directory) => {
      for (let call = 1; call <= 40; call += 1) {
        const lock = join(directory, 'parent', `lock-${call}`);
        const args = ['die', lock, `${call}`, verbs && join(directory, verbs)];
        const { signal, code } = await startChild(childModule, args).outcome;
        await withLock(lock, { ...options, waitMs: 0 }, () => undefined);
        assert.equal(readdirSync(lock), []);
        if (signal === null) {
          assert.is(code, 0);
          assert.ok(call > 3);
          return;
        }
      }
      assert.unreachable('never got to its end');
    }),
  );
}

lockTest('an owner file is another name of the one that is kept for its verb', () =>
  withTemporaryDirectory(async (directory) => {
    const [lock, verbs] = [join(directory, 'lock'), join(directory, 'verbs')];
    const linked = { ...options, verbs };
    await withLock(lock, linked, () => undefined);
    const kept = lstatSync(join(verbs, 'save')).ino;
    const since = Date.now() - 5_000;
    await withLock(lock, { ...linked, now: () => since }, async () => {
      const [name = ''] = readdirSync(lock);
      assert.is(lstatSync(join(lock, name)).ino, kept);
      assert.match(
        (await refusal(lock)).message,
        `process ${self.pid} holds it for "save" since 5 s`,
      );
    });
    assert.equal([readdirSync(lock), readdirSync(verbs)], [[], ['save']]);
  }),
);

lockTest(
  'of an owner on another machine the name tells how old its file is, where that is a link',
  () =>
    withTemporaryDirectory(async (directory) => {
      const [lock, verbs] = [join(directory, 'lock'), join(directory, 'verbs')];
      const elsewhere = { ...self, host: ownerToken('elsewhere') };
      const foreign = { ...options, verbs, processes: { ...processes, self: elsewhere } };
      await withLock(lock, foreign, () => undefined);
      const age = Date.now() / 1000 - 601;
      utimesSync(join(verbs, 'save'), age, age);
      await withLock(lock, foreign, async () => {
        assert.match((await refusal(lock)).message, 'on another machine');
      });
      const longAgo = () => Date.now() - 601_000;
      await withLock(lock, { ...foreign, now: longAgo }, () =>
        withLock(lock, { ...options, waitMs: 0 }, () => undefined),
      );
    }),
);

lockTest('a lock whose file cannot be linked is taken all the same', () =>
  withTemporaryDirectory(async (directory) => {
    const verbs = join(directory, 'verbs');
    mkdirSync(join(verbs, 'save'), { recursive: true });
    const lock = join(directory, 'lock');
    await withLock(lock, { ...options, verbs }, async () => {
      assert.match((await refusal(lock)).message, 'holds it for "save"');
    });
  }),
);

lockTest('CC-08: a busy lock is waited for a bounded time, and the error names pid and verb', () =>
  withTemporaryDirectory(async (directory) => {
    const child = startChild(childModule, ['hold', directory]);
    await child.printed('held');
    const startedAt = performance.now();
    const error = await refusal(directory, { waitMs: 100, now: () => Date.now() + 5_000 });
    const waitedMs = performance.now() - startedAt;
    child.kill();
    assert.ok(waitedMs >= 100 && waitedMs < 1_000, `${waitedMs}`);
    assert.is(error.code, 'locked');
    assert.is(
      error.message,
      `cannot take the lock for "save": process ${child.pid} holds it for "hold" since 5 s`,
    );
    assert.is(error.data['pid'], child.pid);
    assert.is(error.data['verb'], 'hold');
    assert.is(error.data['lock'], directory);
    await child.outcome;
  }),
);

lockTest('a reused pid is another owner', () =>
  withTemporaryDirectory(async (directory) => {
    leaveOwnerFile(directory, { start: '1' });
    await withLock(directory, { ...options, waitMs: 0 }, () => undefined);
    assert.equal(readdirSync(directory), []);
  }),
);

lockTest('an owner from before the last boot is gone', () =>
  withTemporaryDirectory(async (directory) => {
    leaveOwnerFile(directory, { boot: ownerToken('an earlier boot') });
    await withLock(directory, { ...options, waitMs: 0 }, () => undefined);
    assert.equal(readdirSync(directory), []);
  }),
);

lockTest('an owner on another machine holds the lock until its file is ten minutes old', () =>
  withTemporaryDirectory(async (directory) => {
    const path = leaveOwnerFile(directory, { host: ownerToken('elsewhere') });
    assert.match((await refusal(directory)).message, 'on another machine');
    const age = Date.now() / 1000 - 601;
    utimesSync(path, age, age);
    await withLock(directory, { ...options, waitMs: 0 }, () => undefined);
    assert.equal(readdirSync(directory), []);
  }),
);

lockTest('an owner file without content, or with garbage, still names its process', () =>
  withTemporaryDirectory(async (directory) => {
    for (const content of ['', 'null', '{"verb":3}', '{"verb":']) {
      leaveOwnerFile(directory, {}, content);
      const { message } = await refusal(directory);
      assert.is(message, `cannot take the lock for "save": process ${self.pid} holds it`);
    }
  }),
);

lockTest('files that are not ours in the lock directory are left alone', () =>
  withTemporaryDirectory(async (directory) => {
    writeFileSync(join(directory, '.DS_Store'), 'x');
    await withLock(directory, { ...options, waitMs: 0 }, () => undefined);
    assert.equal(readdirSync(directory), ['.DS_Store']);
  }),
);

lockTest('a lock that cannot be made says so and does not wait', () =>
  withTemporaryDirectory(async (directory) => {
    writeFileSync(join(directory, 'file'), '');
    await withLock(join(directory, 'file', 'lock'), options, () => undefined).then(
      () => assert.unreachable(),
      (error: NodeJS.ErrnoException) => assert.is(error.code, 'ENOTDIR'),
    );
  }),
);

lockTest.run();
