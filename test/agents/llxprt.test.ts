// LLxprt Code's recordings, made record by record: read, written, found, captured.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeRequest, NativeTranscript } from '../../src/agents/agent.ts';
import { llxprtHook } from '../../src/agents/llxprt/hook-reader.ts';
import { llxprt } from '../../src/agents/llxprt/llxprt.ts';
import { placesIn } from '../support/agent-places.ts';
import { call, LlxprtRecording, text } from '../support/llxprt-recording.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { toldTranscript } from '../support/told-transcript.ts';
import { parseLines } from '../support/transcript-fixture.ts';

const x = suite("LLxprt's recordings");

const OLD = '11111111-2222-4333-8444-555566667777';
const NEW = '0c9d8e7f-1111-4222-8333-444455556666';
const CWD = '/w/app';

const recording = (): LlxprtRecording => new LlxprtRecording({ sessionId: OLD, cwd: CWD });
const read = (bytes: Uint8Array) => llxprt.format.read(bytes);

function write(bytes: Uint8Array, more: Partial<NativeRequest> = {}): NativeTranscript {
  const result = llxprt.format.write({ bytes, nativeId: NEW, ...more });
  const { cut: _, ...rest } = more;
  const again = llxprt.format.write({ ...rest, bytes: result.bytes, nativeId: NEW });
  assert.is(again.bytes.toString(), result.bytes.toString(), 'writing again changes nothing');
  const numbers = parseLines(result.bytes).map((record) => Number(record['seq']));
  assert.ok(
    numbers.every((seq, index) => seq > (numbers[index - 1] ?? 0)),
    'the numbers rise',
  );
  return result;
}

/** What was said, a line each. */
const told = (bytes: Uint8Array): string[] => toldTranscript(read(bytes));

const twoTurns = (): LlxprtRecording =>
  recording()
    .human('hi')
    .ai({ type: 'thinking', thought: 'I will write.' }, call('c1'))
    .answer('c1')
    .ai(text('Done.'))
    .human('more')
    .ai(text('More.'));

x('reads every kind of record', () => {
  const made = twoTurns()
    .add('provider_switch', { provider: 'anthropic', model: 'm2' })
    .add('session_event', { severity: 'info', message: 'resumed' })
    .add('session_event', { severity: 'error', message: 'quota' })
    .add('session_metadata', { title: 'Tests' })
    .add('directories_changed', { directories: [CWD, '/w/lib'] })
    .add('checkpoint_created', { checkpointId: 'k1', name: 'before' })
    .add('checkpoint_renamed', { checkpointId: 'k1', name: 'base' })
    .add('checkpoint_deleted', { checkpointId: 'k1' })
    .add('session_forked', { parentSessionId: 'S', parentSequence: 11, checkpointId: 'k1' })
    .add('session_named', { name: 'auth' })
    .add('from_the_future', { odd: true })
    .ai({ type: 'media', mimeType: 'image/png' }, { type: 'odd' }, { type: 'code', code: 'x' });
  const transcript = read(made.bytes);
  assert.equal(told(made.bytes), [
    ...['prompt: hi', 'reply: I will write., call c1', 'result: ok c1', 'reply: Done.'],
    ...[
      'prompt: more',
      'reply: More.',
      'notice: resumed',
      'error: quota',
      'reply: image, other, x',
    ],
  ]);
  assert.equal([transcript.warnings, transcript.nativeIds, transcript.cwd], [[], [OLD], CWD]);
  assert.equal([transcript.models, transcript.provider], [['m', 'm2'], 'anthropic']);
  assert.equal([transcript.titles.custom, transcript.titles.generated], ['auth', 'Tests']);
  assert.is(transcript.others.length, 10);
  assert.equal(
    transcript.turns.map(({ offset }) => offset),
    [made.offsets[1], made.offsets[5]],
  );
});

x('marks what a rewind took away, and keeps what a compression replaced', () => {
  const rewound = recording().human('a').ai(text('b')).rewind(1).ai(text('c'));
  assert.equal(told(rewound.bytes), ['prompt: a', '- reply: b', 'reply: c']);
  const compressed = recording()
    .human('a')
    .ai(text('b'))
    .compressed('so far', 2)
    .rewind(9)
    .human('c');
  assert.equal(told(compressed.bytes), ['prompt: a', 'reply: b', '- summary: so far', 'prompt: c']);
});

x('reads past what is torn, and tells that the numbers do not rise', () => {
  const torn = twoTurns().line('{"v":1,"seq":8,"ts"').bytes;
  assert.equal([told(torn).length, read(torn).warnings.length], [6, 1]);
  const mixed = Buffer.concat([twoTurns().bytes, recording().human('again').bytes]);
  const [warning] = read(mixed).warnings;
  assert.is(warning?.problem, 'not-rising');
  assert.is(parseLines(write(mixed).bytes).length, 9);
});

x('reads what grows record by record as what it is in the end', () => {
  const made = twoTurns();
  const ends = made.offsets.slice(1);
  const counts = ends.map((end) => read(made.bytes.subarray(0, end)).messages.length);
  assert.equal(counts, [0, 1, 2, 3, 4, 5, 6]);
});

