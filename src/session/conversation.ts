// What was said up to a checkpoint. The transcript on disk lags the moment an event fires, so the conversation of a turn is cut from a
// later checkpoint, at the record that began the next turn; of a call that was about to run, at the record with its result.

import { GsessError } from '../errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Message, Transcript, Turn } from '../transcript/transcript.ts';
import type { Checkpoint, CheckpointKind } from './checkpoint.ts';
import { type PendingCall, type SessionRecord, transcriptOf } from './session-record.ts';
import type { Store } from './store.ts';
import { storedSegments } from './stored-segments.ts';
import { readStored, storedPath } from './stored-transcript.ts';

/** Turns an agent's own bytes into the normalised view. */
export type TranscriptReader = (bytes: Uint8Array) => Transcript;

/** The first `bytes` of one native transcript, and where they are stored. */
export interface Conversation {
  readonly nativeId: string;
  readonly bytes: number;
  readonly transcripts: ObjectId;
  /** The call that was about to run. */
  readonly call?: PendingCall;
}

export interface ConversationThrough extends Conversation {
  /** The message that it ends with. */
  readonly message: Message;
}

/** Finds the conversation of a checkpoint; `tip` is the newest checkpoint that goes on from it. */
export function conversationAt(
  store: Store,
  { checkpoint, tip }: { readonly checkpoint: Checkpoint; readonly tip: Checkpoint },
  readerOf: (agent: string) => TranscriptReader | undefined,
): Conversation {
  const record = spokenRecord(store, checkpoint);
  const held = heldAt(store, { checkpoint, tip }, record);
  const reader = readerOf(record.agent);
  const isBoundary = ['import', 'restore', 'fork', 'rename'].includes(checkpoint.kind);
  if (record.pending !== null || isBoundary || reader === undefined) return held;
  const later = laterBytes(store, held, tip);
  const transcript = reader(later.bytes);
  const turn = findTurn(store, { checkpoint, record, transcript });
  if (turn === undefined) return held;
  const at = { nativeId: held.nativeId, transcripts: later.transcripts };
  if (checkpoint.kind === 'prompt') return { ...at, bytes: turn.offset };
  if (checkpoint.kind === 'tool') {
    const call = callOf(store, checkpoint);
    return {
      ...at,
      bytes: resultOffset(transcript, turn, { id: checkpoint.callId, from: held.bytes }),
      ...(call && { call }),
    };
  }
  const isOver = checkpoint.kind === 'turn' || endsTurn(store, checkpoint);
  return isOver ? { ...at, bytes: turn.end } : held;
}

const SPOKEN: readonly CheckpointKind[] = ['prompt', 'tool', 'turn'];

/** Whether the agent spoke here while another conversation than its own waited to be taken up. */
export function isBesideWaiting(store: Store, checkpoint: Checkpoint): boolean {
  return SPOKEN.includes(checkpoint.kind) && store.record(checkpoint).pending !== null;
}

/** The record of a moment, without what waited beside it. */
export function spokenRecord(store: Store, checkpoint: Checkpoint): SessionRecord {
  const record = store.record(checkpoint);
  return isBesideWaiting(store, checkpoint) ? { ...record, pending: null } : record;
}

/** What waits to be taken up at the tip of a session; undefined where it stands as its agent left it. */
export function waitingConversation(store: Store, tip: Checkpoint): Conversation | undefined {
  return store.record(tip).pending === null ? undefined : heldAtTip(store, tip);
}

/** All that was said in a session, as far as it is known at its tip; undefined where nothing was. */
export function standingConversation(store: Store, tip: Checkpoint): Conversation | undefined {
  return findHeld(store, tip, store.record(tip));
}

/** The bytes of a conversation, whole. */
export function readConversation(store: Store, conversation: Conversation): Buffer {
  const { transcripts, nativeId, bytes } = conversation;
  const path = storedPath(nativeId);
  return Buffer.concat([...readStored(store.objects, { transcripts, path }, bytes)]);
}

interface MessageWanted {
  readonly messageId: string;
  readonly tip: Checkpoint;
  /** Where to look, unless in what is gone on with. */
  readonly held?: Conversation | undefined;
}

/** The conversation up to and with one message, by the agent's id of it; undefined if the session says no such thing. */
export function conversationThrough(
  store: Store,
  { messageId, tip, held = heldAtTip(store, tip) }: MessageWanted,
  readerOf: (agent: string) => TranscriptReader | undefined,
): ConversationThrough | undefined {
  if (held === undefined) return undefined;
  const bytes = readConversation(store, held);
  if (!bytes.includes(messageId)) return undefined;
  const message = readerOf(tip.agent)?.(bytes).messages.find(
    ({ id, aliases }) => id === messageId || aliases.includes(messageId),
  );
  if (message === undefined) return undefined;
  const end = message.sources.reduce(
    (last, { offset, length }) => Math.max(last, offset + length),
    0,
  );
  const lineEnd = bytes.indexOf('\n', Math.max(0, end - 1));
  return { ...held, bytes: lineEnd < 0 ? bytes.length : lineEnd + 1, message };
}

/** What a conversation that went back, and was not taken up yet, came from: all of it, with what it left behind. */
export function leftBehind(store: Store, tip: Checkpoint): Conversation | undefined {
  const record = store.record(tip);
  return record.pending === null ? undefined : findHeld(store, tip, { ...record, pending: null });
}

