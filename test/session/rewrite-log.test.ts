import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectId } from '../../src/git/object-id.ts';
import type { LoggedOperation, Operation } from '../../src/session/operation-log.ts';
import {
  expiredEntries,
  rewriteLog,
  withEarlier,
  withTakenBack,
} from '../../src/session/rewrite-log.ts';

const log = suite('rewriting an operation log');

type Facts = Partial<
  Record<'undoTop' | 'redoTop' | 'undoBelow' | 'redoBelow' | 'takesBack', string>
>;

function entry(commit: string, facts: Facts & { at?: string; ref?: string } = {}): LoggedOperation {
  const { at = '2025-01-01T00:00:00.000Z', ref, ...stack } = facts;
  const operation = {
    id: commit,
    verb: 'tag',
    at,
    root: '/r',
    summary: commit,
    refs: ref === undefined ? [] : [{ name: ref, before: null, after: null }],
    undoTop: null,
    redoTop: null,
    undoBelow: null,
    redoBelow: null,
    ...stack,
  } as unknown as Operation;
  return { commit: commit as ObjectId, operation };
}

/** Three operations and the undo of the third, newest first. */
const LOG = [
  entry('u', { undoTop: 'b', redoTop: 'self', takesBack: 'c' }),
  entry('c', { undoTop: 'self', undoBelow: 'b' }),
  entry('b', { undoTop: 'self', undoBelow: 'a' }),
  entry('a', { undoTop: 'self' }),
];

function rewritten(entries: readonly LoggedOperation[], dropped: string): string[] {
  const lines: string[] = [];
  rewriteLog(
    entries,
    ({ commit }) => dropped.includes(commit),
    ({ commit, operation }, previous) => {
      const { undoTop, redoTop, undoBelow, redoBelow, takesBack } = operation;
      const stack = [undoTop, redoTop, undoBelow, redoBelow, takesBack].map((id) => id ?? '-');
      lines.push(`${commit} on ${previous ?? '-'}: ${stack.join(' ')}`);
      return `${commit}'` as ObjectId;
    },
  );
  return lines;
}

log('maps every name of an entry to its new one, the oldest first', () => {
  assert.equal(rewritten(LOG, ''), [
    'a on -: self - - - -',
    "b on a': self - a' - -",
    "c on b': self - b' - -",
    "u on c': b' self - - c'",
  ]);
});

log('passes over what is dropped, so that undo goes on below it', () => {
  assert.equal(rewritten(LOG, 'b'), [
    'a on -: self - - - -',
    "c on a': self - a' - -",
    "u on c': a' self - - c'",
  ]);
});

log('ends the stack where its rest is dropped, and forgets what was taken back', () => {
  assert.equal(rewritten(LOG, 'abc'), ['u on -: - self - - -']);
  assert.equal(rewritten(LOG, 'abcu'), []);
});

log('an entry and its undo go together, however often it was done again', () => {
  const entries = [entry('r', { takesBack: 'u' }), ...LOG];
  const sorted = (ids: ReadonlySet<string>) => [...ids].sort().join('');
  assert.is(sorted(withTakenBack(entries, ({ commit }) => commit === 'c')), 'cru');
  assert.is(sorted(withTakenBack(entries, ({ commit }) => commit === 'r')), 'cru');
  assert.is(sorted(withTakenBack(entries, ({ commit }) => commit === 'a')), 'a');
});

log('what came before on the same ref goes too, unless what goes was taken back', () => {
  const entries = [
    entry('u', { undoTop: 'd', redoTop: 'self', takesBack: 'e', ref: 'y' }),
    entry('e', { undoTop: 'self', undoBelow: 'd', ref: 'y' }),
    entry('d', { undoTop: 'self', undoBelow: 'c', ref: 'x' }),
    entry('c', { undoTop: 'self', undoBelow: 'b', ref: 'y' }),
    entry('b', { undoTop: 'self', undoBelow: 'a', ref: 'x' }),
    entry('a', { undoTop: 'self', ref: 'z' }),
  ];
  const of = (wanted: string) =>
    [...withEarlier(entries, ({ commit }) => commit === wanted)].sort().join('');
  assert.is(of('d'), 'bd');
  assert.is(of('e'), 'eu');
});

log('expires from the oldest on, and a clock that stood wrong keeps rather than drops', () => {
  const now = Date.parse('2025-06-01');
  const since = Date.parse('2025-05-01');
  const of = (...dates: string[]) =>
    [
      ...expiredEntries(
        dates.map((at, index) => entry(String(index), { at })),
        { since, now },
      ),
    ].join('');
  assert.is(of('2025-05-20', '2025-04-20', '2025-04-10'), '21');
  assert.is(of('2025-05-20', '1970-01-01', '2025-05-10'), '');
  assert.is(of('2025-05-20', '2025-04-20', '2099-01-01'), '');
  assert.is(of('not a date'), '');
});

log.run();
