// Makes a session ready to go on in its agent. Where the agent's own file is still what the session holds, that is all it takes; where
// it is gone, cut, or of another directory, or the session went back to an earlier moment, a new native transcript is written
// under a new id that was reserved in the store first, and at most as much of it as a model is to be given. The agent's own files are
// never modified.

import { dirname } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { createDurably, makePrivateDirectory } from '../git/durable-file.ts';
import type { Transcript } from '../transcript/transcript.ts';
import { capConversation, capOwnFile, type GivenMessages } from './cap-conversation.ts';
import { catchUp } from './catch-up.ts';
import { writeCheckpoint } from './checkpoint-writer.ts';
import { readConversation } from './conversation.ts';
import { reserveNativeId } from './native-index.ts';
import { openCall } from './open-call.ts';
import { draftChange } from './session-change.ts';
import { directoryOf, presentDirectory } from './session-directory.ts';
import { type SessionId, shortSessionId } from './session-id.ts';
import {
  isUnspokenFork,
  type PendingCall,
  type PendingConversation,
  type SessionRecord,
  transcriptOf,
} from './session-record.ts';
import type { Store } from './store.ts';
import { fileEquals, readStored, storedPath } from './stored-transcript.ts';
import type { TranscriptSource } from './transcript-growth.ts';

/** An agent's own form of a conversation, its places known. */
export interface ConversationForm {
  find(nativeId: string): { readonly path: string } | undefined;
  /** Whether the agent, started in the directory, goes on with the session from this very file. */
  resumesFrom(path: string, target: ConversationPlace): boolean;
  /** Where a new transcript has to stand for that; undefined where it cannot be known. */
  destination(target: ConversationPlace): string | undefined;
  /** Where a side file of a new transcript belongs; undefined for one that is not handed out again. */
  sidePlace(transcriptPath: string, name: string, nativeId: string): string | undefined;
  read(bytes: Uint8Array): Transcript;
  write(request: {
    readonly bytes: Uint8Array;
    readonly nativeId: string;
    readonly cwd?: string;
    readonly pending?: 'repair' | 'keep' | 'keep-deferred';
    readonly isFork?: boolean;
  }): { readonly bytes: Buffer; readonly warnings: readonly string[] };
  writeSideFile(
    name: string,
    request: { readonly bytes: Uint8Array; readonly nativeId: string; readonly cwd?: string },
  ): Buffer;
  /** The files that stand beside a transcript, by the names they are kept under. */
  sideFiles(transcriptPath: string): TranscriptSource['sideFiles'];
}

interface ConversationPlace {
  readonly nativeId: string;
  readonly cwd: string;
}

export interface ReadyToResume {
  readonly nativeId: string;
  /** Where to start the agent. */
  readonly cwd: string;
  /** The transcript that the agent goes on with. */
  readonly path: string;
  /** The transcript that was written for it; undefined where the agent's own serves. */
  readonly written: string | undefined;
  /** A call that was about to run and may be taken up again. */
  readonly call: PendingCall | undefined;
  /** What the model is given of it, where that is not all. */
  readonly capped: GivenMessages | undefined;
  readonly warnings: readonly string[];
}

/** Prepares the tip of a session; resolves once the native transcript is durable. Throws `live` while its agent runs. */
export async function resumeSession(
  store: Store,
  session: SessionId,
  form: ConversationForm,
): Promise<ReadyToResume> {
  refuseLive(store, session);
  const warnings = await catchUp(store, session, form.sideFiles);
  const record = recordAtTip(store, session);
  const cwd = directoryOf(store, record);
  const present = record.pending === null && usableAsIs(store, { session, record, cwd }, form);
  const own = present ? capOwnFile(store.surroundings, present.path, form.read) : undefined;
  if (present && own?.capped === undefined) {
    const call = callAtTip(store, session, form);
    const told = [...warnings, ...(own?.warnings ?? [])];
    return { ...present, cwd, written: undefined, call, capped: undefined, warnings: told };
  }
  const call = record.pending === null ? callAtTip(store, session, form) : record.pending.call;
  const pending =
    record.pending ?? (await store.withWriting('resume', () => reserve(store, session, record)));
  const written = writeNativeFiles(store, { session, pending, cwd }, form);
  return {
    nativeId: pending.nativeId,
    cwd,
    path: written.path,
    written: written.path,
    call,
    capped: written.capped,
    warnings: [...warnings, ...written.warnings],
  };
}

