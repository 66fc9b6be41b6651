import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectId } from '../../src/git/object-id.ts';
import { latestSession } from '../../src/session/latest-session.ts';
import {
  type Reading,
  type References,
  resolveCheckpoint,
  resolveSession,
  resolveSubject,
} from '../../src/session/reference.ts';
import type { SessionId } from '../../src/session/session-id.ts';
import type { SessionSummary } from '../../src/session/session-summary.ts';

const x = suite('References');

const commit = (digit: string) => digit.repeat(40) as ObjectId;

function session(id: string, more: Partial<SessionSummary> = {}): SessionSummary {
  return {
    id: id as SessionId,
    name: null,
    title: `title of ${id.slice(0, 4)}`,
    agent: 'claude',
    branch: 'main',
    updatedAt: '2026-01-01T00:00:00.000Z',
    turns: 2,
    checkpoints: 5,
    bytes: 1000,
    forkedFrom: null,
    isInTurn: false,
    root: '/p',
    live: false,
    nativeIds: [id],
    tip: commit('0'),
    ...more,
  };
}

const ONE = session('11111111-1111-4111-8111-111111111111', {
  name: 'auth',
  updatedAt: '2026-03-03T00:00:00.000Z',
  live: true,
  tip: commit('1'),
});
const TWO = session('11112222-2222-4222-8222-222222222222', {
  name: 'both',
  updatedAt: '2026-02-02T00:00:00.000Z',
  tip: commit('2'),
  nativeIds: ['abcdef00-0000-4000-8000-000000000000'],
});
const THREE = session('33333333-3333-4333-8333-333333333333', {
  name: 'twin',
  tip: commit('3'),
});
const FOUR = session('44444444-4444-4444-8444-444444444444', {
  name: 'twin',
  turns: 0,
  updatedAt: '2025-01-01T00:00:00.000Z',
});

const references: References = {
  sessions: [ONE, TWO, THREE, FOUR],
  tags: [
    {
      name: 'both',
      ref: 'refs/tags/both',
      object: commit('8'),
      checkpoint: commit('9'),
      session: TWO.id,
      turn: 1,
      at: '2026-01-01T00:00:00.000Z',
    },
  ],
  current: () => ONE,
  inside: () => undefined,
  isHeadless: () => false,
  checkpointOfTurn: (of, turn) =>
    turn === 1 ? (`${of.tip.slice(0, 39)}a` as ObjectId) : undefined,
  ancestor: (from, steps) => (steps < 3 ? (`${from.slice(0, 39)}${steps}` as ObjectId) : undefined),
  checkpointsByPrefix: (prefix) =>
    [commit('1'), commit('c'), `${'c'.repeat(39)}d` as ObjectId].filter((id) =>
      id.startsWith(prefix),
    ),
  checkpointOfMessage: (id) => (id === 'msg_00000001' ? commit('e') : undefined),
};

for (const [text, found] of [
  [ONE.id, ONE],
  [ONE.id.toUpperCase(), ONE],
  ['auth', ONE],
  ['both', TWO],
  ['latest', TWO],
  ['LAST', TWO],
  ['1', ONE],
  ['2', TWO],
  ['11111', ONE],
  ['1111-', undefined],
  ['3333', THREE],
  ['a', TWO],
  ['ABC', TWO],
  ['abcdef', TWO],
  ['5', undefined],
  ['0', undefined],
  ['33', undefined],
  ['nothing', undefined],
  ['AUTH', undefined],
] as const) {
  x(`to a session: '${text}' is ${found === undefined ? 'not found' : found.name}`, () => {
    if (found === undefined) {
      assert.throws(
        () => resolveSession(text, references),
        (error: { code?: string }) => error.code === 'not-found',
      );
    } else assert.is(resolveSession(text, references).value, found);
  });
}

for (const text of ['twin', '1111']) {
  x(`to two sessions on one level list both: '${text}'`, () => {
    assert.throws(
      () => resolveSession(text, references),
      (error: { code?: string; data?: { candidates: unknown[] } }) =>
        error.code === 'ambiguous' && error.data?.candidates.length === 2,
    );
  });
}

for (const [text, id, of] of [
  ['both', commit('9'), TWO.id],
  ['@1', `${'1'.repeat(39)}a`, ONE.id],
  ['twin-less@1', undefined, undefined],
  ['auth@1', `${'1'.repeat(39)}a`, ONE.id],
  ['2@1', `${'2'.repeat(39)}a`, TWO.id],
  ['~', `${'1'.repeat(39)}1`, ONE.id],
  ['~2', `${'1'.repeat(39)}2`, ONE.id],
  ['~3', undefined, undefined],
  ['@2', undefined, undefined],
  ['auth~1', `${'1'.repeat(39)}1`, ONE.id],
  ['both~1', `${'9'.repeat(39)}1`, TWO.id],
  ['@1~1', `${'1'.repeat(39)}1`, ONE.id],
  ['1111111111', commit('1'), undefined],
  ['msg_00000001', commit('e'), undefined],
  ['auth', commit('1'), ONE.id],
  ['ffff', undefined, undefined],
  ['@', undefined, undefined],
] as const) {
  x(`to a checkpoint: '${text}' is ${id === undefined ? 'not found' : id.slice(-4)}`, () => {
    if (id === undefined) {
      assert.throws(
        () => resolveCheckpoint(text, references),
        (error: { code?: string }) => error.code === 'not-found',
      );
      return;
    }
    const { value } = resolveCheckpoint(text, references);
    assert.is(value.id, id);
    assert.is(value.session, of);
  });
}

