import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claude } from '../../src/agents/claude/claude.ts';
import { sideFilesOf } from '../../src/agents/claude/locate.ts';
import { GsessError } from '../../src/errors.ts';
import { rawName } from '../../src/git/raw-path.ts';
import { encodeTree } from '../../src/git/tree.ts';
import { catchUp } from '../../src/session/catch-up.ts';
import { readConversationAt } from '../../src/session/read-conversation.ts';
import { retryMoved } from '../../src/session/retry-moved.ts';
import { skippedOf } from '../../src/session/skipped-files.ts';
import { assertStoreIsSound, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const catching = suite('catching up');

catching('takes in what the agent wrote after the last event, once', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.prompt('x');
    await driver.turn('y');
    const { store, session } = driver;
    const before = store.summary(session)!;
    assert.equal(await catchUp(store, session, sideFilesOf), []);
    const [tip, ...rest] = driver.log();
    assert.is(rest[0]?.id, before.tip);
    assert.is(tip?.kind, 'manual');
    assert.is(tip?.transcriptBytes, readFileSync(driver.transcriptPath).length);
    assert.is(store.summary(session)?.updatedAt, before.updatedAt, 'a look is no activity');
    await catchUp(store, session, sideFilesOf);
    assert.is(driver.log().length, 3);
    assertStoreIsSound(store);
  }),
);

catching('says what became of a file that was rewritten or removed', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.prompt('x');
    await driver.turn('y');
    const { store, session, transcriptPath } = driver;
    writeFileSync(transcriptPath, '{"type":"user"}\n');
    assert.match((await catchUp(store, session, sideFilesOf))[0] ?? '', /was rewritten/);
    rmSync(transcriptPath);
    assert.match((await catchUp(store, session, sideFilesOf))[0] ?? '', /is gone/);
  }),
);

catching('goes on when the session moved under it', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.prompt('x');
    const { store, session } = driver;
    const both = [catchUp(store, session, sideFilesOf), driver.turn('y')];
    await Promise.all(both);
    assertStoreIsSound(store);
    assert.ok(driver.log().some(({ kind }) => kind === 'turn'));
  }),
);

catching('tries again while the branch moves, and passes on every other failure', async () => {
  let attempts = 0;
  const value = await retryMoved(() => {
    attempts += 1;
    if (attempts < 3) throw new GsessError('ref-moved', 'moved');
    return Promise.resolve('done');
  });
  assert.equal([value, attempts], ['done', 3]);
  const failing = (code: 'ref-moved' | 'locked') =>
    retryMoved(() => Promise.reject(new GsessError(code, code))).catch((error) => error.code);
  assert.is(await failing('locked'), 'locked');
  assert.is(await failing('ref-moved'), 'ref-moved');
});

const reading = suite('reading a conversation');

reading('ends at the moment, though the agent began to write only afterwards', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.prompt('first');
    const prompt = driver.log()[0]!;
    await driver.turn('one');
    const whole = readFileSync(driver.transcriptPath);
    await driver.prompt('second');
    const [tip, turn] = driver.log();
    const at = (checkpoint: typeof prompt) =>
      readConversationAt(driver.store, { checkpoint, tip: tip! }, () => claude.format.read);
    assert.is(at(prompt).length, 0);
    assert.ok(at(turn!).equals(whole));
    assert.ok(at(tip!).equals(whole));
  }),
);

reading('says that nothing was said where nothing was', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.prompt('first');
    const [tip] = driver.log();
    assert.throws(
      () =>
        readConversationAt(driver.store, { checkpoint: tip!, tip: tip! }, () => claude.format.read),
      /holds no conversation/,
    );
  }),
);

const skipping = suite('what was left out');

skipping('is counted, and what is not understood is passed over', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    driver.write('.env', 'S=1');
    await driver.prompt('x');
    const { store } = driver;
    const [tip] = driver.log();
    const list = (value: string) => {
      const batch = store.batch();
      const id = batch.put('blob', Buffer.from(value));
      const entry = { mode: '100644', name: rawName('skipped.json'), id } as const;
      const tree = batch.put('tree', encodeTree([entry]));
      batch.flush();
      return skippedOf(store, { tree });
    };
    assert.equal(skippedOf(store, tip!).reasons, { secret: 1 });
    assert.equal(list('no JSON'), { reasons: {}, listed: [], more: 0 });
    assert.equal(list('{}'), { reasons: {}, listed: [], more: 0 });
    const two = [
      { path: { base64: '/w==' }, reason: 'ignored' },
      { path: 'b', reason: 'ignored' },
    ];
    assert.equal(list(JSON.stringify([...two, { path: 7 }, null, { more: 5 }])), {
      reasons: { ignored: 2 },
      listed: two,
      more: 5,
    });
  }),
);

catching.run();
reading.run();
skipping.run();