/** Throws `live` while the agent of the session runs. */
export function refuseLive(store: Store, session: SessionId): void {
  const summary = store.summary(session);
  if (summary?.live !== true) return;
  throw new GsessError('live', `Session '${summary.title}' is live: its agent is running now`, {
    hint: `Go on there, or take it up from here beside it with 'gsess fork ${shortSessionId(session)}'.`,
    data: { session },
  });
}

function callAtTip(
  store: Store,
  session: SessionId,
  form: ConversationForm,
): PendingCall | undefined {
  const tip = store.tipOf(session);
  const { activeNativeId: nativeId, transcripts: known } = store.record(tip);
  const transcripts = store.entry(tip, 'transcript')?.id;
  if (nativeId === null || transcripts === undefined) return undefined;
  const conversation = { nativeId, transcripts, bytes: known[nativeId]?.bytes ?? 0 };
  return openCall(store, { tip, conversation }, (bytes) => form.read(bytes));
}

/** The native transcript of the tip as the agent would have it: its own bytes, or what resume would write. */
export function nativeFormOf(
  store: Store,
  session: SessionId,
  {
    form,
    nativeId,
  }: { readonly form: ConversationForm | undefined; readonly nativeId?: string | undefined },
): Buffer {
  const record = recordAtTip(store, session);
  const { pending } = record;
  const chosen = nativeId ?? (pending === null ? record.activeNativeId : pending.nativeId);
  if (pending !== null && chosen === pending.nativeId && form !== undefined) {
    // It is only written down, not started, so its directory need not be there.
    const cwd = presentDirectory(store, record) ?? record.cwd;
    return renderPending(store, { session, pending, cwd }, form, { isCapped: false }).bytes;
  }
  // None where all the agent wrote was an empty file.
  const transcripts = store.entry(store.tipOf(session), 'transcript')?.id;
  if (chosen === null || transcriptOf(record, chosen) === undefined) {
    const which = chosen === null ? 'no transcript' : `no transcript '${chosen}'`;
    throw new GsessError('not-found', `Session '${session}' has ${which}`, {
      hint: `'gsess show' lists the native ids of a session.`,
      data: { nativeIds: Object.keys(record.transcripts) },
    });
  }
  return Buffer.concat([...readStored(store.objects, { transcripts, path: storedPath(chosen) })]);
}

interface Place {
  readonly session: SessionId;
  readonly pending: PendingConversation;
  readonly cwd: string;
}

/** The agent's own file if it is the one this session holds, and where the agent will look for it. */
function usableAsIs(
  store: Store,
  { session, record, cwd }: { session: SessionId; record: SessionRecord; cwd: string },
  form: ConversationForm,
): { readonly nativeId: string; readonly path: string } | undefined {
  const nativeId = record.activeNativeId;
  const path = nativeId === null ? undefined : form.find(nativeId)?.path;
  if (nativeId === null || path === undefined) return undefined;
  if (!form.resumesFrom(path, { nativeId, cwd })) return undefined;
  const transcripts = store.entry(store.tipOf(session), 'transcript')?.id;
  const place = { transcripts, path: storedPath(nativeId) };
  return fileEquals(store.objects, place, path) ? { nativeId, path } : undefined;
}

async function reserve(
  store: Store,
  session: SessionId,
  record: SessionRecord,
): Promise<PendingConversation> {
  const from = record.activeNativeId;
  const transcript = transcriptOf(record, from);
  const at = store.tip(session);
  if (from === null || transcript === undefined || at === undefined) {
    throw new GsessError('not-found', `Session '${session}' holds no conversation to go on with`);
  }
  const nativeId = store.surroundings.newNativeId(record.agent);
  const pending = { nativeId, from, bytes: transcript.bytes, at };
  reserveNativeId(store, session, pending.nativeId);
  const draft = draftChange(store, {
    session,
    kind: 'manual',
    subject: 'resume under a new native id',
    change: (present) => ({ ...present, pending }),
  });
  await writeCheckpoint(store, store.batch(), { draft });
  return pending;
}

