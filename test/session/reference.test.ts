import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectId } from '../../src/git/object-id.ts';
import {
  latestOf,
  type Reading,
  type References,
  resolveCheckpoint,
  resolveSession,
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

x('of a word with two meanings mention the other one', () => {
  assert.is(resolveSession('both', references).alsoNames, "tag 'both'");
  assert.is(resolveCheckpoint('both', references).alsoNames, "session 'both'");
  assert.is(resolveSession('auth', references).alsoNames, undefined);
});

for (const [reading, id] of [
  ['tag', commit('9')],
  ['name', commit('2')],
] as readonly (readonly [Reading, ObjectId])[]) {
  x(`are forced to one reading: ${reading}`, () => {
    assert.is(resolveCheckpoint('both', references, reading).value.id, id);
  });
}

x('that are forced to a reading they do not have are not found', () => {
  for (const reading of ['tag', 'index', 'id'] as const) {
    assert.throws(() => resolveCheckpoint('auth', references, reading), /No (tag|checkpoint)/);
  }
});

x('to the latest session leave out live and empty ones', () => {
  assert.equal(latestOf(references.sessions), [TWO]);
  assert.equal(latestOf([ONE, FOUR]), []);
});

x.run();
