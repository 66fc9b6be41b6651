// Which session or checkpoint a word of the user means: one order of readings, tried level by level. Two matches on one level are an
// error that lists both; nothing is guessed. Pure but for the look-ups it is handed.
//
//   session      exact id › exact name › latest, last › number in the list (1 is newest) › unique prefix of an id or native id
//   checkpoint   exact tag › @N, <ref>@N › <ref>~N › prefix of a commit › message id of the agent › a session (its tip)

import { GsessError } from '../errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { SessionId } from './session-id.ts';
import type { SessionSummary } from './session-summary.ts';
import type { TagSummary } from './tag.ts';

export type Reading = 'id' | 'name' | 'tag' | 'index';

export interface References {
  /** Newest first; the list that index numbers count in. */
  readonly sessions: readonly SessionSummary[];
  readonly tags: readonly TagSummary[];
  /** The session that is meant where none is named; throws where that is not clear. */
  current(): SessionSummary;
  /** The last checkpoint of a turn, other than what people did after it. */
  checkpointOfTurn(session: SessionSummary, turn: number): ObjectId | undefined;
  /** The first-parent ancestor, `steps` back. */
  ancestor(checkpoint: ObjectId, steps: number): ObjectId | undefined;
  checkpointsByPrefix(prefix: string): readonly ObjectId[];
  checkpointOfMessage(messageId: string): ObjectId | undefined;
}

export interface Found<T> {
  readonly value: T;
  /** Another thing of another kind that the same word also names; to be mentioned. */
  readonly alsoNames?: string;
}

export interface CheckpointTarget {
  readonly id: ObjectId;
  readonly session: SessionId | undefined;
  readonly tag?: TagSummary;
  /** A session was named: its tip, with what waits there to be taken up. */
  readonly isSession?: boolean;
}

const INDEX = /^[1-9]\d{0,5}$/;
const PREFIX = /^[0-9a-zA-Z][0-9a-zA-Z-]{2,}$/;
const COMMIT_PREFIX = /^[0-9a-f]{4,40}$/;

/** Resolves a reference to a session; throws `not-found` or `ambiguous`. */
export function resolveSession(
  text: string,
  references: References,
  reading?: Reading,
): Found<SessionSummary> {
  const found = findSession(text, references, reading);
  if (found === undefined) throw notFound('session', text);
  const tag = references.tags.find((candidate) => candidate.name === text);
  return tag === undefined ? { value: found } : { value: found, alsoNames: `tag '${tag.name}'` };
}

/** Resolves a reference to a checkpoint; throws `not-found` or `ambiguous`. */
export function resolveCheckpoint(
  text: string,
  references: References,
  reading?: Reading,
): Found<CheckpointTarget> {
  const tag = references.tags.find((candidate) => candidate.name === text);
  if (tag !== undefined && (reading === undefined || reading === 'tag')) {
    const named = references.sessions.some((session) => session.name === text);
    const value = { id: tag.checkpoint, session: tag.session, tag };
    return named ? { value, alsoNames: `session '${text}'` } : { value };
  }
  if (reading === 'tag') throw notFound('tag', text);
  const value = findCheckpoint(text, references, reading);
  if (value === undefined) throw notFound('checkpoint', text);
  return { value };
}

function findCheckpoint(
  text: string,
  references: References,
  reading: Reading | undefined,
): CheckpointTarget | undefined {
  if (reading === undefined) {
    const relative = findRelative(text, references);
    if (relative !== undefined) return relative;
    if (COMMIT_PREFIX.test(text)) {
      const matches = references.checkpointsByPrefix(text);
      if (matches.length > 1) throw ambiguous(text, matches);
      if (matches[0] !== undefined) return { id: matches[0], session: undefined };
    }
    const message = references.checkpointOfMessage(text);
    if (message !== undefined) return { id: message, session: undefined };
  }
  const session = findSession(text, references, reading);
  return session && { id: session.tip, session: session.id, isSession: true };
}

