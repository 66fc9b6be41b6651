import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { conversationThrough } from '../../src/session/conversation.ts';
import { forkSession } from '../../src/session/fork-session.ts';
import { NativeIndex } from '../../src/session/native-index.ts';
import { conversationMoves } from '../../src/session/restore-conversation.ts';
import { nativeFormOf, resumeSession } from '../../src/session/resume-session.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import {
  checkpointAt,
  claudeForm,
  readerOf,
  recordOf,
  restoreTo,
  takeBack,
  withThreeTurns,
} from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { parseLines } from '../support/transcript-fixture.ts';

const back = suite('a conversation that goes back');

/** Takes the conversation back and hands it over, as `gsess restore` and `gsess resume` do. */
async function handOver(driver: SessionDriver, called: string): Promise<string> {
  await restoreTo(driver, called, { files: false });
  const { nativeId } = await resumeSession(driver.store, driver.session, claudeForm(driver.home));
  return nativeId;
}

/** The agent, talking under another native id in the same project. */
function under(driver: SessionDriver, directory: string, nativeId: string): Promise<SessionDriver> {
  return startSession(directory, { nativeId, surroundings: { now: driver.surroundings.now } });
}

back(
  'UE-15: is written under a new native id, cut where the turn ended, the own file untouched',
  () =>
    withThreeTurns(async (driver) => {
      const own = readFileSync(driver.transcriptPath);
      const lines = own.toString().split('\n').length;
      await restoreTo(driver, '@1', { files: false });
      const ready = await resumeSession(driver.store, driver.session, claudeForm(driver.home));
      assert.is.not(ready.nativeId, driver.nativeId);
      assert.is(ready.cwd, driver.project);
      const written = parseLines(readFileSync(ready.written ?? ''));
      assert.ok(written.length < lines);
      assert.ok(written.every(({ sessionId }) => sessionId === ready.nativeId));
      const text = JSON.stringify(written);
      assert.match(text, 'make it');
      assert.match(text, '"made"');
      assert.not.match(text, 'change it');
      assert.ok(readFileSync(driver.transcriptPath).equals(own));
      const again = await resumeSession(driver.store, driver.session, claudeForm(driver.home));
      assert.is(again.nativeId, ready.nativeId, 'a second look hands out the same');
    }),
);

back('is taken up by the first event under the new id; the old one is then a fork', () =>
  withThreeTurns(async (driver, directory) => {
    const nativeId = await handOver(driver, '@1');
    assert.is(recordOf(driver).pending?.nativeId, nativeId);
    const taken = await under(driver, directory, nativeId);
    await taken.prompt('another way');
    const record = recordOf(driver);
    assert.is(record.activeNativeId, nativeId);
    assert.is(record.pending, null);
    assert.is(record.turn, 4);
    await driver.event({ subject: 'end of the session' });
    assert.is(recordOf(driver).activeNativeId, nativeId, 'the end of the old one settles nothing');
    await driver.prompt('but I was still here');
    const sessions = driver.store.sessions();
    assert.is(sessions.length, 2);
    const [fork] = sessions.filter(({ id }) => id !== driver.session);
    const forked = recordOf(driver, fork?.id);
    assert.is(forked.forkedFrom?.session, driver.session);
    assert.is(forked.activeNativeId, driver.nativeId);
    assert.is(forked.lastPrompt, 'but I was still here');
    assert.is(recordOf(driver).lastPrompt, 'another way');
    await taken.turn('gone');
    assert.is(recordOf(driver).activeNativeId, nativeId);
    assert.is(driver.store.sessions().length, 2);
  }),
);

back('is given up by a prompt under the old id; the new one is then a fork', () =>
  withThreeTurns(async (driver, directory) => {
    const nativeId = await handOver(driver, '@1');
    await driver.event({ kind: 'turn', subject: 'still talking' });
    assert.is(recordOf(driver).pending?.nativeId, nativeId, 'only a prompt decides');
    await driver.prompt('I stay');
    const record = recordOf(driver);
    assert.is(record.pending, null);
    assert.is(record.activeNativeId, driver.nativeId);
    const late = await under(driver, directory, nativeId);
    await late.prompt('I came late');
    const [fork] = driver.store.sessions().filter(({ id }) => id !== driver.session);
    assert.is(recordOf(driver, fork?.id).activeNativeId, nativeId);
    assert.is(recordOf(driver).lastPrompt, 'I stay');
    assert.is(recordOf(driver, fork?.id).lastPrompt, 'I came late');
  }),
);