/** What the newest checkpoint of a session holds, with what waits there to be taken up. */
export function heldAtTip(store: Store, tip: Checkpoint): Conversation | undefined {
  return findHeld(store, tip, store.record(tip));
}

/** What the checkpoint itself holds, without looking further. */
function findHeld(
  store: Store,
  checkpoint: Checkpoint,
  record: SessionRecord,
): Conversation | undefined {
  const transcripts = store.entry(checkpoint, 'transcript')?.id;
  const nativeId = record.pending?.from ?? record.activeNativeId;
  if (transcripts === undefined || nativeId === null) return undefined;
  const bytes = record.pending?.bytes ?? transcriptOf(record, nativeId)?.bytes ?? 0;
  const call = record.pending?.call;
  return { nativeId, bytes, transcripts, ...(call && { call }) };
}

/** Nothing yet where the agent began to write only after the checkpoint. */
function heldAt(
  store: Store,
  { checkpoint, tip }: { readonly checkpoint: Checkpoint; readonly tip: Checkpoint },
  record: SessionRecord,
): Conversation {
  const held = findHeld(store, checkpoint, record) ?? findHeld(store, tip, record);
  if (held === undefined) {
    throw new GsessError('not-found', `Checkpoint '${checkpoint.id}' holds no conversation`, {
      hint: `Use '--files' to take the files alone.`,
    });
  }
  return held;
}

/** The newest stored form of the same transcript, if it goes on from what the checkpoint holds. */
function laterBytes(
  store: Store,
  held: Conversation,
  tip: Checkpoint,
): { readonly bytes: Buffer; readonly transcripts: ObjectId } {
  const path = storedPath(held.nativeId);
  const before = storedSegments(store.objects, held.transcripts, path);
  const transcripts = store.entry(tip, 'transcript')?.id;
  const after = storedSegments(store.objects, transcripts, path);
  const goesOn = before.every((id, index) => after[index] === id);
  const place = { transcripts: goesOn && transcripts ? transcripts : held.transcripts, path };
  return {
    bytes: Buffer.concat([...readStored(store.objects, place)]),
    transcripts: place.transcripts,
  };
}

/** The turn of the transcript that a checkpoint lies in: by the prompt's id, else by where the transcript stood at the prompt. */
function findTurn(
  store: Store,
  found: {
    readonly checkpoint: Checkpoint;
    readonly record: SessionRecord;
    readonly transcript: Transcript;
  },
): Turn | undefined {
  const { checkpoint, record, transcript } = found;
  const turns = transcript.turns.filter((turn) => turn.live);
  const { lastPromptId } = record;
  const byId = turns.findLast(
    ({ messages }) =>
      lastPromptId !== null &&
      transcript.messages[messages.from]?.aliases.includes(lastPromptId) === true,
  );
  if (byId !== undefined) return byId;
  const prompt = promptCheckpoint(store, checkpoint);
  if (prompt === undefined) return undefined;
  const before = store.record(prompt);
  const offset = transcriptOf(before, record.activeNativeId)?.bytes ?? 0;
  return turns.find((turn) => turn.offset >= offset);
}

function promptCheckpoint(store: Store, from: Checkpoint): Checkpoint | undefined {
  for (const checkpoint of store.history(from.id)) {
    if (checkpoint.kind === 'prompt' && checkpoint.turn === from.turn) return checkpoint;
    if (checkpoint.turn < from.turn) return undefined;
  }
  return undefined;
}

/** Whether the agent had said its last word of the turn before this checkpoint. */
function endsTurn(store: Store, from: Checkpoint): boolean {
  for (const checkpoint of store.history(from.id)) {
    if (checkpoint.turn !== from.turn) return false;
    if (checkpoint.kind === 'turn') return true;
    if (checkpoint.kind !== 'manual') return false;
  }
  return false;
}

/** The call that a checkpoint was taken before. */
export function callOf(store: Store, checkpoint: Checkpoint): PendingCall | undefined {
  const entry = store.entry(checkpoint, 'call.json');
  if (entry === undefined) return undefined;
  return JSON.parse(store.objects.read(entry.id).content.toString('utf8')) as PendingCall;
}

/** Where the result of a call begins, so that all before it is what was known when the call was about to run. */
function resultOffset(
  transcript: Transcript,
  turn: Turn,
  call: { readonly id: string | undefined; readonly from: number },
): number {
  const { from, to } = turn.messages;
  const answer = answerOf(transcript.messages.slice(from, to), call);
  return answer === undefined ? turn.end : offsetOf(answer);
}

/**
 * The message that holds the result of a call. An agent that tells no id of a call has written no result of it when the call is about to
 * run, which is when its transcript ends at `from`: the next result is the call's.
 */
export function answerOf(
  messages: readonly Message[],
  { id, from }: { readonly id: string | undefined; readonly from: number },
): Message | undefined {
  return messages.find((message) =>
    message.parts.some(
      (part) =>
        part.type === 'tool_result' &&
        (id === undefined ? offsetOf(message) >= from : part.callId === id),
    ),
  );
}

function offsetOf({ sources }: Message): number {
  return sources[0]?.offset ?? 0;
}
