// What a checkpoint looks like as a commit: a subject for people, trailers for machines. Everything that a list of sessions shows
// stands in the trailers of the commit at the tip, so a list reads one object a session. Order is parentage, never dates.

import type { Commit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import { foldTrailerValue, formatMessage, parseTrailers, subjectOf } from '../git/trailers.ts';
import { gsessSignature } from './gsess-signature.ts';
import { isSessionId, parseSessionId, type SessionId } from './session-id.ts';
import { type SessionRecord, transcriptOf } from './session-record.ts';
import { titleOf } from './title.ts';

export const CHECKPOINT_KINDS = [
  'prompt',
  'tool',
  'turn',
  'manual',
  'import',
  'restore',
  'fork',
  'rename',
] as const;
export type CheckpointKind = (typeof CHECKPOINT_KINDS)[number];

/** How much of the root a checkpoint holds: all that is captured, all but what could not be read, or the conversation alone. */
export type FilesCoverage = 'whole' | 'partial' | 'none';

/** What tells a checkpoint from its neighbours, beyond the session it belongs to. */
export interface CheckpointFacts {
  readonly kind: CheckpointKind;
  readonly subject: string;
  readonly turn: number;
  readonly files: FilesCoverage;
  readonly tool?: string;
  readonly callId?: string;
  /** The operation of the log that made it, so that a recovery after a crash recognises its own work. */
  readonly operation?: string;
}

export interface Checkpoint extends CheckpointFacts {
  readonly id: ObjectId;
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly session: SessionId;
  readonly agent: string;
  readonly title: string;
  readonly name: string | null;
  readonly branch: string | null;
  readonly head: string | null;
  /** The session that this one was forked from; a fork of an older gsess tells it in its record alone. */
  readonly forkedFrom: SessionId | null;
  readonly root: string;
  readonly at: Date;
  readonly lastActivityAt: string;
  readonly checkpoints: number;
  readonly turns: number;
  readonly transcriptBytes: number;
  readonly nativeIds: readonly string[];
}

const SUBJECT_LENGTH_MAX = 100;

/** The commit of a checkpoint whose tree is written already. */
export function checkpointCommit(
  facts: CheckpointFacts,
  record: SessionRecord,
  place: { tree: ObjectId; parents: readonly ObjectId[]; at: number },
): Commit {
  const committer = gsessSignature(place.at);
  const { agent } = record;
  return {
    tree: place.tree,
    parents: [...place.parents],
    author: { ...committer, name: agent, email: `${agent}@gsess.invalid` },
    committer,
    message: formatMessage(shorten(facts.subject), '', trailersOf(facts, record)),
  };
}

function trailersOf(facts: CheckpointFacts, record: SessionRecord): [string, string][] {
  const active = transcriptOf(record, record.activeNativeId);
  const entries: [string, string | number | null | undefined][] = [
    ['Gsess-Session', record.id],
    ['Gsess-Kind', facts.kind],
    ['Gsess-Turn', facts.turn],
    ['Gsess-Tool', facts.tool],
    ['Gsess-Call', facts.callId],
    ['Gsess-Agent', record.agent],
    ...nativeIdsOf(record).map((id): [string, string] => ['Gsess-Native', id]),
    ['Gsess-Title', titleOf(record)],
    ['Gsess-Name', record.name],
    ['Gsess-Branch', record.branch],
    ['Gsess-Head', record.head],
    ['Gsess-Origin', record.forkedFrom?.session],
    ['Gsess-Root', record.root],
    ['Gsess-Turns', record.turn],
    ['Gsess-Checkpoints', record.checkpoints],
    ['Gsess-Bytes', active?.bytes ?? 0],
    ['Gsess-Activity', record.lastActivityAt],
    ['Gsess-Files', facts.files],
    ['Gsess-Operation', facts.operation],
  ];
  return entries.flatMap(([key, value]): [string, string][] =>
    value === null || value === undefined ? [] : [[key, foldTrailerValue(String(value))]],
  );
}

/** The active native id first, then those it had before, then one that waits to be taken up. */
function nativeIdsOf({ activeNativeId, nativeIds, pending }: SessionRecord): string[] {
  const ids = new Set(activeNativeId === null ? [] : [activeNativeId]);
  for (const id of nativeIds) ids.add(id);
  if (pending !== null) ids.add(pending.nativeId);
  return [...ids];
}

/** Reads a commit as a checkpoint; undefined for a commit that is none (made by other tools, or an operation). */
export function parseCheckpoint(id: ObjectId, commit: Commit): Checkpoint | undefined {
  const trailers = parseTrailers(commit.message);
  const text = (key: string) => trailers.get(`Gsess-${key}`)?.at(-1);
  const number = (key: string) => Number.parseInt(text(key) ?? '0', 10) || 0;
  const kind = CHECKPOINT_KINDS.find((known) => known === text('Kind'));
  const session = text('Session');
  if (kind === undefined || session === undefined) return undefined;
  const tool = text('Tool');
  const callId = text('Call');
  const operation = text('Operation');
  const coverage = text('Files');
  const origin = text('Origin');
  return {
    id,
    tree: commit.tree,
    parents: commit.parents,
    session: parseSessionId(session),
    kind,
    subject: subjectOf(commit.message),
    turn: number('Turn'),
    files: coverage === 'none' || coverage === 'partial' ? coverage : 'whole',
    ...(tool === undefined ? {} : { tool }),
    ...(callId === undefined ? {} : { callId }),
    ...(operation === undefined ? {} : { operation }),
    agent: text('Agent') ?? commit.author.name,
    title: text('Title') ?? '',
    name: text('Name') ?? null,
    branch: text('Branch') ?? null,
    head: text('Head') ?? null,
    forkedFrom: origin !== undefined && isSessionId(origin) ? origin : null,
    root: text('Root') ?? '',
    at: new Date(commit.committer.at),
    lastActivityAt: text('Activity') ?? new Date(commit.committer.at).toISOString(),
    checkpoints: number('Checkpoints'),
    turns: number('Turns'),
    transcriptBytes: number('Bytes'),
    nativeIds: trailers.get('Gsess-Native') ?? [],
  };
}

export interface CommitReader {
  readCommit(id: ObjectId): Commit;
}

/** A checkpoint and its first parents, newest first; ends before a commit that is none. */
export function* checkpointsFrom(objects: CommitReader, from: ObjectId): Generator<Checkpoint> {
  for (let id: ObjectId | undefined = from; id !== undefined; ) {
    const commit = objects.readCommit(id);
    const checkpoint = parseCheckpoint(id, commit);
    if (checkpoint === undefined) return;
    yield checkpoint;
    id = commit.parents[0];
  }
}

function shorten(subject: string): string {
  const points = [...subject];
  return points.length <= SUBJECT_LENGTH_MAX
    ? subject
    : `${points.slice(0, SUBJECT_LENGTH_MAX - 1).join('')}…`;
}
