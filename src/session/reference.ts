// Which session or checkpoint a word of the user means: one order of readings, tried level by level. Two matches on one level are an
// error that lists both; nothing is guessed. Pure but for the look-ups it is handed.
//
//   session      exact id › exact name › latest, last › number in the list (1 is newest) › unique prefix of an id or native id
//   checkpoint   exact tag › @N, <ref>@N › <ref>~N › prefix of a commit › message id of the agent › a session (its tip)
//   either       as a session, but for a tag that is more than the beginning of an id; else as a checkpoint

import { GsessError } from '../errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { latestSession } from './latest-session.ts';
import { type SessionId, shortSessionId } from './session-id.ts';
import type { SessionSummary } from './session-summary.ts';
import type { TagSummary } from './tag.ts';

export type Reading = 'id' | 'name' | 'tag' | 'index';

export interface References {
  /** Newest first; the list that index numbers count in. */
  readonly sessions: readonly SessionSummary[];
  readonly tags: readonly TagSummary[];
  /** The session that is meant where none is named; throws where that is not clear. */
  current(): SessionSummary;
  /** The session whose agent we were started by. */
  inside(): SessionSummary | undefined;
  /** It was run by a program or a script, with nobody to talk to. */
  isHeadless(session: SessionSummary): boolean;
  /** The last checkpoint of a turn, other than what people did after it. */
  checkpointOfTurn(session: SessionSummary, turn: number): ObjectId | undefined;
  /** The first-parent ancestor, `steps` back. */
  ancestor(checkpoint: ObjectId, steps: number): ObjectId | undefined;
  checkpointsByPrefix(prefix: string): readonly ObjectId[];
  checkpointOfMessage(messageId: string): ObjectId | undefined;
}

export interface Found<T> {
  readonly value: T;
  /** Another thing that the same word also names; to be mentioned. */
  readonly alsoNames?: string;
  /** The newest session of those that ran without a person, for want of another. */
  readonly isHeadless?: boolean;
}

export interface CheckpointTarget {
  readonly id: ObjectId;
  readonly session: SessionId | undefined;
  readonly tag?: TagSummary;
  /** A session was named: its tip, with what waits there to be taken up. */
  readonly isSession?: boolean;
}

const INDEX = /^\d{1,6}$/;
const LATEST = /^(latest|last)$/i;
const PREFIX = /^[0-9a-z_-]+$/i;
/** A number that is out of the list must not become a session by chance, nor a short word name two things. */
const PREFIX_LENGTH_SURE = 4;
const COMMIT_PREFIX = /^[0-9a-f]{4,40}$/;

/** Resolves a reference to a session; throws `not-found` or `ambiguous`. */
export function resolveSession(
  text: string,
  references: References,
  reading?: Reading,
): Found<SessionSummary> {
  const found = findSession(text, references, reading);
  if (found === undefined) throw noSession(text, references);
  const tag = references.tags.find((candidate) => candidate.name === text);
  const others = [
    ...otherSessions(text, references, found.id),
    ...(tag === undefined ? [] : [`tag '${tag.name}'`]),
  ];
  const isHeadless = LATEST.test(text) && references.isHeadless(found) ? { isHeadless: true } : {};
  return { ...withOthers(found, reading === undefined ? others : []), ...isHeadless };
}

/** Resolves a reference to a checkpoint; throws `not-found` or `ambiguous`. */
export function resolveCheckpoint(
  text: string,
  references: References,
  reading?: Reading,
): Found<CheckpointTarget> {
  const value = findTarget(text, references, reading);
  if (value === undefined) throw notFound(reading === 'tag' ? 'tag' : 'checkpoint', text);
  const isMentioned = reading === undefined && value.isSession !== true;
  return withOthers(value, isMentioned ? otherSessions(text, references, undefined) : []);
}

export type Subject =
  | { readonly kind: 'session'; readonly session: SessionSummary }
  | { readonly kind: 'checkpoint'; readonly target: CheckpointTarget };

/** Resolves a reference to a session or one of its moments; throws `not-found` or `ambiguous`. */
export function resolveSubject(
  text: string,
  references: References,
  reading?: Reading,
): Found<Subject> {
  const session = reading === 'tag' ? undefined : findSession(text, references, reading);
  if (session !== undefined && !isTagRather(text, references, { session, reading })) {
    const found = resolveSession(text, references, reading);
    return { ...found, value: { kind: 'session', session: found.value } };
  }
  if (findTarget(text, references, reading) === undefined) {
    if (INDEX.test(text) || LATEST.test(text)) throw noSession(text, references);
    throw notFound(reading === 'tag' ? 'tag' : 'session or checkpoint', text);
  }
  const found = resolveCheckpoint(text, references, reading);
  return { ...found, value: { kind: 'checkpoint', target: found.value } };
}

/** What is exactly the name of a tag is not the beginning of an id. */
function isTagRather(
  text: string,
  { tags }: References,
  as: { readonly session: SessionSummary; readonly reading: Reading | undefined },
): boolean {
  const { id, name } = as.session;
  if (as.reading !== undefined || name === text || id === text.toLowerCase()) return false;
  return tags.some((tag) => tag.name === text);
}

