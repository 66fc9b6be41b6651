// IaC Code's sessions, written here row by row as its documentation has them: found, read, captured by watching, and handed back.

import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { iac } from '../../src/agents/iac/iac.ts';
import { placesIn } from '../support/agent-places.ts';
import { commandRunner } from '../support/run-command.ts';
import { startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { Clock, WatchScene } from '../support/watch-scene.ts';

const ID = '22222222-2222-4222-8222-222222222222';
const NEW_ID = '33333333-3333-4333-8333-333333333333';

/** Writes rows as IaC Code does. */
function rowsOf(cwd: string) {
  const row = (fields: object) =>
    `${JSON.stringify({ ...fields, session_id: ID, cwd, git_branch: 'main', version: '0.9.2' })}\n`;
  const block = (fields: object) => ({ ...fields, provider_metadata: {} });
  return {
    user: (content: string) =>
      row({ role: 'user', content, token_count: 0, elapsed_seconds: 0.0, metadata: {} }),
    say: (text: string) => row({ role: 'assistant', content: [block({ type: 'text', text })] }),
    call: (...ids: string[]) =>
      row({
        role: 'assistant',
        content: [
          block({ type: 'thinking', thinking: '…' }),
          ...ids.map((id) =>
            block({ type: 'tool_use', id, name: 'bash', input: { command: `make ${id}` } }),
          ),
        ],
      }),
    result: (id: string) =>
      row({
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: id, content: 'a', is_error: false, metadata: {} },
        ],
      }),
    exit: (prompt: string) =>
      `${JSON.stringify({ type: 'last-prompt', last_prompt: prompt, session_id: ID })}\n`,
    metadata: () =>
      JSON.stringify({ session_id: ID, name: 'deploy', cwd, schema_version: 1, layout_version: 2 }),
  };
}

const format = suite('IaC Code');

format('reads its rows, and answers each open call in its own shape', () => {
  const { user, say, call, result, exit } = rowsOf('/w/app');
  const text = [
    user('deploy ✓'),
    call('c1', 'c2'),
    result('c2'),
    user('and?'),
    call('c3'),
    exit('and?'),
  ].join('');
  const transcript = iac.format.read(Buffer.from(text));
  assert.equal(
    transcript.messages.map(({ kind }) => kind),
    ['prompt', 'reply', 'result', 'prompt', 'reply'],
  );
  assert.equal(
    [transcript.cwd, transcript.branch, transcript.version],
    ['/w/app', 'main', '0.9.2'],
  );
  assert.is(transcript.titles.lastPrompt, 'and?');
  const request = { bytes: Buffer.from(text), nativeId: NEW_ID, cwd: '/w/b' };
  const written = iac.format.write(request);
  const again = iac.format.read(written.bytes);
  const answers = again.messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'tool_result' ? [[part.callId, part.isError]] : [])),
  );
  assert.equal(answers, [
    ['c2', false],
    ['c1', true],
    ['c3', true],
  ]);
  assert.equal([again.nativeIds, again.cwds], [[NEW_ID], ['/w/b']]);
  assert.is(written.pending?.callId, 'c3');
  const twice = iac.format.write({ ...request, bytes: written.bytes });
  assert.is(twice.bytes.toString(), written.bytes.toString());
  const whole = [user('a'), call('c1'), result('c1'), say('b')].join('');
  const same = iac.format.write({ bytes: Buffer.from(whole), nativeId: ID });
  assert.is(same.bytes.toString(), whole);
  const cut = { throughMessage: 'message-3' };
  assert.is(iac.format.write({ bytes: Buffer.from(whole), nativeId: ID, cut }).messages, 3);
});

format('is captured by watching, and resumed at an earlier turn with its metadata', () =>
  withTemporaryDirectory(async (directory) => {
    const clock = new Clock();
    const driver = await startSession(directory, { surroundings: { now: clock.now } });
    const { user, say, call, result, metadata } = rowsOf(driver.project);
    const places = placesIn(driver.home);
    const target = { nativeId: ID, cwd: driver.project, at: 0 };
    const path = iac.sessions.destination(places, target) ?? '';
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(join(dirname(path), 'metadata.json'), metadata());
    const watch = new WatchScene(driver, clock, 'iac');
    await watch.start();
    appendFileSync(path, user('deploy'));
    assert.equal(await watch.look(), ['prompt: prompt 1: deploy']);
    appendFileSync(path, call('c1'));
    assert.equal(await watch.look(), ['tool: before bash make c1']);
    appendFileSync(path, result('c1') + say('deployed'));
    await watch.look();
    assert.equal(await watch.look(), ['turn: turn 1: deployed']);
    appendFileSync(path, user('again').slice(0, 20));
    assert.equal(await watch.look(), []);
    appendFileSync(path, user('again').slice(20));
    assert.equal(await watch.finish(), ['prompt: prompt 2: again']);
    assert.equal(await iac.sessions.list(places), [{ nativeId: ID, path }]);
    assert.is(iac.sessions.directoryOf(path), driver.project);
    const gsess = commandRunner(driver);
    await gsess(['restore', '@1', '--conversation', '--yes']);
    const resumed = (await gsess.json(['resume', '--print'])) as {
      command: string[];
      written: string;
      nativeId: string;
    };
    assert.equal(resumed.command, ['iac-code', '--resume', resumed.nativeId]);
    assert.is(iac.format.read(readFileSync(resumed.written)).messages.length, 4);
    const beside = readFileSync(join(dirname(resumed.written), 'metadata.json'), 'utf8');
    assert.equal(JSON.parse(beside), {
      ...JSON.parse(metadata()),
      session_id: resumed.nativeId,
    });
  }),
);

format.run();
