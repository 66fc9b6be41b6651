// One event becomes one checkpoint: the root as it stands, what the transcript gained, one commit, one move of the session's branch.
// The branch is moved only from the tip that the commit was built on; if another process was faster, the commit is built again on
// the new tip, so no acknowledged checkpoint is ever lost. A crash before the move leaves unreferenced objects and nothing else.
//
// Prompt, tool and turn events always make a commit; others only when files or transcript changed.

import { editTree } from '../git/edit-tree.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ChangedPaths } from './changed-paths.ts';
import type { Checkpoint, CheckpointKind } from './checkpoint.ts';
import { type Draft, writeCheckpoint } from './checkpoint-writer.ts';
import { type Bound, bindEvent, isAbandoned, type Position } from './event-binding.ts';
import { finishJournal } from './finish-journal.ts';
import { isGatheringDue } from './gc-due.ts';
import { isName } from './name.ts';
import { retryMoved } from './retry-moved.ts';
import { giveUpFiles, isDiskFull, type RootSnapshot, snapshotRoot } from './root-snapshot.ts';
import { holdsFiles } from './session-change.ts';
import type { SessionId } from './session-id.ts';
import {
  type PendingCall,
  type SessionRecord,
  type TranscriptRecord,
  transcriptOf,
} from './session-record.ts';
import { type Store, sessionRef } from './store.ts';
import type { Surroundings } from './surroundings.ts';
import { promptLine } from './title.ts';
import {
  growTranscripts,
  type TranscriptGrowth,
  type TranscriptSource,
} from './transcript-growth.ts';

/** What an agent, a watcher or an importer tells; the same whatever the agent. */
export interface CaptureEvent {
  readonly agent: string;
  readonly nativeId: string;
  readonly kind: Extract<CheckpointKind, 'prompt' | 'tool' | 'turn' | 'manual'>;
  readonly subject: string;
  readonly cwd: string;
  readonly prompt?: string;
  readonly promptId?: string;
  readonly call?: PendingCall;
  /** What the session is called if it begins here and no other has the name. */
  readonly name?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly permissionMode?: string;
  readonly transcript?: TranscriptSource;
  /** Nothing more will be written, so a torn last line is taken too. */
  readonly final?: boolean;
  /** Milliseconds since 1970 after which the snapshot of files is given up. */
  readonly deadline?: number;
  /** For a caller that watches the files: a snapshot then costs what changed, not what there is. */
  readonly changed?: ChangedPaths;
}

export interface CaptureReport {
  readonly session: SessionId;
  readonly store: Store;
  /** Undefined where nothing had changed. */
  readonly checkpoint: ObjectId | undefined;
  readonly warnings: readonly string[];
}

/** Captures an event; resolves once the checkpoint is durable. */
export async function capture(
  event: CaptureEvent,
  surroundings: Surroundings,
): Promise<CaptureReport> {
  const bound = await bindEvent(event, surroundings);
  const { store } = bound;
  try {
    const report = await captureIn(bound, event);
    return { ...report, warnings: [...report.warnings, ...(await gatherIfDue(store))] };
  } finally {
    // Whoever captures a thousand events in one process opens a store for each.
    store.objects.close();
  }
}

function captureIn(bound: Bound, event: CaptureEvent): Promise<CaptureReport> {
  const { store } = bound;
  return store.withRoot(bound.root, event.kind, async () => {
    const warnings = new Set(await finishJournal(store, bound.root));
    const batch = store.batch();
    const bounds = { deadline: event.deadline, growth: true };
    const snapshot = snapshotRoot(store, bound.root, { batch, bounds, changed: event.changed });
    const taken = { bound, batch, snapshot, warnings };
    const { kept, checkpoint } = await publishWhatFits(event, taken);
    if (checkpoint !== undefined) {
      kept.keepCache({ ref: sessionRef(bound.session), commit: checkpoint });
    }
    return {
      session: bound.session,
      store,
      checkpoint,
      warnings: [...warnings, ...kept.warnings],
    };
  });
}

/** Loaded only where it is due, for a hook leaves it to another process. */
async function gatherIfDue(store: Store): Promise<string[]> {
  const { leavesGathering, settings } = store.surroundings;
  if (leavesGathering || !settings.gcAuto || !isGatheringDue(store)) return [];
  const { gatherObjects } = await import('./gather-objects.ts');
  const problem = await gatherObjects(store);
  return problem === undefined ? [] : [problem];
}

interface Capture {
  readonly bound: Bound;
  readonly batch: ObjectBatch;
  readonly snapshot: RootSnapshot;
  /** A set, since a lost race drafts again. */
  readonly warnings: Set<string>;
}

/** The conversation is small: where the disk is full, it may have room although the files have none. */
async function publishWhatFits(
  event: CaptureEvent,
  taken: Capture,
): Promise<{ readonly kept: RootSnapshot; readonly checkpoint: ObjectId | undefined }> {
  const { bound, batch, snapshot } = taken;
  try {
    return { kept: snapshot, checkpoint: await publish(event, taken) };
  } catch (error) {
    if (!isDiskFull(error) || snapshot.coverage === 'none') throw error;
    const kept = giveUpFiles(bound.store, bound.root, { batch, error });
    return { kept, checkpoint: await publish(event, { ...taken, snapshot: kept }) };
  }
}

function publish(event: CaptureEvent, taken: Capture): Promise<ObjectId | undefined> {
  const { store } = taken.bound;
  return retryMoved(async () => {
    const draft = draftOf(event, taken, taken.bound.position());
    return draft && writeCheckpoint(store, taken.batch, { draft });
  });
}

