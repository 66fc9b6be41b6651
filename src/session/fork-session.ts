// Begins a session from a checkpoint of another: a branch from that commit. The fork holds the files and the conversation exactly as
// far as the checkpoint, shares all their objects, and has a native id of its own reserved before anyone can speak under it.

import { GsessError } from '../errors.ts';
import { editTree, type TreeEdits } from '../git/edit-tree.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import type { ObjectId } from '../git/object-id.ts';
import { segmentPath } from '../transcript/segments.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type Content, putCheckpoint } from './checkpoint-writer.ts';
import { type Conversation, conversationAt, type TranscriptReader } from './conversation.ts';
import { parseName } from './name.ts';
import { bindNativeId } from './native-index.ts';
import { operate } from './operate.ts';
import { newOperation, recordOperation } from './record-operation.ts';
import { checkNameIsFree } from './rename-session.ts';
import { filesOf } from './session-change.ts';
import { newSessionId, type SessionId } from './session-id.ts';
import {
  type PendingConversation,
  type SessionRecord,
  type TranscriptRecord,
  transcriptOf,
} from './session-record.ts';
import { type Store, sessionRef } from './store.ts';
import { storedSegments } from './stored-segments.ts';
import { storedPath, storeWhole } from './stored-transcript.ts';

export interface ForkRequest {
  readonly checkpoint: Checkpoint;
  /** The session forked from; the checkpoint may be older than it, in a session that it was forked from itself. */
  readonly session: SessionId;
  /** Where its conversation ends, if not where the checkpoint does. */
  readonly upTo?: Conversation | undefined;
  readonly name?: string;
  /** The ids it shall have, if not new ones. */
  readonly ids?: ForkIds | undefined;
  /** Where its files are; the session's own root unless told. */
  readonly root?: string;
  /** The root whose log the operation goes into. */
  readonly here: string;
  readonly readerOf: (agent: string) => TranscriptReader | undefined;
  /** What another agent is to go on with, instead of the agent of the checkpoint. */
  readonly handedTo?: HandedConversation;
}

/** A conversation as another agent takes it. */
export interface HandedConversation {
  readonly agent: string;
  readonly nativeId: string;
  readonly bytes: Buffer;
}

export interface ForkIds {
  readonly session: SessionId;
  readonly nativeId: string;
}

export interface Fork {
  readonly session: SessionId;
  readonly checkpoint: ObjectId;
  readonly pending: PendingConversation | null;
}

/** Makes the fork; throws `name-invalid` or `guard` for its name before anything is written. */
export function forkSession(store: Store, request: ForkRequest): Promise<Fork> {
  return operate(store, { root: request.here, verb: 'fork' }, () => fork(store, request));
}

async function fork(store: Store, request: ForkRequest): Promise<Fork> {
  const { checkpoint, here } = request;
  const name = request.name === undefined ? null : parseName(request.name, 'session');
  if (name !== null) checkNameIsFree(store, name);
  const batch = store.batch();
  const id = request.ids?.session ?? newSessionId(store.surroundings.now());
  const conversation = conversationOf(store, request);
  const forked = forkedRecord(store, batch, { ...request, id, name, conversation });
  const { handedTo } = request;
  const { record, transcripts } =
    handedTo === undefined ? forked : handedOver(batch, forked, { handedTo, checkpoint });
  const commit = putCheckpoint(store, batch, {
    record,
    expect: 'absent',
    parents: [checkpoint.id],
    content: contentOf(store, checkpoint, transcripts),
    facts: {
      kind: 'fork',
      subject: `fork of ${checkpoint.title} at turn ${checkpoint.turn}${handedTo === undefined ? '' : ` in ${handedTo.agent}`}`,
      turn: checkpoint.turn,
      files: checkpoint.files,
    },
  });
  const operation = newOperation(store, {
    verb: 'fork',
    root: here,
    summary: `fork ${request.session} at ${checkpoint.id.slice(0, 10)}`,
    refs: [{ name: sessionRef(id), before: null, after: commit }],
  });
  if (record.pending !== null) {
    bindNativeId(store, { session: id, agent: record.agent, nativeId: record.pending.nativeId });
  }
  await recordOperation(store, batch, operation);
  await store.refs.setHead(sessionRef(id));
  return { session: id, checkpoint: commit, pending: record.pending };
}

function contentOf(
  store: Store,
  checkpoint: Checkpoint,
  transcripts: ObjectId | undefined,
): Content {
  return { files: filesOf(store, checkpoint), transcripts };
}

