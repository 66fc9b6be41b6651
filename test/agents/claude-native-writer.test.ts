import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeRequest, NativeTranscript } from '../../src/agents/agent.ts';
import { claude } from '../../src/agents/claude/claude.ts';
import { GsessError } from '../../src/errors.ts';
import { lines, parseLines, transcriptFixture } from '../support/transcript-fixture.ts';

const x = suite("Writing Claude's transcripts");

const session = transcriptFixture('claude/session.jsonl');
const OLD = '5d1c2f5e-7a34-4c1b-9a0e-3f6b2d8c4e10';
const NEW = '0c9d8e7f-1111-4222-8333-444455556666';
const P3 = '00000019-0000-4000-8000-000000000000';

function write(bytes: Uint8Array, more: Partial<NativeRequest> = {}): NativeTranscript {
  const result = claude.format.write({ bytes, nativeId: NEW, ...more });
  const { cut: _, ...rest } = more;
  const again = claude.format.write({ ...rest, bytes: result.bytes, nativeId: NEW });
  assert.equal(again.bytes, result.bytes, 'writing again changes nothing');
  return result;
}

function user(
  uuid: string,
  parentUuid: string | null,
  content: unknown,
  more: object = {},
): object {
  return {
    parentUuid,
    type: 'user',
    sessionId: OLD,
    uuid,
    message: { role: 'user', content },
    ...more,
  };
}

function calls(uuid: string, parentUuid: string, ...ids: string[]): object {
  const content = ids.map((id) => ({ type: 'tool_use', id, name: 'Bash', input: { id } }));
  return { parentUuid, type: 'assistant', sessionId: OLD, uuid, message: { id: 'm1', content } };
}

function result(uuid: string, parentUuid: string, id: string): object {
  return user(uuid, parentUuid, [{ type: 'tool_result', tool_use_id: id, content: 'ok' }]);
}

function parents(bytes: Uint8Array): string[] {
  return parseLines(bytes).map(({ uuid, parentUuid }) => `${uuid}<${parentUuid}`);
}

x('changes the session id of every record and not one byte more', () => {
  const whole = write(session, { pending: 'keep' });
  const expected = session
    .toString('latin1')
    .replaceAll(`"sessionId":"${OLD}"`, `"sessionId":"${NEW}"`);
  assert.is(whole.bytes.toString('latin1'), expected);
  assert.match(whole.bytes.toString(), '"sessionId":"inner"');
  assert.match(whole.bytes.toString(), '1.50e3');
  assert.equal(whole.warnings, []);
});

x('gives the very bytes back for the same id', () => {
  assert.equal(
    claude.format.write({ bytes: session, nativeId: OLD, pending: 'keep' }).bytes,
    session,
  );
});

x('answers the call it ends on with one error result, as Claude would', () => {
  const whole = write(session);
  const records = parseLines(whole.bytes);
  const index = records.findIndex((record) => JSON.stringify(record).includes('make fire'));
  const call = records[index]!;
  const answer = records[index + 1]!;
  assert.is(records.length, parseLines(session).length + 1);
  assert.is(answer.type, 'user');
  assert.is(answer.parentUuid, call.uuid);
  assert.is(answer['sourceToolAssistantUUID'], call.uuid);
  assert.is(answer.sessionId, NEW);
  assert.is(answer.cwd, '/home/ada/kiln');
  const message = answer['message'] as { content: Record<string, unknown>[] };
  assert.is(message.content.length, 1);
  assert.is(message.content[0]?.['tool_use_id'], 'toolu_bash_3');
  assert.is(message.content[0]?.['is_error'], true);
  assert.equal(whole.pending, {
    name: 'Bash',
    input: { command: 'make fire' },
    callId: 'toolu_bash_3',
  });
});

x('cuts before any turn, leaving exactly the turns before it', () => {
  const view = claude.format.read(session);
  for (const turn of view.turns) {
    const cut = write(session, { cut: { beforeOffset: turn.offset } });
    const before = claude.format.read(cut.bytes);
    assert.is(before.turns.length, turn.number - 1);
    assert.equal(
      before.turns.map(({ prompt }) => prompt),
      view.turns.slice(0, turn.number - 1).map(({ prompt }) => prompt),
    );
  }
  assert.is(write(session, { cut: { beforeOffset: 0 } }).bytes.length, 0);
  assert.is(write(session, { cut: { beforeOffset: 0 } }).messages, 0);
});

x('cuts after a message, with all records of its reply', () => {
  const through = (id: string): string =>
    parseLines(write(session, { cut: { throughMessage: id }, pending: 'keep' }).bytes).at(-1)
      ?.uuid ?? '';
  assert.is(through(P3), P3);
  const reply = claude.format
    .read(session)
    .messages.find(({ aliases }) => aliases.includes('msg_01KilnGlaze0000000000002'))!;
  assert.is(through(reply.id!), reply.aliases.at(-1));
  assert.is(through('msg_01KilnGlaze0000000000002'), reply.aliases.at(-1));
});

