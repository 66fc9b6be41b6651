import { appendFileSync, existsSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { nativeFormOf, resumeSession } from '../../src/session/resume-session.ts';
import { resumeTarget } from '../../src/session/resume-target.ts';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { createTag } from '../../src/session/tag.ts';
import { processes } from '../support/process-table.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { checkpointAt, claudeForm, recordOf, withThreeTurns } from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { parseLines } from '../support/transcript-fixture.ts';

const resume = suite('resume');
const OTHER = '22222222-2222-4222-8222-222222222222';

const ready = (driver: SessionDriver) =>
  resumeSession(driver.store, driver.session, claudeForm(driver.home));

resume(
  "hands back the agent's own file where it is what the session holds, the last words taken in",
  () =>
    withThreeTurns(async (driver) => {
      const own = readFileSync(driver.transcriptPath);
      assert.ok((recordOf(driver).transcripts[driver.nativeId]?.bytes ?? 0) < own.length);
      const { nativeId, written, cwd, call, warnings } = await ready(driver);
      assert.equal(
        { nativeId, written, cwd, call, warnings },
        {
          nativeId: driver.nativeId,
          written: undefined,
          cwd: driver.project,
          call: undefined,
          warnings: [],
        },
      );
      assert.is(recordOf(driver).transcripts[driver.nativeId]?.bytes, own.length);
      assert.ok(readFileSync(driver.transcriptPath).equals(own));
    }),
);

resume(
  'UE-15, UE-16: writes all that was said under a new id after the transcript was deleted',
  () =>
    withThreeTurns(async (driver) => {
      await driver.event({ subject: 'the rest' });
      const own = parseLines(readFileSync(driver.transcriptPath));
      rmSync(driver.transcriptPath);
      const { nativeId, written } = await ready(driver);
      assert.is.not(nativeId, driver.nativeId);
      assert.not.ok(existsSync(driver.transcriptPath));
      const now = parseLines(readFileSync(written ?? ''));
      assert.equal(
        now.map(({ uuid }) => uuid),
        own.map(({ uuid }) => uuid),
      );
      assert.is((await ready(driver)).nativeId, nativeId);
    }),
);

resume('UE-16: writes a new one after the transcript was cut, and keeps the cut one as it is', () =>
  withThreeTurns(async (driver) => {
    await driver.event({ subject: 'the rest' });
    truncateSync(driver.transcriptPath, 700);
    const { nativeId, written, warnings } = await ready(driver);
    assert.is.not(nativeId, driver.nativeId);
    assert.match(readFileSync(written ?? '', 'utf8'), 'tidied');
    assert.is(readFileSync(driver.transcriptPath).length, 700);
    assert.match(warnings.join(), 'shrank');
  }),
);

resume('gives the model the last messages of what it writes, and keeps them all', () =>
  withThreeTurns(async (driver) => {
    await driver.event({ subject: 'the rest' });
    Object.assign(driver.surroundings, { settings: { ...DEFAULT_SETTINGS, maxMessages: 4 } });
    const own = await ready(driver);
    assert.equal([own.written, own.capped], [undefined, undefined], 'the own file is left alone');
    const whole = readFileSync(driver.transcriptPath);
    rmSync(driver.transcriptPath);
    const { written, capped, warnings } = await ready(driver);
    assert.equal(capped, { given: 4, of: 14 });
    assert.match(warnings.join(), 'the last 4 of 14 messages (maxMessages is 4); all are kept');
    const records = parseLines(readFileSync(written ?? ''));
    assert.equal([records.length, records[0]?.parentUuid], [4, null]);
    const { store, session } = driver;
    const form = claudeForm(driver.home);
    const exported = nativeFormOf(store, session, { form });
    assert.is(parseLines(exported).length, parseLines(whole).length, 'an export is not cut');
    assert.ok(nativeFormOf(store, session, { form, nativeId: driver.nativeId }).equals(whole));
    assertStoreIsSound(store);
  }),
);

resume("shortens the agent's own file only where the number was set, into one beside it", () =>
  withThreeTurns(async (driver) => {
    await driver.event({ subject: 'the rest' });
    const own = readFileSync(driver.transcriptPath);
    const settings = { ...DEFAULT_SETTINGS, maxMessages: 9, capsOwnFiles: true };
    Object.assign(driver.surroundings, { settings });
    const { nativeId, written, capped } = await ready(driver);
    assert.is.not(nativeId, driver.nativeId);
    assert.equal(capped, { given: 8, of: 14 });
    assert.is(parseLines(readFileSync(written ?? '')).length, 8);
    assert.ok(readFileSync(driver.transcriptPath).equals(own));
    settings.maxMessages = 12;
    assert.is((await ready(driver)).nativeId, nativeId, 'what waits is handed out again');
  }),
);

resume('is refused while the agent runs', () =>
  withThreeTurns(async (driver) => {
    driver.store.leases.hold(driver.session, processes.self);
    try {
      await ready(driver);
      assert.unreachable();
    } catch (error) {
      assert.ok(error instanceof GsessError);
      assert.is(error.code, 'live');
      assert.is(error.exitStatus, 4);
      assert.match(error.hint ?? '', 'gsess fork');
    }
    driver.store.leases.release(driver.session);
    await ready(driver);
  }),
);

resume('shows the call that was about to run when the agent was killed', () =>
  withThreeTurns(async (driver) => {
    await driver.prompt('go on');
    const call = { name: 'Bash', input: { command: 'make' }, callId: 'toolu-last' };
    const content = [{ type: 'tool_use', id: call.callId, name: call.name, input: call.input }];
    driver.append({ type: 'assistant', message: { id: 'msg-last', role: 'assistant', content } });
    await driver.event({ kind: 'tool', subject: 'before Bash', call });
    driver.write('half-made', 'half\n');
    await driver.event({ subject: 'what it left' });
    assert.equal((await ready(driver)).call, call);
    appendFileSync(driver.transcriptPath, '');
    const result = [{ type: 'tool_result', tool_use_id: call.callId, content: 'done' }];
    driver.append({ type: 'user', message: { role: 'user', content: result } });
    assert.is((await ready(driver)).call, undefined, 'its result is known now');
  }),
);

resume('goes on in the root where the directory of the session is gone', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory, { cwd: 'sub' });
    driver.write('sub/a.txt', 'one\n');
    // Without a repository the project would be the directory itself.
    driver.write('.git/HEAD', 'ref: refs/heads/main\n');
    driver.write('.git/objects/keep', '');
    driver.write('.git/refs/keep', '');
    await driver.prompt('go');
    await driver.turn('gone');
    assert.is((await ready(driver)).cwd, join(driver.project, 'sub'));
    driver.remove('sub');
    const { cwd, written } = await ready(driver);
    assert.is(cwd, driver.project);
    assert.ok(existsSync(written ?? ''));
    driver.remove('.');
    try {
      await ready(driver);
      assert.unreachable();
    } catch (error) {
      assert.ok(error instanceof GsessError && error.code === 'not-found');
    }
  }),
);

resume('takes a session back to its own moments, and forks at the tags of others', () =>
  withThreeTurns(async (driver, directory) => {
    const { now } = driver.surroundings;
    const other = await startSession(directory, { nativeId: OTHER, surroundings: { now } });
    await other.prompt('elsewhere');
    await other.turn('done');
    const { store, session, project: root } = driver;
    const at = checkpointAt(driver, `${session}@2`);
    const tag = await createTag(store, { name: 'good', checkpoint: at.id, session, root });
    const own = store.summary(session);
    const others = store.summary(other.session);
    if (own === undefined || others === undefined) throw new Error('a session is missing');
    assert.is(resumeTarget({ checkpoint: at, session: own, tag }, own), 'goes-back');
    assert.is(resumeTarget({ checkpoint: at, session: own, tag }, others), 'fork');
    assert.is(resumeTarget({ checkpoint: at, session: own, tag }, undefined), 'fork');
    assert.is(resumeTarget({ checkpoint: at, session: own }, others), 'goes-back');
    const tip = store.checkpoint(own.tip);
    assert.is(resumeTarget({ checkpoint: tip, session: own }, others), 'as-it-stands');
  }),
);

resume.run();
