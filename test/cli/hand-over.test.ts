// A session of Claude that goes on in Codex, from the command to the first event of Codex: what the fork is, what the agents' files are
// afterwards, and what is told.

import { appendFileSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { codex } from '../../src/agents/codex/codex.ts';
import { resume } from '../../src/cli/commands/resume.ts';
import { GsessError } from '../../src/errors.ts';
import { capture } from '../../src/session/capture.ts';
import { restoreCheckpoint } from '../../src/session/restore-checkpoint.ts';
import type { SessionId } from '../../src/session/session-id.ts';
import { undoOperation } from '../../src/session/undo-operation.ts';
import { textOf } from '../../src/transcript/turns.ts';
import { gitText } from '../support/git-oracle.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { recordOf } from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { terminalOf } from '../support/terminal.ts';
import { parseLines } from '../support/transcript-fixture.ts';

const handing = suite('a session goes on in another agent');

interface Answer {
  readonly session: SessionId;
  readonly nativeId: string;
  readonly command: readonly string[];
  readonly written: string;
  readonly call: { readonly name: string } | null;
  readonly from: object;
  readonly left: readonly object[];
}

/** Two turns, in the second of which the agent is killed before its call has run. */
async function twoTurns(driver: SessionDriver): Promise<void> {
  driver.write('a.txt', 'one\n');
  await driver.prompt('Make it ✓');
  await driver.tool('Write', { file_path: 'a.txt' }, () => driver.write('a.txt', 'two\n'));
  await driver.turn('Made.');
  await driver.prompt('Run it');
  driver.append({
    type: 'assistant',
    message: {
      id: 'msg_last',
      role: 'assistant',
      content: [{ type: 'tool_use', id: 'toolu_last', name: 'Bash', input: { command: 'make' } }],
    },
  });
  const call = { name: 'Bash', input: { command: 'make' }, callId: 'toolu_last' };
  await driver.event({ kind: 'tool', subject: 'before Bash', call });
}

async function withTwoTurns(
  use: (driver: SessionDriver, run: (args: object) => Promise<Answer>) => Promise<void>,
): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await twoTurns(driver);
    await use(driver, async (args) => {
      const { context, stdout } = terminalOf(driver, directory, { json: true });
      const given = { ref: driver.session, print: true, yes: false, agent: 'codex', ...args };
      await resume.run(context, given as never);
      return JSON.parse(stdout.written) as Answer;
    });
    assertStoreIsSound(driver.store);
  });
}

function saidIn(bytes: Buffer): string[] {
  return codex.format
    .read(bytes)
    .messages.flatMap((message) => textOf(message) || [])
    .slice(1);
}

const refusedWith = async (action: Promise<unknown>): Promise<GsessError | undefined> =>
  action.then(
    () => undefined,
    (error: unknown) => (error instanceof GsessError ? error : undefined),
  );

handing('as a fork whose agent is the other one, with the conversation to its end', () =>
  withTwoTurns(async (driver, run) => {
    const before = readFileSync(driver.transcriptPath);
    const { session, nativeId, command, written, call, from, left } = await run({});
    const { store } = driver;
    const tip = store.tipOf(driver.session);
    assert.equal(command, ['codex', 'resume', nativeId]);
    assert.equal(from, { session: driver.session, checkpoint: tip.id, agent: 'claude' });
    assert.equal([call?.name, left], ['Bash', []]);
    assert.equal(saidIn(readFileSync(written)), ['Make it ✓', 'Made.', 'Run it']);
    assert.ok(readFileSync(written, 'utf8').includes(codex.format.orphanResult));
    assert.ok(readFileSync(driver.transcriptPath).equals(before));

    const fork = store.tipOf(session);
    assert.equal([fork.agent, fork.kind, fork.parents], ['codex', 'fork', [tip.id]]);
    const author = gitText(store.repository.directory, ['log', '-1', '--format=%an', fork.id]);
    assert.match(author, /^codex/i);
    const { forkedFrom, pending, nativeIds } = recordOf(driver, session);
    assert.equal(forkedFrom, { session: driver.session, checkpoint: tip.id });
    assert.equal([pending?.nativeId, pending?.from, nativeIds], [nativeId, nativeId, []]);
    assert.is(store.files(fork), store.files(tip));
  }),
);