/** All that the file of a waiting conversation may hold as it was handed out. */
export function handedOut(
  store: Store,
  session: SessionId,
  { pending, form }: { readonly pending: PendingConversation; readonly form: ConversationForm },
): readonly Buffer[] {
  const record = recordAtTip(store, session);
  const place = { session, pending, cwd: presentDirectory(store, record) ?? record.cwd };
  return [false, true].map((isCapped) => renderPending(store, place, form, { isCapped }).bytes);
}

/** Whole, or only what a model is to be given of it. */
function renderPending(
  store: Store,
  { session, pending, cwd }: Place,
  form: ConversationForm,
  { isCapped }: { readonly isCapped: boolean },
) {
  const tip = store.tipOf(session);
  const transcripts = store.entry(tip, 'transcript')?.id;
  if (transcripts === undefined) {
    throw new GsessError('store-damaged', `Session '${session}' has lost its transcript`);
  }
  const { from, bytes: length, nativeId } = pending;
  const stored = readConversation(store, { nativeId: from, bytes: length, transcripts });
  const isFork = isUnspokenFork(store.record(tip));
  // A call that somebody went back to is theirs to decide about.
  const open = pending.call ? 'repair' : 'keep-deferred';
  const write = (part: Uint8Array) =>
    form.write({ bytes: part, nativeId, cwd, pending: open, isFork });
  const { bytes, capped, warnings } = isCapped
    ? capConversation(store.surroundings, stored, form.read)
    : { bytes: stored, capped: undefined, warnings: [] };
  const written = write(bytes);
  // Of a part, it would tell of links to the rest.
  const told = capped === undefined ? written.warnings : write(stored).warnings;
  return { transcripts, bytes: written.bytes, capped, warnings: [...told, ...warnings] };
}

function writeNativeFiles(
  store: Store,
  place: Place,
  form: ConversationForm,
): Pick<ReadyToResume, 'path' | 'capped' | 'warnings'> {
  const { session, pending, cwd } = place;
  const { nativeId } = pending;
  const path = pathFor({ nativeId, cwd }, form);
  if (path === undefined) {
    throw new GsessError(
      'agent-unavailable',
      `Cannot tell where the agent looks for '${nativeId}'`,
      {
        hint: `Start the agent once in '${cwd}', then try again.`,
      },
    );
  }
  const { bytes, transcripts, ...told } = renderPending(store, place, form, { isCapped: true });
  const sideFiles = transcriptOf(recordAtTip(store, session), pending.from)?.files ?? {};
  for (const name of Object.keys(sideFiles)) {
    const place = form.sidePlace(path, name, nativeId);
    if (place === undefined) continue;
    const stored = readStored(store.objects, { transcripts, path: storedPath(pending.from, name) });
    const content = form.writeSideFile(name, { bytes: Buffer.concat([...stored]), nativeId, cwd });
    writeOnce(place, content);
  }
  // Last, since the agent takes a session for whole once this file is there.
  writeOnce(path, bytes);
  return { path, ...told };
}

/** An earlier run may have written it, under another name where that holds the time. */
function pathFor(target: ConversationPlace, form: ConversationForm): string | undefined {
  const present = form.find(target.nativeId)?.path;
  if (present !== undefined && form.resumesFrom(present, target)) return present;
  return form.destination(target) ?? present;
}

/** A file that is there already was written by an earlier run, and the agent may have gone on in it. */
function writeOnce(path: string, bytes: Buffer): void {
  makePrivateDirectory(dirname(path));
  try {
    createDurably(path, bytes);
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
  }
}

function recordAtTip(store: Store, session: SessionId): SessionRecord {
  return store.record(store.tipOf(session));
}