function findTarget(
  text: string,
  references: References,
  reading: Reading | undefined,
): CheckpointTarget | undefined {
  const tag = references.tags.find((candidate) => candidate.name === text);
  if (tag !== undefined && (reading === undefined || reading === 'tag')) {
    return { id: tag.checkpoint, session: tag.session, tag };
  }
  const relative = findRelative(text, references, reading);
  if (relative !== undefined || reading === 'tag') return relative;
  if (reading === undefined) {
    if (COMMIT_PREFIX.test(text)) {
      const matches = references.checkpointsByPrefix(text);
      if (matches.length > 1) throw ambiguousCheckpoints(text, matches);
      if (matches[0] !== undefined) return { id: matches[0], session: undefined };
    }
    const message = references.checkpointOfMessage(text);
    if (message !== undefined) return { id: message, session: undefined };
  }
  const session = findSession(text, references, reading);
  return session && { id: session.tip, session: session.id, isSession: true };
}

/** `@N`, `<ref>@N`, `<ref>~N`, where <ref> is any reference of either kind, or the current session where it is empty. */
function findRelative(
  text: string,
  references: References,
  reading: Reading | undefined,
): CheckpointTarget | undefined {
  const parts = /^(.*)([@~])(\d{0,7})$/s.exec(text);
  if (parts === null) return undefined;
  const [, basis = '', sign, digits = ''] = parts;
  if (sign === '@') {
    if (digits === '') return undefined;
    const session = basis === '' ? references.current() : findSession(basis, references, reading);
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
      : findTarget(basis, references, reading);
  const id = from && references.ancestor(from.id, digits === '' ? 1 : Number(digits));
  if (from !== undefined && id === undefined) throw notFound('checkpoint', text);
  return from && id && { id, session: from.session };
}

type Level = readonly [Reading, () => readonly SessionSummary[]];

function levelsOf(text: string, references: References): readonly Level[] {
  const { sessions } = references;
  const isNumber = INDEX.test(text);
  const isPrefix = PREFIX.test(text) && (!isNumber || text.length >= PREFIX_LENGTH_SURE);
  const latest = () => latestSession(sessions, { ...references, inside: references.inside() });
  const at = Number(text);
  return [
    ['id', () => sessions.filter((session) => session.id === text.toLowerCase())],
    ['name', () => sessions.filter((session) => session.name === text)],
    ['index', () => (LATEST.test(text) ? [latest()?.session ?? []].flat() : [])],
    ['index', () => (isNumber && at > 0 ? sessions.slice(at - 1, at) : [])],
    ['id', () => (isPrefix ? byPrefix(sessions, text.toLowerCase()) : [])],
  ];
}

function findSession(
  text: string,
  references: References,
  reading: Reading | undefined,
): SessionSummary | undefined {
  for (const [kind, match] of levelsOf(text, references)) {
    if (reading !== undefined && reading !== kind) continue;
    const matches = match();
    if (matches.length > 1) throw ambiguousSessions(text, matches);
    if (matches[0] !== undefined) return matches[0];
  }
  return undefined;
}

/** What else the word could have been, had the level that it was found on not been there. */
function otherSessions(
  text: string,
  references: References,
  found: SessionId | undefined,
): readonly string[] {
  const matches = levelsOf(text, references)
    .filter(([kind]) => kind === 'name' || text.length >= PREFIX_LENGTH_SURE)
    .flatMap(([, match]) => match())
    .filter(({ id }) => id !== found);
  return [...new Set(matches)].map(({ id, name }) => {
    return name === text ? `session '${name}'` : `session ${shortSessionId(id)}`;
  });
}

/** Sessions of another list that a word names for sure: a list number or `latest` means something of this project only. */
export function matchingSessions(
  text: string,
  sessions: readonly SessionSummary[],
): readonly { readonly session: SessionSummary; readonly level: number }[] {
  const isPrefix = PREFIX.test(text) && text.length >= PREFIX_LENGTH_SURE;
  const levels = [
    sessions.filter(({ id }) => id === text.toLowerCase()),
    sessions.filter(({ name }) => name === text),
    isPrefix ? byPrefix(sessions, text.toLowerCase()) : [],
  ];
  const level = levels.findIndex((matches) => matches.length > 0);
  return (levels[level] ?? []).map((session) => ({ session, level }));
}

function withOthers<T>(value: T, others: readonly string[]): Found<T> {
  return others.length === 0 ? { value } : { value, alsoNames: others.join(' and the ') };
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

/** An error that lists sessions with what tells them apart. */
export function ambiguousSessions(
  text: string,
  matches: readonly SessionSummary[],
  hint = 'Name one of them by its id.',
): GsessError {
  return new GsessError('ambiguous', `'${text}' names ${matches.length} sessions`, {
    hint,
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

function ambiguousCheckpoints(text: string, ids: readonly ObjectId[]): GsessError {
  return new GsessError('ambiguous', `'${text}' begins the ids of ${ids.length} checkpoints`, {
    hint: 'Give more of the id.',
    data: { candidates: ids.map((id) => ({ id })) },
  });
}

const WHERE = `'gsess list' shows the sessions, 'gsess tag --list' the tags, 'gsess log' the checkpoints.`;

function notFound(what: string, text: string): GsessError {
  return new GsessError('not-found', `No ${what} '${text}' in this project`, { hint: WHERE });
}

function noSession(text: string, { sessions }: References): GsessError {
  if (LATEST.test(text)) return noLatest();
  if (!INDEX.test(text)) return notFound('session', text);
  return new GsessError('not-found', `No session '${text}' in a list of ${sessions.length}`, {
    hint: WHERE,
  });
}

/** There are sessions, but none to go on with. */
export function noLatest(): GsessError {
  return new GsessError('not-found', 'No session to go on with in this project', {
    hint: `Sessions that are live or in which nothing was said are left out; 'gsess list' shows all.`,
  });
}