x('answers every call of a parallel batch that has no result at the cut', () => {
  const reply = claude.format
    .read(session)
    .messages.find(({ aliases }) => aliases.includes('msg_01KilnGlaze0000000000002'))!;
  const cut = write(session, { cut: { throughMessage: reply.id! } });
  const [one, two, three, four] = parseLines(cut.bytes).slice(-4);
  assert.equal([three?.parentUuid, four?.parentUuid], [one?.uuid, two?.uuid]);
  assert.is(cut.pending?.name, 'Read');
});

x('answers what is left of a batch that was answered in part', () => {
  const bytes = lines(
    user('p', null, 'go'),
    calls('a', 'p', 'c1'),
    calls('b', 'a', 'c2'),
    result('r1', 'a', 'c1'),
  );
  const made = write(bytes);
  assert.is(made.pending?.callId, 'c2');
  const records = parseLines(made.bytes);
  assert.equal(
    records.slice(0, 4).map(({ uuid }) => uuid),
    ['p', 'a', 'b', 'r1'],
  );
  assert.is(records[4]?.parentUuid, 'b');
});

x('chains the answers of calls that share a record, so that none is on a dead branch', () => {
  const made = parseLines(write(lines(user('p', null, 'go'), calls('a', 'p', 'c1', 'c2'))).bytes);
  assert.is(made[2]?.parentUuid, 'a');
  assert.is(made[3]?.parentUuid, made[2]?.uuid);
});

x('leaves a call alone that was answered, interrupted, or left behind', () => {
  const answered = lines(user('p', null, 'go'), calls('a', 'p', 'c1'), result('r', 'a', 'c1'));
  assert.is(write(answered).pending, undefined);
  const wentOn = lines(user('p', null, 'go'), calls('a', 'p', 'c1'), user('q', 'a', 'never mind'));
  assert.is(write(wentOn).pending, undefined);
  const rewound = lines(user('p', null, 'go'), calls('a', 'p', 'c1'), user('q', null, 'again'), {
    type: 'assistant',
    uuid: 'b',
    parentUuid: 'q',
    message: { id: 'm2', content: 'ok' },
  });
  assert.is(write(rewound).pending, undefined);
  assert.is(write(lines(user('p', null, 'go'))).pending, undefined);
});

x('leaves out and reports what cannot be read, and reconnects the chain around it', () => {
  const [p, a, b, c] = [
    user('p', null, 'one'),
    { type: 'assistant', uuid: 'a', parentUuid: 'p', sessionId: OLD, message: { content: 'x' } },
    user('b', 'a', 'two'),
    user('c', 'b', 'three'),
  ].map((record) => JSON.stringify(record));
  const made = write(
    Buffer.from(`\ufeff${p}\r\n${a}${b?.slice(0, 40)}\n\0\0\n42\n${c}\n{"type":"us`),
  );
  assert.equal(parents(made.bytes), ['p<null', 'a<p', 'c<a']);
  assert.is(made.warnings.length, 5);
  assert.is(made.messages, 3);
  assert.match(made.warnings[4] ?? '', 'Reconnected 1 records');
});

x('leaves out a result whose call is not there', () => {
  const made = write(lines(user('p', null, 'go'), result('r', 'gone', 'c1'), user('q', 'r', 'on')));
  assert.equal(parents(made.bytes), ['p<null', 'q<p']);
  assert.match(made.warnings[0] ?? '', 'whose call is not there');
});

x('opens circles, and links a record that is its own parent or the first of a cut head', () => {
  const own = lines(user('a', 'gone', '1'), user('b', 'b', '2'), user('c', 'b', '3'));
  assert.equal(parents(write(own).bytes), ['a<null', 'b<a', 'c<b']);
  const circle = lines(user('a', null, '1'), user('b', 'c', '2'), user('c', 'b', '3'));
  assert.equal(parents(write(circle).bytes), ['a<null', 'b<a', 'c<b']);
  const closed = lines(user('a', 'b', '1'), user('b', 'a', '2'));
  assert.equal(parents(write(closed).bytes), ['a<null', 'b<a']);
  const ahead = lines(user('a', 'c', '1'), user('b', 'c', '2'), user('c', 'b', '3'));
  assert.equal(parents(write(ahead).bytes), ['a<c', 'b<null', 'c<b']);
  const same = lines(user('a', 'gone', '1'), user('a', 'gone', '2'));
  assert.equal(parents(write(same).bytes), ['a<null', 'a<null']);
});

x('links sidechains to their own records only', () => {
  const side = { isSidechain: true, agentId: 'x' };
  const bytes = lines(
    user('s', null, '1', side),
    user('a', null, '2'),
    user('t', 'gone', '3', side),
    user('b', 'gone', '4'),
    user('u', 'gone', '5', { isSidechain: true }),
  );
  assert.equal(parents(write(bytes).bytes), ['s<null', 'a<null', 't<s', 'b<a', 'u<null']);
});