back('comes back with undo, and who speaks under the undone id begins a fork', () =>
  withThreeTurns(async (driver, directory) => {
    const nativeId = await handOver(driver, '@1');
    await takeBack(driver, 'undo');
    assert.is(recordOf(driver).pending, null);
    const ready = await resumeSession(driver.store, driver.session, claudeForm(driver.home));
    assert.is(ready.nativeId, driver.nativeId);
    assert.is(ready.written, undefined);
    const late = await under(driver, directory, nativeId);
    await late.prompt('I came late');
    assert.is(recordOf(driver).activeNativeId, driver.nativeId);
    assert.is(driver.store.sessions().length, 2);
  }),
);

back('goes to the place it waited at before, when the second restore is undone', () =>
  withThreeTurns(async (driver) => {
    const first = await handOver(driver, '@2');
    const second = await handOver(driver, '@1');
    assert.is.not(first, second);
    await takeBack(driver, 'undo');
    assert.is(recordOf(driver).pending?.nativeId, first);
    await takeBack(driver, 'redo');
    assert.is(recordOf(driver).pending?.at, checkpointAt(driver, '@1').id);
  }),
);

back('is the own one of a turn that ends under the old id while another waits', () =>
  withThreeTurns(async (driver) => {
    await driver.prompt('go on');
    await restoreTo(driver, '@1', { files: false });
    await driver.turn('gone on');
    assert.is.not(recordOf(driver).pending, null, 'only a prompt decides');
    await driver.event({ subject: 'the rest' });
    const { pending } = await restoreTo(driver, '@4', { files: false });
    assert.is(pending?.from, driver.nativeId);
    const ready = await resumeSession(driver.store, driver.session, claudeForm(driver.home));
    assert.match(readFileSync(ready.written ?? '', 'utf8'), '"gone on"');
    const { store, session, project: here } = driver;
    const checkpoint = checkpointAt(driver, '@4');
    const fork = await forkSession(store, { checkpoint, session, here, readerOf });
    const native = nativeFormOf(store, fork.session, { form: claudeForm(driver.home) });
    assert.match(native.toString(), '"gone on"');
  }),
);

back('stays where it is if it stands there already', () =>
  withThreeTurns(async (driver) => {
    const { session } = driver;
    const at = (called: string) => ({
      checkpoint: checkpointAt(driver, called),
      session,
      readerOf,
    });
    await driver.event({ subject: 'the rest' });
    assert.is(conversationMoves(driver.store, at('@3')), false);
    assert.is(conversationMoves(driver.store, at('@2')), true);
    const { pending } = await restoreTo(driver, '@2', { files: false });
    assert.is(conversationMoves(driver.store, at('@2')), false);
    assert.is(recordOf(driver).pending?.nativeId, pending?.nativeId);
  }),
);

back('ends where a call was about to run, and shows the call', () =>
  withThreeTurns(async (driver) => {
    const call = driver.log().find(({ tool }) => tool === 'Edit');
    await restoreTo(driver, call?.id ?? '', { files: false });
    const ready = await resumeSession(driver.store, driver.session, claudeForm(driver.home));
    assert.is(ready.call?.name, 'Edit');
    assert.equal(ready.call?.input, { file_path: 'a.txt' });
    const text = readFileSync(ready.written ?? '', 'utf8');
    assert.match(text, 'change it');
    assert.not.match(text, '"changed"');
  }),
);

back('ends with a message that is named', () =>
  withThreeTurns(async (driver) => {
    const own = parseLines(readFileSync(driver.transcriptPath));
    const said = own.find((record) => JSON.stringify(record).includes('"changed"'));
    const tip = driver.log()[0];
    if (tip === undefined) throw new Error('no tip');
    const messageId = said?.uuid ?? '';
    const upTo = conversationThrough(driver.store, { messageId, tip }, readerOf);
    assert.is(
      conversationThrough(driver.store, { messageId: 'nobody-said-this', tip }, readerOf),
      undefined,
    );
    await restoreTo(driver, '@2', { files: false, upTo });
    const { written } = await resumeSession(driver.store, driver.session, claudeForm(driver.home));
    const text = readFileSync(written ?? '', 'utf8');
    assert.match(text, '"changed"');
    assert.not.match(text, 'tidy up');
  }),
);

back(
  'binds the new id before it is handed out, so its events find their session from anywhere',
  () =>
    withThreeTurns(async (driver) => {
      const { pending } = await restoreTo(driver, '@1');
      const index = new NativeIndex(driver.surroundings.dataDirectory);
      assert.is(index.find('claude', pending?.nativeId ?? '')?.session, driver.session);
    }),
);

back('is refused where a checkpoint holds none, and nothing is done', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.event({
      kind: 'prompt',
      subject: 'quiet',
      prompt: 'quiet',
      nativeId: driver.nativeId,
    });
    const count = driver.log().length;
    try {
      await restoreTo(driver, '@1', { files: false });
      assert.unreachable();
    } catch (error) {
      assert.ok(error instanceof GsessError && error.code === 'not-found');
    }
    assert.is(driver.log().length, count);
  }),
);

back.run();