/** A session that was captured without a transcript is forked for its files. */
function conversationOf(store: Store, request: ForkRequest): Conversation | undefined {
  if (request.upTo !== undefined) return request.upTo;
  const tipId = store.tip(request.session);
  const tip = tipId === undefined ? request.checkpoint : store.checkpoint(tipId);
  try {
    return conversationAt(store, { checkpoint: request.checkpoint, tip }, request.readerOf);
  } catch (error) {
    if (error instanceof GsessError && error.code === 'not-found') return undefined;
    throw error;
  }
}

function forkedRecord(
  store: Store,
  batch: ObjectBatch,
  request: Omit<ForkRequest, 'name'> & {
    readonly id: SessionId;
    readonly name: string | null;
    readonly conversation: Conversation | undefined;
  },
): { readonly record: SessionRecord; readonly transcripts: ObjectId | undefined } {
  const { checkpoint, conversation, id, name } = request;
  const before = store.record(checkpoint);
  const now = new Date(store.surroundings.now()).toISOString();
  const record: SessionRecord = {
    ...before,
    id,
    name,
    root: request.root ?? store.presentRoot(before.root),
    cwd: request.root ?? before.cwd,
    nativeIds: [],
    activeNativeId: null,
    pending: null,
    forkedFrom: { session: request.session, checkpoint: checkpoint.id },
    checkpoints: before.checkpoints + 1,
    createdAt: now,
    // Nothing was said in it yet; it stands in the list where its conversation stands.
    lastActivityAt: before.lastActivityAt,
  };
  if (conversation === undefined)
    return { record: { ...record, transcripts: {} }, transcripts: undefined };
  const { nativeId, bytes, call } = conversation;
  const held = store.entry(checkpoint, 'transcript')?.id;
  const cut = cutTranscript(batch, held, conversation);
  const kept = transcriptOf(before, nativeId);
  const transcript: TranscriptRecord = {
    ...(kept?.source === undefined ? {} : { source: kept.source }),
    ...(kept?.importedFrom === undefined ? {} : { importedFrom: kept.importedFrom }),
    bytes,
    segments: cut.segments,
    files: kept?.files ?? {},
  };
  const pending = {
    nativeId: request.ids?.nativeId ?? store.surroundings.newNativeId(before.agent),
    from: nativeId,
    bytes,
    at: checkpoint.id,
    ...(call && { call }),
  };
  return {
    record: { ...record, transcripts: { ...before.transcripts, [nativeId]: transcript }, pending },
    transcripts: cut.transcripts,
  };
}

/**
 * The fork as a session of the other agent. What that one goes on with stands in it from the start, under the id that waits to be taken up;
 * the transcripts of the first agent stay beside it, since the moments before the fork are read from them.
 */
function handedOver(
  batch: ObjectBatch,
  { record, transcripts }: ReturnType<typeof forkedRecord>,
  {
    handedTo: { agent, nativeId, bytes },
    checkpoint,
  }: { readonly handedTo: HandedConversation; readonly checkpoint: Checkpoint },
): ReturnType<typeof forkedRecord> {
  const { tree, state } = storeWhole(batch, { transcripts, path: storedPath(nativeId) }, bytes);
  const call = record.pending?.call;
  const pending = {
    nativeId,
    from: nativeId,
    bytes: state.bytes,
    at: checkpoint.id,
    ...(call && { call }),
  };
  return {
    record: {
      ...record,
      agent,
      model: null,
      provider: null,
      permissionMode: null,
      lastPromptId: null,
      transcripts: { ...record.transcripts, [nativeId]: { ...state, files: {} } },
      pending,
    },
    transcripts: tree,
  };
}

/**
 * The transcripts as the checkpoint holds them, this conversation ending where it was cut, which may be later: the rest of what was
 * said then is found in a later checkpoint. All whole segments are shared.
 */
function cutTranscript(
  batch: ObjectBatch,
  held: ObjectId | undefined,
  { transcripts, nativeId, bytes }: Conversation,
): { readonly transcripts: ObjectId | undefined; readonly segments: number } {
  const path = storedPath(nativeId);
  const kept: ObjectId[] = [];
  let left = bytes;
  for (const id of storedSegments(batch, transcripts, path)) {
    if (left <= 0) break;
    const length = batch.sizeOf(id);
    const isCut = left < length;
    kept.push(isCut ? batch.put('blob', batch.read(id).content.subarray(0, left)) : id);
    left -= length;
  }
  const present = storedSegments(batch, held, path);
  const edits = new Map<string, { mode: '100644'; id: ObjectId } | null>();
  for (let index = 0; index < Math.max(kept.length, present.length); index += 1) {
    const id = kept[index];
    if (id === present[index]) continue;
    edits.set(`${path}/${segmentPath(index)}`, id === undefined ? null : { mode: '100644', id });
  }
  const cut: TreeEdits = edits;
  return {
    transcripts: edits.size === 0 ? held : editTree(batch, held, cut),
    segments: kept.length,
  };
}
