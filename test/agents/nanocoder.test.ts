// Nanocoder's sessions: found, read, written for it under a new id, and captured by watching.

import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nanocoder } from '../../src/agents/nanocoder/nanocoder.ts';
import { placesIn } from '../support/agent-places.ts';
import { commandRunner } from '../support/run-command.ts';
import { startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { Clock, WatchScene } from '../support/watch-scene.ts';

const ID = '22222222-2222-4222-8222-222222222222';
const NEW_ID = '33333333-3333-4333-8333-333333333333';

const user = (content: string) => ({ role: 'user', content });
const say = (content: string) => ({ role: 'assistant', content });
const call = (...ids: string[]) => ({
  role: 'assistant',
  content: '',
  tool_calls: ids.map((id) => ({
    id,
    function: { name: 'write_file', arguments: { path: `${id}.txt` } },
  })),
});
const result = (id: string) => ({
  role: 'tool',
  tool_call_id: id,
  name: 'write_file',
  content: 'ok',
});

/** As Nanocoder writes it. */
function documentOf(messages: readonly object[], changes: object = {}): Buffer {
  const session = {
    id: ID,
    title: 'say "messages": [ — ünd mehr',
    createdAt: '2026-01-02T03:04:05.000Z',
    lastAccessedAt: '2026-01-02T03:05:05.000Z',
    messageCount: messages.length,
    provider: 'mock',
    model: 'small',
    workingDirectory: '/w/app',
    messages,
    ...changes,
  };
  return Buffer.from(JSON.stringify(session, null, 2));
}

function rewritten(bytes: Uint8Array, more: object = {}) {
  const { bytes: written, ...rest } = nanocoder.format.write({ bytes, nativeId: NEW_ID, ...more });
  const text = written.toString();
  return { ...rest, text, session: text === '' ? undefined : JSON.parse(text) };
}

const format = suite('Nanocoder');

format('reads prompts, replies, calls and results, each with its place', () => {
  const messages = [
    user('add tests ✓'),
    call('c1', 'c2'),
    result('c1'),
    result('c2'),
    say('done'),
    user('Please continue with the task.'),
    user('Bash command output:\n```\n$ ls\n```'),
    user('more'),
  ];
  const bytes = documentOf(messages);
  const transcript = nanocoder.format.read(bytes);
  assert.equal(
    transcript.messages.map(({ kind }) => kind),
    ['prompt', 'reply', 'result', 'result', 'reply', 'notice', 'command', 'prompt'],
  );
  assert.equal(
    transcript.messages.map(({ sources: [source] }) =>
      JSON.parse(bytes.toString('utf8', source!.offset, source!.offset + source!.length)),
    ),
    messages,
  );
  assert.equal(
    transcript.turns.map(({ prompt, toolCalls }) => [prompt, toolCalls.length]),
    [
      ['add tests ✓', 2],
      ['more', 0],
    ],
  );
  assert.equal(transcript.nativeIds, [ID]);
  assert.equal(
    [transcript.cwd, transcript.model, transcript.provider],
    ['/w/app', 'small', 'mock'],
  );
  assert.equal(transcript.warnings, []);
  const named = documentOf(messages, { title: 'mine', titleManuallySet: true });
  assert.is(nanocoder.format.read(named).titles.custom, 'mine');
});

format('reads what is whole of a session that ends anywhere', () => {
  const bytes = documentOf([user('one'), call('c1'), result('c1'), say('two')]);
  let before = 0;
  for (let length = 0; length <= bytes.length; length += 7) {
    const { messages, warnings } = nanocoder.format.read(bytes.subarray(0, length));
    assert.ok(messages.length >= before, `${length}`);
    before = messages.length;
    if (length > 0) assert.is(warnings.length, 1);
  }
});

format('writes the same conversation under a new id, cut and moved, and nothing else', () => {
  const messages = [user('one'), call('c1'), result('c1'), say('two'), user('three')];
  const bytes = documentOf(messages, { future: { kept: [1.5] } });
  const { session, text, messages: count } = rewritten(bytes, { cwd: '/w/other' });
  assert.is(count, 4);
  assert.equal(session, {
    ...JSON.parse(documentOf(messages, { future: { kept: [1.5] } }).toString()),
    id: NEW_ID,
    workingDirectory: '/w/other',
  });
  assert.is(rewritten(Buffer.from(text), { cwd: '/w/other' }).text, text);
  const [, , , fourth] = nanocoder.format.read(bytes).messages;
  const cut = { beforeOffset: fourth!.sources[0]!.offset };
  assert.equal(rewritten(bytes, { cut }).session.messages, messages.slice(0, 3));
  const prefix = bytes.subarray(0, cut.beforeOffset);
  assert.equal(rewritten(prefix).session.messages, messages.slice(0, 3));
  const through = { throughMessage: 'message-4' };
  assert.equal(rewritten(bytes, { cut: through }).session.messages, messages.slice(0, 4));
  assert.throws(() => rewritten(bytes, { cut: { throughMessage: 'nobody' } }), /No message/);
});

format(
  'answers each open call behind the answers its batch has, and leaves out lost results',
  () => {
    const bytes = documentOf([
      user('go'),
      call('c1', 'c2'),
      result('c2'),
      result('lost'),
      user('and'),
      call('c3'),
    ]);
    const { session, pending, text, warnings } = rewritten(bytes);
    const { orphanResult } = nanocoder.format;
    const roles = session.messages.map((message: { tool_call_id?: string; role: string }) =>
      message.tool_call_id === undefined ? message.role : message.tool_call_id,
    );
    assert.equal(roles, ['user', 'assistant', 'c2', 'c1', 'user', 'assistant', 'c3']);
    assert.is(session.messages[3].content, orphanResult);
    assert.is(session.messageCount, 7);
    assert.is(pending?.callId, 'c3');
    assert.is(warnings.length, 1);
    assert.is(rewritten(Buffer.from(text)).text, text);
    assert.is(rewritten(bytes, { pending: 'keep' }).session.messages.length, 6);
  },
);

format('finds sessions by its variables, and neither the index nor links', () =>
  withTemporaryDirectory(async (home) => {
    const { sessions } = nanocoder;
    const expected = [
      [placesIn(home), join(home, '.local', 'share', 'nanocoder')],
      [placesIn(home, { XDG_DATA_HOME: join(home, 'x') }), join(home, 'x', 'nanocoder')],
      [placesIn(home, { NANOCODER_DATA_DIR: join(home, 'n') }), join(home, 'n')],
    ] as const;
    for (const [places, directory] of expected) {
      const path = join(directory, 'sessions', `${ID}.json`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, documentOf([user('hi')]));
      writeFileSync(join(dirname(path), 'sessions.json'), '[]');
      symlinkSync(path, join(dirname(path), `${NEW_ID}.json`));
      assert.equal(await sessions.list(places), [{ nativeId: ID, path }]);
      assert.equal(sessions.find(places, ID), { nativeId: ID, path });
      assert.is(sessions.find(places, NEW_ID), undefined);
      assert.is(sessions.directoryOf(path), '/w/app');
      assert.ok(sessions.resumesFrom(places, path, { nativeId: ID, cwd: '/anywhere' }));
    }
  }),
);

format('is captured by watching, resumed at an earlier turn, and imported', () =>
  withTemporaryDirectory(async (directory) => {
    const clock = new Clock();
    const driver = await startSession(directory, { surroundings: { now: clock.now } });
    const sessions = join(driver.home, '.local', 'share', 'nanocoder', 'sessions');
    mkdirSync(sessions, { recursive: true });
    const save = (...messages: object[]) => {
      const at = join(sessions, 'new.tmp');
      writeFileSync(at, documentOf(messages, { workingDirectory: driver.project }));
      renameSync(at, join(sessions, `${ID}.json`));
    };
    const watch = new WatchScene(driver, clock, 'nanocoder');
    driver.write('a.txt', '1');
    await watch.start();
    const first = [user('one'), call('c1')];
    save(...first);
    assert.equal(await watch.look(), ['prompt: prompt 1: one']);
    assert.equal(await watch.look(), ['tool: before write_file c1.txt']);
    const second = [...first, result('c1'), say('said one')];
    save(...second);
    await watch.look();
    assert.equal(await watch.look(), ['turn: turn 1: said one']);
    save(...second, user('two'), say('said two'));
    assert.equal(await watch.look(), ['prompt: prompt 2: two']);
    assert.equal(await watch.finish(), ['turn: turn 2: said two']);
    const gsess = commandRunner(driver);
    const imported = (await gsess.json(['import', 'nanocoder'])) as { status: string }[];
    assert.ok(
      imported.every(({ status }) => status === 'unchanged'),
      JSON.stringify(imported),
    );
    await gsess(['restore', '@1', '--conversation', '--yes']);
    const resumed = (await gsess.json(['resume', '--print'])) as {
      command: string[];
      written: string;
      nativeId: string;
    };
    assert.equal(resumed.command, ['nanocoder', '--resume', resumed.nativeId]);
    const { messages } = nanocoder.format.read(readFileSync(resumed.written));
    assert.equal(
      messages.map(({ kind }) => kind),
      ['prompt', 'reply', 'result', 'reply'],
    );
    assert.equal(await watch.look(), [], 'what gsess wrote is no news');
    const connected = await gsess(['connect', 'nanocoder']);
    assert.match(connected.stdout, /'gsess watch', or 'gsess run -- nanocoder'/);
  }),
);

format.run();