/** `@N`, `<ref>@N`, `<ref>~N`, where <ref> is any reference of either kind, or the current session where it is empty. */
function findRelative(text: string, references: References): CheckpointTarget | undefined {
  const parts = /^(.*)([@~])(\d{0,7})$/s.exec(text);
  if (parts === null) return undefined;
  const [, basis = '', sign, digits = ''] = parts;
  if (sign === '@') {
    if (digits === '') return undefined;
    const session = basis === '' ? references.current() : findSession(basis, references, undefined);
    const id = session && references.checkpointOfTurn(session, Number(digits));
    if (session !== undefined && id === undefined) {
      throw new GsessError('not-found', `Session '${session.title}' has no turn ${digits}`, {
        hint: `Its turns are listed by 'gsess log'.`,
      });
    }
    return session && id && { id, session: session.id };
  }
  const from =
    basis === ''
      ? { id: references.current().tip, session: references.current().id }
      : resolveBasis(basis, references);
  const id = from && references.ancestor(from.id, digits === '' ? 1 : Number(digits));
  if (from !== undefined && id === undefined) throw notFound('checkpoint', text);
  return from && id && { id, session: from.session };
}

function resolveBasis(text: string, references: References): CheckpointTarget | undefined {
  const tag = references.tags.find((candidate) => candidate.name === text);
  if (tag !== undefined) return { id: tag.checkpoint, session: tag.session, tag };
  return findCheckpoint(text, references, undefined);
}

function findSession(
  text: string,
  { sessions }: References,
  reading: Reading | undefined,
): SessionSummary | undefined {
  const levels: readonly [Reading, () => readonly SessionSummary[]][] = [
    ['id', () => sessions.filter((session) => session.id === text.toLowerCase())],
    ['name', () => sessions.filter((session) => session.name === text)],
    ['index', () => (/^(latest|last)$/i.test(text) ? latestOf(sessions) : [])],
    ['index', () => (INDEX.test(text) ? sessions.slice(Number(text) - 1, Number(text)) : [])],
    ['id', () => (PREFIX.test(text) ? byPrefix(sessions, text.toLowerCase()) : [])],
  ];
  for (const [kind, match] of levels) {
    if (reading !== undefined && reading !== kind) continue;
    const matches = match();
    if (matches.length > 1) throw ambiguousSessions(text, matches);
    if (matches[0] !== undefined) return matches[0];
  }
  return undefined;
}

function byPrefix(sessions: readonly SessionSummary[], prefix: string): readonly SessionSummary[] {
  const exact = sessions.filter((session) =>
    session.nativeIds.some((id) => id.toLowerCase() === prefix),
  );
  if (exact.length > 0) return exact;
  return sessions.filter(
    (session) =>
      session.id.startsWith(prefix) ||
      session.nativeIds.some((id) => id.toLowerCase().startsWith(prefix)),
  );
}

/** The session to go on with: by last activity of its conversation, leaving out live and empty ones. */
export function latestOf(sessions: readonly SessionSummary[]): readonly SessionSummary[] {
  const candidates = sessions
    .filter((session) => !session.live && session.turns > 0)
    .sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
  return candidates.slice(0, 1);
}

/** An error that lists sessions with what tells them apart. */
export function ambiguousSessions(text: string, matches: readonly SessionSummary[]): GsessError {
  return new GsessError('ambiguous', `'${text}' names ${matches.length} sessions`, {
    hint: 'Give more of the id.',
    data: {
      candidates: matches.map(({ id, name, title, branch, agent, root, updatedAt }) => ({
        id,
        name,
        title,
        branch,
        agent,
        root,
        updatedAt,
      })),
    },
  });
}

function ambiguous(text: string, ids: readonly ObjectId[]): GsessError {
  return new GsessError('ambiguous', `'${text}' begins the ids of ${ids.length} checkpoints`, {
    hint: 'Give more of the id.',
    data: { candidates: ids.map((id) => ({ id })) },
  });
}

function notFound(what: string, text: string): GsessError {
  return new GsessError('not-found', `No ${what} '${text}' in this project`, {
    hint: `'gsess list' shows the sessions, 'gsess tag --list' the tags, 'gsess log' the checkpoints.`,
  });
}
