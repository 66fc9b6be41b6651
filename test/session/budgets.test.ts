// The limits of one snapshot: what goes over one costs the files of that checkpoint, never the conversation, is told once, and is not
// paid for again at every event.

import { mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { takeBaseSnapshot } from '../../src/session/base-snapshot.ts';
import { type CaptureEvent, capture } from '../../src/session/capture.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/session/limits.ts';
import { skippedOf } from '../../src/session/skipped-files.ts';
import { isPaused, pauseAfter, readPause } from '../../src/session/snapshot-pause.ts';
import { DEFAULT_SETTINGS, type Surroundings } from '../../src/session/surroundings.ts';
import { fileCallsOf } from '../support/file-calls.ts';
import { gitText } from '../support/git-oracle.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const MIB = 1024 * 1024;
const test = suite('limits of a snapshot');

function limited(
  limits: Partial<Limits>,
  use: (driver: SessionDriver) => Promise<void>,
  surroundings: Partial<Surroundings> = {},
): () => Promise<void> {
  const settings = { ...DEFAULT_SETTINGS, limits: { ...DEFAULT_LIMITS, ...limits } };
  return () =>
    withTemporaryDirectory(async (directory) => {
      await use(await startSession(directory, { surroundings: { settings, ...surroundings } }));
    });
}

/** Why the newest checkpoint holds no files. */
function reasonOf({ session, store }: Pick<SessionDriver, 'session' | 'store'>): string {
  const tip = store.tipOf(session);
  assert.is(tip.files, 'none');
  assert.is(gitText(store.repository.directory, ['ls-tree', `${tip.id}:files`]), '');
  return skippedOf(store, tip).listed[0]?.reason ?? '';
}

function blobsIn(driver: SessionDriver): number {
  const all = ['cat-file', '--batch-all-objects', '--batch-check=%(objecttype)'];
  const types = gitText(driver.store.repository.directory, all).split('\n');
  return types.filter((type) => type === 'blob').length;
}

function temporaryFilesOf(driver: SessionDriver): string[] {
  const names = readdirSync(driver.store.repository.directory, { recursive: true });
  return names.map(String).filter((name) => /tmp/.test(name));
}

function plant(driver: SessionDriver, files: number, content = 'x'): void {
  for (let index = 0; index < files; index += 1) {
    driver.write(`many/${index % 10}/${index}`, `${content}${index}`);
  }
}

const OVER: readonly (readonly [Partial<Limits>, RegExp])[] = [
  [{ treeFiles: 100 }, /it has more than 100 files$/],
  [{ treeBytes: MIB }, /it holds more than 1 MB$/],
  [{ growthBytes: MIB }, /more than 1 MB of it is new$/],
  [{ freeBytes: Number.MAX_SAFE_INTEGER }, /less than \d+ MB of disk space is left$/],
];

for (const [limits, reason] of OVER) {
  const [name] = Object.keys(limits);
  test(
    `leaves the files out as a whole over limits.${name}, and keeps the conversation`,
    limited(limits, async (driver) => {
      plant(driver, 150, 'y'.repeat(10_000));
      await driver.prompt('begin');
      await driver.turn('done');
      await driver.prompt('more');
      assert.match(reasonOf(driver), reason);
      const { store, session } = driver;
      const record = store.record(store.tipOf(session));
      assert.ok(record.transcripts[driver.nativeId]!.bytes > 0);
      assert.ok(blobsIn(driver) < 12, 'nothing of the files is in the store');
      assert.equal(temporaryFilesOf(driver), []);
      assertStoreIsSound(store);
    }),
  );
}

test(
  'looks at the disk again while it writes, and stops before it is full',
  limited(
    { freeBytes: 16 * MIB },
    async (driver) => {
      for (let index = 0; index < 3; index += 1) {
        driver.write(`${index}.bin`, Buffer.alloc(9 * MIB, index));
      }
      await driver.prompt('begin');
      assert.match(reasonOf(driver), /less than 17 MB of disk space is left$/);
      assert.is(readPause(driver.store, driver.project)?.limit, 'freeBytes');
      assert.equal(temporaryFilesOf(driver), []);
      assertStoreIsSound(driver.store);
    },
    { freeBytes: scarce(40 * MIB, 15 * MIB) },
  ),
);

/** A disk with so much room at the first look, and so much at every later one. */
function scarce(first: number, later: number): () => number {
  let looks = 0;
  return () => {
    looks += 1;
    return looks === 1 ? first : later;
  };
}

test(
  'takes the first snapshot of connect whatever is new in it, and ends the pause',
  limited({ growthBytes: MIB }, async (driver) => {
    plant(driver, 150, 'y'.repeat(10_000));
    await driver.prompt('begin');
    assert.match(reasonOf(driver), /of it is new$/);
    assert.is(readPause(driver.store, driver.project)?.attempts, 1);
    await takeBaseSnapshot(driver.store, driver.project);
    assert.is(readPause(driver.store, driver.project), undefined);
    await driver.prompt('again');
    assert.is(driver.log()[0]?.files, 'whole');
  }),
);

test(
  'SC-05: a file of 2 GB is looked at and never opened, listed once in a checkpoint, and not looked into the next time',
  limited({}, async (driver) => {
    driver.write('huge.bin', 'begins like any other');
    truncateSync(join(driver.project, 'huge.bin'), 2 ** 31);
    driver.write('a.txt', 'a');
    for (const text of ['begin', 'again']) {
      const calls = await fileCallsOf(() => driver.prompt(text));
      const onHuge = calls.filter(({ path }) => path.endsWith('/huge.bin'));
      assert.equal(
        onHuge.map(({ name }) => name),
        ['lstatSync'],
      );
      const [tip] = driver.log();
      assert.is(tip?.files, 'whole');
      assert.equal(skippedOf(driver.store, tip!).listed, [
        { path: 'huge.bin', reason: 'too-large', size: 2 ** 31 },
      ]);
    }
  }),
);

test(
  'SC-06: the home directory, a link to it, the disk, the temp root and what holds the store are refused, and the conversation is kept',
  limited({}, async (driver) => {
    const { home, surroundings } = driver;
    const link = join(driver.project, 'to-home');
    symlinkSync(home, link);
    writeFileSync(join(home, 'precious'), 'x');
    const { dataDirectory, temporaryDirectory } = surroundings;
    const refused: readonly (readonly [string, RegExp])[] = [
      [home, /it is the home directory or holds it/],
      [link, /it is the home directory or holds it/],
      ['/', /it is the whole file system/],
      [temporaryDirectory, /it is the directory of all temporary files/],
      [dataDirectory, /the store is in it/],
    ];
    for (const [index, [cwd, reason]] of refused.entries()) {
      const nativeId = `2222222${index}-2222-4222-8222-222222222222`;
      const event: CaptureEvent = {
        agent: 'claude',
        nativeId,
        cwd,
        kind: 'prompt',
        subject: 'begin',
        prompt: 'begin',
      };
      const report = await capture(event, surroundings);
      const tip = report.store.checkpoint(report.checkpoint!);
      assert.equal([tip.files, tip.title], ['none', 'begin']);
      assert.match(skippedOf(report.store, tip).listed[0]?.reason ?? '', reason);
      assert.match(report.warnings[0] ?? '', reason);
      assert.is(readPause(report.store, cwd), undefined, 'to refuse costs nothing');
    }
  }),
);

test(
  'SC-07: an ignored node_modules is not walked: nothing in it is asked for, and no call more is made for more of it',
  limited({}, async (driver) => {
    driver.write('.gitignore', 'node_modules/\n');
    driver.write('src/a.ts', 'a');
    const callsFor = async (packages: number) => {
      for (let index = 0; index < packages; index += 1) {
        driver.write(`node_modules/p${index}/lib/index.js`, `${index}`);
      }
      driver.write('src/a.ts', `${packages}`);
      const calls = await fileCallsOf(() => driver.prompt(`${packages}`));
      const inside = calls.filter(({ path }) => path.includes('/node_modules/'));
      assert.equal(inside, []);
      return calls.filter(({ path }) => path.startsWith(driver.project)).length;
    };
    await callsFor(1);
    const few = await callsFor(1);
    assert.is(await callsFor(600), few);
    assert.equal(skippedOf(driver.store, driver.log()[0]!).reasons, { ignored: 1 });
  }),
);

/** Time that passes only while the root is read. */
function slowWhere(isSlow: () => boolean, stepMs: number): Pick<Surroundings, 'now'> {
  let now = Date.UTC(2025, 0, 2);
  return {
    now: () => {
      if (isSlow()) now += stepMs;
      return now;
    },
  };
}

const SLOW: readonly (readonly [string, (driver: SessionDriver) => void])[] = [
  ['one huge file', (driver) => driver.write('one.bin', Buffer.alloc(24 * MIB))],
  ['one huge directory', (driver) => plant(driver, 40)],
  ['a directory of which all is left out', (driver) => leaveOut(driver)],
];

function leaveOut(driver: SessionDriver): void {
  driver.write('.gitignore', 'out/*\n');
  for (let index = 0; index < 40; index += 1) driver.write(`out/${index}`, 'x');
}

for (const [what, prepare] of SLOW) {
  let isSlow = false;
  const clock = slowWhere(() => isSlow, 1000);
  test(
    `SC-09: a snapshot that takes too long over ${what} is given up cleanly, and the conversation is kept`,
    limited(
      {},
      async (driver) => {
        prepare(driver);
        isSlow = true;
        const deadline = driver.surroundings.now() + 5000;
        await driver.event({ kind: 'prompt', subject: 'begin', prompt: 'begin', deadline });
        isSlow = false;
        assert.match(reasonOf(driver), /it could not be read in the time allowed$/);
        assert.equal(temporaryFilesOf(driver), []);
        assert.ok(blobsIn(driver) < 4, 'what was read so far is discarded');
        assert.is(readPause(driver.store, driver.project)?.limit, 'hookMs');
        assertStoreIsSound(driver.store);
      },
      clock,
    ),
  );
}

test('SC-10: each failure in a row waits twice as long as the one before, an hour at most', () => {
  const failure = { reason: 'why', limit: null };
  let pause = pauseAfter(undefined, failure, 0);
  const waits: number[] = [];
  for (let attempt = 0; attempt < 9; attempt += 1) {
    waits.push((Date.parse(pause.until) - Date.parse(pause.last)) / 60_000);
    pause = pauseAfter(pause, failure, Date.parse(pause.until));
  }
  assert.equal(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
  assert.equal([pause.attempts, pause.first], [10, '1970-01-01T00:00:00.000Z']);
  const now = Date.parse(pause.last);
  assert.ok(isPaused(pause, now) && !isPaused(pause, Date.parse(pause.until)));
  assert.not(isPaused(pause, now - 24 * 60 * 60_000), 'a clock that was set back');
});

test(
  'SC-10: a root that fails 100 times in a row is walked a few times only, tells why as often, and leaves nothing behind',
  limited({ treeFiles: 100 }, async (driver) => {
    plant(driver, 120);
    let walks = 0;
    let told = 0;
    for (let index = 0; index < 100; index += 1) {
      const calls = await fileCallsOf(async () => {
        const { nativeId, project: cwd } = driver;
        const prompt = `${index}`;
        const moment = { kind: 'prompt', subject: prompt, prompt } as const;
        const event = { agent: 'claude', nativeId, cwd, ...moment };
        told += (await capture(event, driver.surroundings)).warnings.length;
      });
      if (calls.some(({ path }) => path.includes('/many/'))) walks += 1;
    }
    assert.is(driver.log().length, 100, 'every event is kept');
    assert.ok(walks > 1 && walks <= 6, `${walks} walks`);
    assert.is(told, walks);
    assert.is(readPause(driver.store, driver.project)?.attempts, walks);
    assert.equal(temporaryFilesOf(driver), []);
    // The list of what was left out is the same each time, so it is stored once.
    const skipped = driver.log().map((at) => driver.store.entry(at, 'skipped.json')?.id);
    assert.is(new Set(skipped).size, 1);
    assertStoreIsSound(driver.store);
  }),
);

test(
  'a success, other limits, and a note that cannot be read end a pause',
  limited({ treeFiles: 100 }, async (driver) => {
    plant(driver, 120);
    await driver.prompt('too many');
    const { store, project } = driver;
    const pause = readPause(store, project)!;
    assert.equal([pause.attempts, pause.limit], [1, 'treeFiles']);
    const other = { ...DEFAULT_SETTINGS, limits: DEFAULT_LIMITS };
    const surroundings = { ...driver.surroundings, settings: other };
    const event = { agent: 'claude', nativeId: driver.nativeId, cwd: project, subject: 'x' };
    await capture({ ...event, kind: 'turn' }, surroundings);
    assert.is(driver.log()[0]?.files, 'whole');
    const paused = join(store.repository.directory, 'gsess', 'paused');
    const [note] = readdirSync(paused);
    writeFileSync(join(paused, note!), '{"until": ');
    assert.is(readPause(store, project), undefined);
    rmSync(join(driver.project, 'many'), { recursive: true });
    await driver.turn('few');
    assert.is(driver.log()[0]?.files, 'whole');
  }),
);

test(
  'a root that is gone, or no directory any more, costs no conversation',
  limited({}, async (driver) => {
    driver.write('a.txt', 'a');
    await driver.prompt('begin');
    const { store, session } = driver;
    rmSync(driver.project, { recursive: true });
    await driver.turn('gone');
    assert.match(reasonOf({ store, session }), /No such directory/);
    writeFileSync(driver.project, 'a file');
    await driver.turn('a file');
    assert.match(reasonOf({ store, session }), /it is not a directory/);
    rmSync(driver.project);
    mkdirSync(driver.project);
    await driver.turn('back');
    assert.is(driver.log()[0]?.files, 'whole');
  }),
);

test.run();