x('to two checkpoints list both', () => {
  assert.throws(
    () => resolveCheckpoint('cccc', references),
    (error: { code?: string }) => error.code === 'ambiguous',
  );
});

x('of a word with several meanings mention the others', () => {
  const named = (text: string) => resolveSession(text, references).alsoNames;
  assert.is(named('both'), "tag 'both'");
  assert.is(resolveCheckpoint('both', references).alsoNames, "session 'both'");
  assert.is(named('auth'), undefined);
  assert.is(named('1'), undefined, 'a number in the list is no beginning of an id');
  const short = session('aaaa1111-1111-4111-8111-111111111111', { name: 'abcdef' });
  const more = { ...references, sessions: [TWO, short] };
  assert.is(resolveSession('abcdef', more).value, short);
  assert.is(resolveSession('abcdef', more).alsoNames, 'session 11112222');
  assert.is(resolveSession('abcdef', more, 'id').value, TWO);
  assert.is(resolveSession('abcdef', more, 'name').alsoNames, undefined, 'it was asked for');
  assert.is(resolveCheckpoint('1111111111', references).alsoNames, undefined);
});

for (const [reading, id] of [
  ['tag', commit('9')],
  ['name', commit('2')],
] as readonly (readonly [Reading, ObjectId])[]) {
  x(`are forced to one reading: ${reading}`, () => {
    assert.is(resolveCheckpoint('both', references, reading).value.id, id);
  });
}

x('are forced to one reading where they are the basis of another', () => {
  assert.is(resolveCheckpoint('both~1', references, 'name').value.id, `${'2'.repeat(39)}1`);
  assert.is(resolveCheckpoint('2@1', references, 'index').value.session, TWO.id);
});

x('that are forced to a reading they do not have are not found', () => {
  for (const reading of ['tag', 'index', 'id'] as const) {
    assert.throws(() => resolveCheckpoint('auth', references, reading), /No (tag|checkpoint)/);
  }
  assert.throws(() => resolveCheckpoint('1111111111', references, 'name'), /No checkpoint/);
});

x('to a number that is not in the list say how long it is', () => {
  assert.throws(() => resolveSession('7', references), /No session '7' in a list of 4/);
});

x('to either are a session first, but a tag before the beginning of an id', () => {
  const kindOf = (text: string, reading?: Reading) =>
    resolveSubject(text, references, reading).value.kind;
  assert.is(kindOf('both'), 'session');
  assert.is(kindOf('both', 'tag'), 'checkpoint');
  assert.is(kindOf('@1'), 'checkpoint');
  assert.is(kindOf('auth'), 'session');
  const [tag] = references.tags;
  if (tag === undefined) throw new Error('there is a tag');
  const tagged = { ...references, tags: [{ ...tag, name: 'abcd' }] };
  assert.is(resolveSubject('abcd', tagged).value.kind, 'checkpoint');
  assert.is(resolveSubject('abcd', tagged).alsoNames, 'session 11112222');
  assert.is(resolveSubject('abcd', tagged, 'id').value.kind, 'session');
  assert.throws(() => resolveSubject('nothing', references), /No session or checkpoint 'nothing'/);
});

const latest = suite('The latest session');

for (const [title, sessions, found] of [
  ['is the newest that is neither live nor empty', [ONE, FOUR, TWO, THREE], TWO],
  ['is none where all are live or empty', [ONE, FOUR], undefined],
  ['is none of a subagent', [session('5', { nativeIds: ['s/agent-1'] }), THREE], THREE],
  ['is not the one that asks', [session('6'), THREE], THREE],
  ['was talked to by a person', [session('7'), THREE], THREE],
  ['is one that ran by itself where there is no other', [ONE, session('7')], '7'],
] as const) {
  latest(title, () => {
    const questions = {
      inside: session('6'),
      isHeadless: ({ id }: SessionSummary) => (id as string) === '7',
    };
    const choice = latestSession(sessions, questions);
    assert.is(choice?.session.id, typeof found === 'string' ? found : found?.id);
    assert.is(choice?.isHeadless, found === undefined ? undefined : found === '7');
  });
}

latest('is told to have run by itself', () => {
  const alone = { ...references, sessions: [THREE], isHeadless: () => true };
  assert.is(resolveSession('Latest', alone).isHeadless, true);
  assert.is(resolveSession('twin', alone).isHeadless, undefined);
  assert.throws(() => resolveSession('last', { ...alone, sessions: [] }), /No session to go on/);
});

x.run();
latest.run();