/** What the next commit holds, on this position; undefined where there is nothing to keep. */
function draftOf(
  event: CaptureEvent,
  { bound, batch, snapshot, warnings }: Capture,
  { tip, expect, record: before }: Position,
): Draft | undefined {
  const { store } = bound;
  const transcripts = tip && store.entry(tip, 'transcript')?.id;
  const grown = growthOf(event, batch, { transcripts, before });
  for (const warning of grown.warnings) warnings.add(warning);
  if (event.kind === 'manual' && !isWorthKeeping({ store, tip, snapshot, grown })) return undefined;
  const now = new Date(store.surroundings.now()).toISOString();
  const name = tip === undefined ? nameOfNew(store, event) : before.name;
  const record = advance({ ...before, name }, { event, now, grown: grown.record, snapshot });
  return {
    record,
    expect,
    parents: tip === undefined ? [] : [tip.id],
    content: {
      files: snapshot.content,
      transcripts: grown.edits.size > 0 ? editTree(batch, transcripts, grown.edits) : transcripts,
      ...(event.call === undefined ? {} : { call: event.call }),
    },
    facts: {
      kind: event.kind,
      subject: subjectOf(event, record.turn),
      turn: record.turn,
      files: snapshot.coverage,
      ...(event.call === undefined ? {} : { tool: event.call.name }),
      ...(event.call?.callId === undefined ? {} : { callId: event.call.callId }),
    },
  };
}

/** A run may begin several sessions; the first takes the name. */
function nameOfNew(store: Store, { name }: CaptureEvent): string | null {
  if (name === undefined || !isName(name)) return null;
  return store.sessions().some((other) => other.name === name) ? null : name;
}

/** An event that is no moment of its own is kept for what it brings; a session does not begin with nothing. */
function isWorthKeeping(found: {
  readonly store: Store;
  readonly tip: Checkpoint | undefined;
  readonly snapshot: RootSnapshot;
  readonly grown: TranscriptGrowth;
}): boolean {
  const { store, tip, snapshot, grown } = found;
  if (grown.edits.size > 0) return true;
  if (tip === undefined || snapshot.coverage === 'none') return false;
  return !holdsFiles(store, tip, snapshot.content);
}

function subjectOf(event: CaptureEvent, turn: number): string {
  return event.kind === 'prompt' || event.kind === 'turn'
    ? `${event.kind} ${turn}: ${event.subject}`
    : event.subject;
}

function growthOf(
  event: CaptureEvent,
  batch: ObjectBatch,
  basis: { readonly transcripts: ObjectId | undefined; readonly before: SessionRecord },
): TranscriptGrowth {
  const { nativeId, transcript: source } = event;
  if (source === undefined) {
    const record = transcriptOf(basis.before, nativeId);
    return { kind: 'same', record, edits: new Map(), warnings: [] };
  }
  const final = event.final === true;
  // Looking through all of a long transcript takes time that the user would feel; when nothing more comes it is looked through.
  const options = { thorough: final, final };
  return growTranscripts(batch, { nativeId, source, ...basis }, options);
}

/** The session after the event: counters, what the agent said of itself, and which native id it talks under. */
function advance(
  before: SessionRecord,
  after: {
    readonly event: CaptureEvent;
    readonly now: string;
    readonly grown: TranscriptRecord | undefined;
    readonly snapshot: RootSnapshot;
  },
): SessionRecord {
  const { event, now, grown, snapshot } = after;
  const prompt = event.prompt === undefined ? null : promptLine(event.prompt);
  const pending = pendingAfter(before, event);
  // An id that was handed out and not taken up stays known, so that speaking under it later begins a fork.
  const voided = before.pending !== null && pending === null ? [before.pending.nativeId] : [];
  const nativeIds = new Set([...before.nativeIds, ...voided, event.nativeId]);
  return {
    ...before,
    nativeIds: [...nativeIds],
    activeNativeId: isAbandoned(before, event.nativeId) ? before.activeNativeId : event.nativeId,
    pending,
    transcripts:
      grown === undefined ? before.transcripts : { ...before.transcripts, [event.nativeId]: grown },
    // Where the conversation was begun; an agent that changes directory takes neither session nor transcript along.
    cwd: before.activeNativeId === event.nativeId ? before.cwd : event.cwd,
    branch: snapshot.branch ?? null,
    head: snapshot.head ?? null,
    model: event.model ?? before.model,
    provider: event.provider ?? before.provider,
    permissionMode: event.permissionMode ?? before.permissionMode,
    firstPrompt: before.firstPrompt ?? prompt,
    lastPrompt: prompt ?? before.lastPrompt,
    lastPromptId: prompt === null ? before.lastPromptId : (event.promptId ?? null),
    turn: before.turn + (event.kind === 'prompt' ? 1 : 0),
    checkpoints: before.checkpoints + 1,
    lastActivityAt: event.kind === 'manual' ? before.lastActivityAt : now,
  };
}

/**
 * A native id that was handed out is settled by the first event that says what the user did: one under it takes it up; a prompt
 * under the old one shows that the conversation went on where it was.
 */
function pendingAfter(before: SessionRecord, event: CaptureEvent): SessionRecord['pending'] {
  if (before.pending === null || before.pending.nativeId === event.nativeId) return null;
  return event.kind === 'prompt' ? null : before.pending;
}