x('changes the id in the header and not one byte more', () => {
  const { bytes } = twoTurns();
  const expected = bytes.toString().replace(OLD, NEW);
  assert.is(write(bytes).bytes.toString(), expected);
  const [header] = parseLines(write(bytes, { cwd: '/w/other' }).bytes) as unknown as {
    payload: Record<string, unknown>;
  }[];
  assert.equal(header?.payload['workspaceDirs'], ['/w/other']);
  assert.is.not(header?.payload['projectHash'], undefined);
  assert.not.ok(JSON.stringify(header).includes(CWD));
});

x('ends where it is to be cut', () => {
  const { bytes } = twoTurns();
  const [, second] = read(bytes).turns;
  const before = write(bytes, { cut: { beforeOffset: second?.offset ?? 0 } });
  assert.equal(told(before.bytes).at(-1), 'reply: Done.');
  assert.equal(told(write(bytes, { cut: { throughMessage: '2' } }).bytes), ['prompt: hi']);
  assert.throws(() => write(bytes, { cut: { throughMessage: 'none' } }), /No message/);
});

x('answers each open call of the history, wherever it stands, as LLxprt itself does', () => {
  const made = recording()
    .human('go')
    .ai(call('c1'), call('c2'))
    .answer('c1')
    .human('on')
    .ai(call('gone'))
    .rewind(1)
    .ai(call('c3', { n: 1.5 }));
  const written = write(made.bytes);
  assert.equal(told(written.bytes), [
    ...['prompt: go', 'reply: call c1, call c2', 'result: ok c1', 'interrupt: error c2'],
    ...['prompt: on', '- reply: call gone', 'reply: call c3', 'interrupt: error c3'],
  ]);
  assert.equal(written.pending, { name: 'write_file', input: { n: 1.5 }, callId: 'c3' });
  assert.ok(written.bytes.includes('"reason":"orphaned_tool_call"'));
  assert.is(read(written.bytes).turns[0]?.interrupted, true);
  assert.equal(told(write(made.bytes, { pending: 'keep' }).bytes).at(-1), 'reply: call c3');
});

x('leaves out a result whose call was torn, and says so', () => {
  const written = write(recording().human('a').answer('gone').ai(text('b')).bytes);
  assert.equal(told(written.bytes), ['prompt: a', 'reply: b']);
  assert.is(written.warnings.length, 1);
});

x('tells a failed call from an interrupted one', () => {
  const failed = { result: null, error: 'no such file' };
  const made = recording().human('a').ai(call('c1')).answer('c1', failed);
  assert.equal(told(made.bytes).at(-1), 'result: error c1');
});

x('honours its variables, and knows where a recording belongs and who is running', () =>
  withTemporaryDirectory(async (home) => {
    const variables = [
      [{}, join(home, '.local', 'state', 'llxprt-code')],
      [{ XDG_STATE_HOME: '/s' }, '/s/llxprt-code'],
      [{ LLXPRT_CONFIG_HOME: '/c' }, '/c'],
      [{ LLXPRT_CONFIG_HOME: '/c', LLXPRT_LOG_HOME: '/l' }, '/l'],
    ] as const;
    const { sessions } = llxprt;
    for (const [set, directory] of variables) {
      const places = placesIn(home, set);
      const path = sessions.destination(places, { nativeId: NEW, cwd: CWD, at: 0 }) ?? '';
      assert.ok(path.startsWith(`${directory}/tmp/`), path);
      assert.ok(path.endsWith('/chats/session-1970-01-01T00-00-00-0c9d8e7f-111.jsonl'), path);
      assert.ok(sessions.resumesFrom(places, path, { nativeId: NEW, cwd: CWD }));
      assert.not.ok(sessions.resumesFrom(places, path, { nativeId: NEW, cwd: '/' }));
    }
    const places = placesIn(home);
    const path = sessions.destination(places, { nativeId: OLD, cwd: CWD, at: 0 }) ?? '';
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, twoTurns().bytes);
    writeFileSync(join(dirname(path), 'session-odd.jsonl'), 'no recording\n');
    writeFileSync(join(dirname(path), `${OLD}.lock`), JSON.stringify({ pid: 4, sessionId: OLD }));
    writeFileSync(join(dirname(path), 'odd.lock'), 'no lock');
    assert.equal(await sessions.list(places), [{ nativeId: OLD, path }]);
    assert.equal(sessions.find(places, OLD), { nativeId: OLD, path });
    assert.equal([sessions.directoryOf(path), sessions.directoryOf(home)], [CWD, undefined]);
    assert.equal(sessions.live(places), [{ nativeId: OLD, pid: 4 }]);
    assert.equal(llxprt.resume({ nativeId: OLD, cwd: CWD, path }).argv, [
      'llxprt',
      '--continue',
      OLD,
    ]);
  }),
);

x('turns its events into ours', () => {
  const event = (name: string, more: object = {}) =>
    llxprtHook.read(
      Buffer.from(
        JSON.stringify({
          ...{ session_id: OLD, transcript_path: '', cwd: CWD, hook_event_name: name, ...more },
        }),
      ),
    );
  const tool = { tool_name: 'apply_patch', tool_input: { patch: 'p' } };
  const before = event('BeforeTool', tool);
  assert.ok(before.kind === 'event' && before.event.kind === 'tool');
  assert.is(before.event.transcriptPath, undefined, 'none until it is written');
  assert.equal(event('BeforeTool', { tool_name: 'read_file' }).kind, 'ignored');
  assert.equal(event('PreCompress').kind, 'ignored');
});

x.run();