handing('and the first event of the other agent takes it up, sharing what was written', () =>
  withTwoTurns(async (driver, run) => {
    const { session, nativeId, written } = await run({});
    const held = recordOf(driver, session).transcripts[nativeId]?.bytes;
    const content = [{ type: 'input_text', text: 'And now?' }];
    const item = { type: 'message', role: 'user', content };
    appendFileSync(written, `${JSON.stringify({ type: 'response_item', payload: item })}\n`);
    const event = { agent: 'codex', nativeId, cwd: driver.project, kind: 'prompt' } as const;
    const said = { subject: 'And now?', prompt: 'And now?' };
    const transcript = { path: written, sideFiles: [] };
    const report = await capture({ ...event, ...said, transcript }, driver.surroundings);
    assert.is(report.session, session);
    assert.equal(report.warnings, []);
    const record = recordOf(driver, session);
    assert.equal([record.pending, record.activeNativeId, record.turn], [null, nativeId, 3]);
    assert.is(record.transcripts[nativeId]?.bytes, readFileSync(written).length);
    assert.is(record.transcripts[nativeId]?.segments, 2);
    assert.ok((held ?? 0) > 0 && driver.store.tipOf(session).parents.length === 1);
  }),
);

handing('from an earlier checkpoint too, with what was said until then', () =>
  withTwoTurns(async (driver, run) => {
    const { written, call } = await run({ ref: `${driver.session}@1` });
    assert.equal(saidIn(readFileSync(written)), ['Make it ✓', 'Made.']);
    assert.is(call, null);
    const records = parseLines(readFileSync(driver.transcriptPath));
    const called = records.find(({ type }) => type === 'assistant')?.uuid;
    const through = await run({ at: called });
    const view = codex.format.read(readFileSync(through.written));
    assert.equal(
      view.messages.slice(1).map(({ kind }) => kind),
      ['prompt', 'reply', 'result'],
    );
  }),
);

handing('each time as another fork, which undo takes away', () =>
  withTwoTurns(async (driver, run) => {
    const [one, other] = [await run({}), await run({})];
    assert.is.not(one.session, other.session);
    assert.is.not(one.nativeId, other.nativeId);
    const root = driver.project;
    await undoOperation(driver.store, { root, direction: 'undo', everything: false });
    assert.is(driver.store.tip(other.session), undefined);
    assert.ok(driver.store.tip(one.session));
    // Named by itself it is taken up as it waits.
    const again = await run({ ref: one.session, agent: undefined });
    assert.equal([again.nativeId, again.from, again.left], [one.nativeId, null, []]);
  }),
);

handing('whose earlier moments are the first agent’s, and go on by a fork alone', () =>
  withTwoTurns(async (driver, run) => {
    const { session } = await run({});
    const { store } = driver;
    const checkpoint = [...store.history(store.tipOf(session).id)].find(
      ({ kind, turn }) => kind === 'turn' && turn === 1,
    );
    if (checkpoint === undefined) throw new Error('no first turn');
    const readerOf = () => undefined;
    const request = { checkpoint, session, root: driver.project, called: '@1', readerOf };
    const wish = { ...request, files: false, conversation: true };
    const error = await refusedWith(restoreCheckpoint(store, wish, undefined));
    assert.is(error?.code, 'guard');
    assert.match(error?.hint ?? '', `gsess resume ${checkpoint.id.slice(0, 10)} --agent codex`);
    const { written } = await run({ ref: `${session}@1` });
    assert.equal(saidIn(readFileSync(written)), ['Make it ✓', 'Made.']);
  }),
);

handing('unless the other agent cannot be given it', () =>
  withTwoTurns(async (driver, run) => {
    const refs = gitText(driver.store.repository.directory, ['for-each-ref']);
    const error = await refusedWith(run({ agent: 'nanocoder' }));
    assert.is(error?.code, 'agent-unavailable');
    assert.is(gitText(driver.store.repository.directory, ['for-each-ref']), refs);
  }),
);

handing.run();
