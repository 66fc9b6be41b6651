// The look-ups that resolving a reference needs, made on a store. Lists are read once a verb.

import type { ObjectId } from '../git/object-id.ts';
import type { Message } from '../transcript/transcript.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { conversationThrough, leftBehind, type TranscriptReader } from './conversation.ts';
import { insideSession } from './current-session.ts';
import type { References } from './reference.ts';
import type { SessionSummary } from './session-summary.ts';
import type { Store } from './store.ts';
import { readStored, storedPath } from './stored-transcript.ts';
import { listTags } from './tag.ts';

export interface ReferenceBasis {
  readonly current: () => SessionSummary;
  /** The agent's own id of the session we run in, where its environment tells. */
  readonly nativeId?: string | undefined;
  readonly readerOf: (agent: string) => TranscriptReader | undefined;
}

/** An agent says how it was started in its first records. */
const HEAD_BYTES = 256 * 1024;
const MESSAGE_ID = /^[A-Za-z0-9_-]{8,}$/;

export function referencesOf(store: Store, basis: ReferenceBasis): References {
  const sessions = store.sessions();
  return {
    sessions,
    tags: listTags(store),
    current: basis.current,
    inside: () => insideSession(store, sessions, basis),
    isHeadless: (session) => isHeadless(store, session, basis.readerOf),
    checkpointOfTurn: (session, turn) => checkpointOfTurn(store, session, turn),
    ancestor: (from, steps) => ancestor(store, from, steps),
    checkpointsByPrefix: (prefix) =>
      store.objects.findByPrefix(prefix).filter((id) => isCheckpoint(store, id)),
    checkpointOfMessage: (messageId) =>
      checkpointOfMessage(store, messageId, { sessions, readerOf: basis.readerOf }),
  };
}

function isHeadless(
  store: Store,
  session: SessionSummary,
  readerOf: ReferenceBasis['readerOf'],
): boolean {
  const reader = readerOf(session.agent);
  const tip = store.checkpoint(session.tip);
  const transcripts = store.entry(tip, 'transcript')?.id;
  const nativeId = store.record(tip).activeNativeId;
  if (reader === undefined || transcripts === undefined || nativeId === null) return false;
  const place = { transcripts, path: storedPath(nativeId) };
  const says = (bytes?: number) =>
    reader(Buffer.concat([...readStored(store.objects, place, bytes)])).headless === true;
  // A person may have taken it up since.
  return says(HEAD_BYTES) && says();
}

/**
 * The last checkpoint of a turn that the agent made: changes that a person made afterwards, or a restore, are not the turn's. A
 * turn that ended is taken at its end; one that was cut off, at the last that is known of it.
 */
function checkpointOfTurn(
  store: Store,
  session: SessionSummary,
  turn: number,
): ObjectId | undefined {
  let last: ObjectId | undefined;
  for (const checkpoint of store.history(session.tip)) {
    if (checkpoint.turn < turn) break;
    if (checkpoint.turn > turn || !isOfAgent(checkpoint)) continue;
    if (checkpoint.kind === 'turn') return checkpoint.id;
    last ??= checkpoint.id;
  }
  return last;
}

function isOfAgent({ kind, operation }: Checkpoint): boolean {
  if (operation !== undefined) return false;
  return ['prompt', 'tool', 'turn', 'manual', 'import'].includes(kind);
}

function ancestor(store: Store, from: ObjectId, steps: number): ObjectId | undefined {
  let left = steps;
  for (const checkpoint of store.history(from)) {
    if (left === 0) return checkpoint.id;
    left -= 1;
  }
  return undefined;
}

function isCheckpoint(store: Store, id: ObjectId): boolean {
  if (store.objects.sizeOf(id).type !== 'commit') return false;
  return parseCheckpoint(id, store.objects.readCommit(id)) !== undefined;
}

/**
 * The first checkpoint whose transcript holds a message, and of a prompt the one that was made when it was given; the newest sessions
 * are looked through first.
 */
function checkpointOfMessage(
  store: Store,
  messageId: string,
  {
    sessions,
    readerOf,
  }: { readonly sessions: readonly SessionSummary[] } & Pick<ReferenceBasis, 'readerOf'>,
): ObjectId | undefined {
  if (!MESSAGE_ID.test(messageId)) return undefined;
  for (const session of sessions) {
    const tip = store.checkpoint(session.tip);
    const conversation =
      conversationThrough(store, { messageId, tip }, readerOf) ??
      throughLeftBehind(store, { messageId, tip }, readerOf);
    if (conversation === undefined) continue;
    const { message, bytes } = conversation;
    const isPrompt = message.kind === 'prompt';
    return (
      (isPrompt && checkpointOfPrompt(store, session, message)) ||
      firstHolding(store, session, bytes)
    );
  }
  return undefined;
}

function throughLeftBehind(
  store: Store,
  wanted: { readonly messageId: string; readonly tip: Checkpoint },
  readerOf: ReferenceBasis['readerOf'],
) {
  const held = leftBehind(store, wanted.tip);
  return held && conversationThrough(store, { ...wanted, held }, readerOf);
}

/** By the agent's id of it, else as the last that was given before the transcript went on with it. */
function checkpointOfPrompt(
  store: Store,
  session: SessionSummary,
  { aliases, sources }: Message,
): ObjectId | undefined {
  const offset = sources[0]?.offset ?? 0;
  let before: ObjectId | undefined;
  for (const checkpoint of store.history(session.tip)) {
    if (checkpoint.kind !== 'prompt') continue;
    const { lastPromptId } = store.record(checkpoint);
    if (lastPromptId !== null && aliases.includes(lastPromptId)) return checkpoint.id;
    if (checkpoint.transcriptBytes <= offset) before ??= checkpoint.id;
  }
  return before;
}

/** The oldest checkpoint of the session whose transcript reaches as far as `bytes`. */
export function firstHolding(store: Store, session: SessionSummary, bytes: number): ObjectId {
  let found: ObjectId | undefined;
  for (const checkpoint of store.history(session.tip)) {
    const isHeld = checkpoint.transcriptBytes >= bytes;
    if (!isHeld && found !== undefined) return found;
    // Since the conversation went back, there may be less of it.
    if (isHeld) found = checkpoint.id;
  }
  return found ?? session.tip;
}