x('moves the working directory and what is below it, and nothing else', () => {
  const bytes = lines(
    user('a', null, '1', { cwd: '/old/röot' }),
    user('b', 'a', '2', { cwd: '/old/röot/sub' }),
    user('c', 'b', '3', { cwd: '/old/röots' }),
    user('d', 'c', '4', { cwd: null }),
    { type: 'mode', cwd: '/old/röot', sessionId: 7 },
  );
  const made = parseLines(write(bytes, { cwd: '/new/é' }).bytes);
  assert.equal(
    made.map(({ cwd }) => cwd),
    ['/new/é', '/new/é/sub', '/old/röots', null, '/new/é'],
  );
  assert.is(made[4]?.sessionId, 7);
  assert.equal(parseLines(write(lines({ type: 'mode' }), { cwd: '/new' }).bytes), [
    { type: 'mode' },
  ]);
});

x('changes a key however it is written, and every one of a duplicate', () => {
  const odd = `{"session\\u0049d":"${OLD}","a":{"sessionId":"in"},"type":"x", "sessionId" : "${OLD}" }\n`;
  assert.is(
    write(Buffer.from(odd)).bytes.toString(),
    `{"session\\u0049d":"${NEW}","a":{"sessionId":"in"},"type":"x", "sessionId" : "${NEW}" }\n`,
  );
});

x('writes an array and a compressed transcript as lines', () => {
  const records = session.toString().trim().split('\n');
  const plain = write(session).bytes;
  assert.equal(write(Buffer.from(`[\n${records.join(',\n')}\n]`)).bytes, plain);
  assert.equal(write(gzipSync(session)).bytes, plain);
  assert.equal(parseLines(write(Buffer.from('[{\n"type":"x",\n"a":1}]')).bytes), [
    { type: 'x', a: 1 },
  ]);
});

x('refuses a transcript it cannot decode, and a cut at a message that is not there', () => {
  const codeOf = (request: Partial<NativeRequest>): string => {
    try {
      claude.format.write({ bytes: session, nativeId: NEW, ...request });
    } catch (error) {
      if (error instanceof GsessError) return error.code;
    }
    return 'none';
  };
  assert.is(codeOf({ bytes: gzipSync(session).subarray(0, 90) }), 'transcript-refused');
  assert.is(codeOf({ cut: { throughMessage: 'nobody' } }), 'not-found');
});

x('gives subagents the new id and leaves other side files as they are', () => {
  const agent = transcriptFixture('claude/agent-a1b2c3.jsonl');
  const torn = Buffer.concat([agent, Buffer.from('\r\n{"type":"us')]);
  const request = { bytes: torn, nativeId: NEW, cwd: '/new' };
  const made = claude.format.writeSideFile('subagents/agent-a1b2c3.jsonl', request);
  const expected = torn
    .toString('latin1')
    .replaceAll(`"sessionId":"${OLD}"`, `"sessionId":"${NEW}"`)
    .replaceAll('"cwd":"/home/ada/kiln"', '"cwd":"/new"');
  assert.is(made.toString('latin1'), expected);
  for (const name of ['tool-results/a.txt', 'subagents/agent-a1b2c3.meta.json', 'x.jsonl']) {
    assert.equal(claude.format.writeSideFile(name, request), torn);
  }
});

x('answers every open call, at any place, also in a half-answered batch', () => {
  const { bytes, pending } = write(
    lines(
      user('u1', null, 'one'),
      calls('a1', 'u1', 'c1', 'c2'),
      result('r2', 'a1', 'c2'),
      user('u2', 'r2', 'two'),
      calls('a2', 'u2', 'c3'),
      user('u3', 'a2', 'three'),
      { parentUuid: 'u3', type: 'assistant', uuid: 'a3', message: { id: 'm3', content: 'done' } },
    ),
  );
  const results = parseLines(bytes).map(({ uuid, parentUuid, message }) => {
    const [part] = ((message as { content?: unknown })?.content ?? []) as {
      tool_use_id?: string;
    }[];
    return [uuid, parentUuid, part?.tool_use_id];
  });
  const [, , , answer1, , , answer3] = results;
  assert.equal(results, [
    ['u1', null, undefined],
    ['a1', 'u1', undefined],
    ['r2', 'a1', 'c2'],
    [answer1?.[0], 'a1', 'c1'],
    ['u2', answer1?.[0], undefined],
    ['a2', 'u2', undefined],
    [answer3?.[0], 'a2', 'c3'],
    ['u3', answer3?.[0], undefined],
    ['a3', 'u3', undefined],
  ]);
  assert.is(pending, undefined, 'nothing waits at the end');
});

x.run();
