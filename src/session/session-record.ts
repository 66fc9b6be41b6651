// `session.json`, as it stands in the tree of every checkpoint: what is true of the session at that moment and is not a file or
// a transcript. Read on the hook's path, so it is checked by hand rather than by a schema library whose loading costs more than
// the hook. Unknown fields are carried along, so an older gsess does not drop what a newer one wrote.

import { GsessError } from '../errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { isSessionId, type SessionId } from './session-id.ts';

/** Ids of agents that can be the name of a file, which is what they become. */
const PLAIN_ID = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** What is kept of one native transcript; segments stand under `transcript/<native id>/`. */
export interface TranscriptRecord {
  /** Where the agent keeps it; absent for one that was only imported from elsewhere. */
  readonly source?: string;
  /** The copy it was imported from, where `source` is absent. Nothing follows that file. */
  readonly importedFrom?: string;
  readonly bytes: number;
  readonly segments: number;
  /** Subagents and other files beside it, by their relative names. */
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly segments: number }>>;
}

/** A native id handed out for a conversation that goes on from `bytes` of another one, until an event decides about it. */
export interface PendingConversation {
  readonly nativeId: string;
  /** The native transcript it continues and how much of it. */
  readonly from: string;
  readonly bytes: number;
  /** The checkpoint it goes back to. */
  readonly at: string;
  /** A call that was about to run at that checkpoint and may be taken up again. */
  readonly call?: PendingCall;
}

export interface PendingCall {
  readonly name: string;
  readonly input: unknown;
  readonly callId?: string;
}

export interface SessionRecord {
  readonly format: 1;
  readonly id: SessionId;
  readonly name: string | null;
  readonly agent: string;
  /** Every id the agent has known this session by, oldest first. */
  readonly nativeIds: readonly string[];
  readonly activeNativeId: string | null;
  readonly pending: PendingConversation | null;
  readonly transcripts: Readonly<Record<string, TranscriptRecord>>;
  readonly forkedFrom: { readonly session: SessionId; readonly checkpoint: string } | null;
  readonly root: string;
  readonly cwd: string;
  readonly branch: string | null;
  readonly head: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly permissionMode: string | null;
  readonly firstPrompt: string | null;
  readonly lastPrompt: string | null;
  /** What it is called as long as nothing was asked in it: of an import, what can be made of the file. */
  readonly title?: string;
  /** The agent's id of the last prompt, where it has one; tells which record of the transcript began the turn. */
  readonly lastPromptId: string | null;
  /** The highest turn number given out so far; 0 before the first prompt. */
  readonly turn: number;
  readonly checkpoints: number;
  readonly createdAt: string;
  /** Of the conversation, not of the last look at it. */
  readonly lastActivityAt: string;
}

export function newSessionRecord(
  basis: Pick<SessionRecord, 'id' | 'agent' | 'root' | 'cwd' | 'createdAt'>,
): SessionRecord {
  return {
    format: 1,
    id: basis.id,
    name: null,
    agent: basis.agent,
    nativeIds: [],
    activeNativeId: null,
    pending: null,
    transcripts: {},
    forkedFrom: null,
    root: basis.root,
    cwd: basis.cwd,
    branch: null,
    head: null,
    model: null,
    provider: null,
    permissionMode: null,
    firstPrompt: null,
    lastPrompt: null,
    lastPromptId: null,
    turn: 0,
    checkpoints: 0,
    createdAt: basis.createdAt,
    lastActivityAt: basis.createdAt,
  };
}

export function encodeSessionRecord(record: SessionRecord): Buffer {
  return Buffer.from(`${JSON.stringify(record, null, 1)}\n`, 'utf8');
}

/** Parses `session.json`; `where` names the checkpoint in the error. */
export function parseSessionRecord(content: Uint8Array, where: ObjectId): SessionRecord {
  const damaged = (what: string, cause?: unknown) =>
    new GsessError('store-damaged', `Cannot read session.json of checkpoint '${where}': ${what}`, {
      data: { checkpoint: where },
      cause,
    });
  let value: Partial<SessionRecord>;
  try {
    value = JSON.parse(Buffer.from(content).toString('utf8'));
  } catch (cause) {
    throw damaged('not JSON', cause);
  }
  if (typeof value !== 'object' || value === null) throw damaged('not an object');
  if (typeof value.format === 'number' && value.format > 1) {
    throw new GsessError('format-newer', `Session '${value.id}' was written by a newer gsess`, {
      hint: 'Update gsess.',
    });
  }
  const wrong = firstWrongField(value);
  if (wrong !== undefined) throw damaged(`'${wrong}' is missing or of another type`);
  return value as SessionRecord;
}

/** What is kept of one native transcript. Ids come from agents, and `constructor` is one as good as any. */
export function transcriptOf(
  { transcripts }: Pick<SessionRecord, 'transcripts'>,
  nativeId: string | null | undefined,
): TranscriptRecord | undefined {
  if (typeof nativeId !== 'string' || !Object.hasOwn(transcripts, nativeId)) return undefined;
  return transcripts[nativeId];
}

/** A fork in which nobody has spoken yet. */
export function isUnspokenFork({
  forkedFrom,
  nativeIds,
}: Pick<SessionRecord, 'forkedFrom' | 'nativeIds'>): boolean {
  return forkedFrom !== null && nativeIds.length === 0;
}

function firstWrongField(value: Partial<SessionRecord>): string | undefined {
  if (value.format !== 1) return 'format';
  if (typeof value.id !== 'string' || !isSessionId(value.id)) return 'id';
  for (const field of ['agent', 'root', 'cwd', 'createdAt', 'lastActivityAt'] as const) {
    if (typeof value[field] !== 'string') return field;
  }
  for (const field of ['turn', 'checkpoints'] as const) {
    if (!Number.isSafeInteger(value[field])) return field;
  }
  const { nativeIds, activeNativeId, pending, transcripts } = value;
  if (!Array.isArray(nativeIds) || !nativeIds.every(isText)) return 'nativeIds';
  if (activeNativeId !== null && !isText(activeNativeId)) return 'activeNativeId';
  if (pending !== null && !isPending(pending)) return 'pending';
  if (!isObject(transcripts)) return 'transcripts';
  return Object.values(transcripts).every(isTranscript) ? undefined : 'transcripts';
}

function isPending(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { nativeId, from, bytes, at } = value;
  return (
    isText(nativeId) && PLAIN_ID.test(nativeId) && isText(from) && isCount(bytes) && isText(at)
  );
}

function isTranscript(value: unknown): boolean {
  if (!isObject(value) || !isFileState(value) || !isObject(value['files'])) return false;
  const { source, importedFrom, files } = value;
  return (
    [source, importedFrom].every((path) => path === undefined || isText(path)) &&
    Object.entries(files).every(([name, file]) => isPlainPath(name) && isFileState(file))
  );
}

function isFileState(value: unknown): boolean {
  return isObject(value) && isCount(value['bytes']) && isCount(value['segments']);
}

/** A side file is written back below a directory, and stays there. */
function isPlainPath(name: string): boolean {
  const parts = name.split('/');
  return (
    !name.includes('\0') && parts.every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
