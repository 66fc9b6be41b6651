// What a file makes of a session: the checkpoint that takes its bytes in, whatever can be made of them. Where the file is not the one that
// was stored and tells another story, it is said to have diverged and nothing is drafted; an older copy of the same story gives nothing,
// whatever it is called. The file is only read; nothing is published here.

import { readFileSync } from 'node:fs';
import { editTree } from '../git/edit-tree.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import { EMPTY_TREE, type ObjectId } from '../git/object-id.ts';
import { type Relation, relationOf } from '../transcript/story.ts';
import type { FilesCoverage } from './checkpoint.ts';
import type { Content, Draft } from './checkpoint-writer.ts';
import type { ConversationForm } from './resume-session.ts';
import { filesOf } from './session-change.ts';
import type { SessionId } from './session-id.ts';
import {
  newSessionRecord,
  type SessionRecord,
  type TranscriptRecord,
  transcriptOf,
} from './session-record.ts';
import type { Store } from './store.ts';
import { readStored, storedPath } from './stored-transcript.ts';
import { promptLine } from './title.ts';
import {
  growTranscripts,
  isBehind,
  type TranscriptGrowth,
  type TranscriptSource,
} from './transcript-growth.ts';

/** What the normalised view of the file tells of the session. */
export interface ImportFacts {
  readonly agent: string;
  readonly nativeId: string;
  readonly name: string | null;
  readonly turns: number;
  /** The first and the last prompt that say something. */
  readonly firstPrompt: string | null;
  readonly lastPrompt: string | null;
  /** What to call it where nothing was asked. */
  readonly title: string;
  readonly model: string | null;
  readonly provider: string | null;
  readonly permissionMode: string | null;
  /** Where it was begun, as far as the file may be believed; the root of the project if null. */
  readonly cwd: string | null;
  readonly branch: string | null;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** The file is where the agent keeps it and will go on writing; any other is a copy of its moment. */
  readonly isAgentsOwn: boolean;
}

export interface Import {
  readonly source: TranscriptSource;
  readonly facts: ImportFacts;
  /** How its agent writes conversations down; tells whether a file is still as gsess handed it out. */
  readonly form?: ConversationForm;
}

/** A session as an import finds it. */
export interface Basis {
  /** Undefined where there is none yet. */
  readonly tip: ObjectId | undefined;
  readonly record: SessionRecord;
  readonly transcripts: ObjectId | undefined;
  readonly files: Content['files'];
  readonly coverage: FilesCoverage;
}

export function basisOf(store: Store, session: SessionId, facts: ImportFacts): Basis {
  const tipId = store.tip(session);
  if (tipId === undefined) {
    return {
      tip: undefined,
      record: recordOf(store, session, facts),
      transcripts: undefined,
      files: { files: EMPTY_TREE },
      coverage: 'none',
    };
  }
  const tip = store.checkpoint(tipId);
  return {
    tip: tipId,
    record: store.record(tip),
    transcripts: store.entry(tip, 'transcript')?.id,
    files: filesOf(store, tip),
    coverage: tip.files,
  };
}

export type Found =
  | { readonly kind: 'diverged' }
  | { readonly kind: 'unchanged'; readonly tip: ObjectId; readonly warnings: readonly string[] }
  | { readonly kind: 'drafted'; readonly draft: Draft; readonly warnings: readonly string[] };

/** What the file makes of the session; its bytes are in the batch then. */
export function draftImport(batch: ObjectBatch, basis: Basis, request: Import): Found {
  const { source, facts } = request;
  const { tip, record: before, transcripts } = basis;
  const { nativeId } = facts;
  let relation = 'grown' as Relation;
  const isOneFile = isOfFile(transcriptOf(before, nativeId), source);
  const mayReplace = () => {
    relation = relationToStored(batch, basis, request);
    // What an agent rewrites in its file is its session still; what it only took away stays here.
    return isOneFile ? relation !== 'older' : relation === 'grown';
  };
  const growth = growTranscripts(
    batch,
    { nativeId, source, transcripts, before },
    { thorough: true, final: true, mayReplace },
  );
  if (growth.kind === 'kept' && relation === 'another') return { kind: 'diverged' };
  // Of a copy that lies elsewhere nobody has to hear that it is another than the first.
  const warnings = growth.warnings.filter((one) => isOneFile || one !== growth.mainWarning);
  if (tip !== undefined && growth.edits.size === 0) return { kind: 'unchanged', tip, warnings };
  const record = takenUp(recordAfter(before, { source, facts, growth }), nativeId);
  const draft: Draft = {
    record,
    expect: tip ?? 'absent',
    parents: tip === undefined ? [] : [tip],
    content: { files: basis.files, transcripts: treeAfter(batch, transcripts, growth) },
    facts: {
      kind: 'import',
      subject: `import ${facts.agent} ${nativeId}`,
      turn: record.turn,
      files: basis.coverage,
    },
  };
  return { kind: 'drafted', draft, warnings };
}

/** Whether the file is the very one that was stored, as it is now. */
function isOfFile(stored: TranscriptRecord | undefined, { path }: TranscriptSource): boolean {
  const known = stored?.source ?? stored?.importedFrom;
  return known === undefined || known === path;
}

/** What a file that does not begin with what is stored is to it. */
function relationToStored(
  batch: ObjectBatch,
  { transcripts }: Basis,
  { source, facts, form }: Import,
): Relation {
  if (form === undefined) return 'another';
  const stored = Buffer.concat([
    ...readStored(batch, { transcripts, path: storedPath(facts.nativeId) }),
  ]);
  const bytes = readFileSync(source.path);
  const told = (content: Buffer) => ({ bytes: content, transcript: form.read(content) });
  return relationOf(told(stored), told(bytes));
}

function treeAfter(
  batch: ObjectBatch,
  transcripts: ObjectId | undefined,
  growth: TranscriptGrowth,
): ObjectId | undefined {
  return growth.edits.size === 0 ? transcripts : editTree(batch, transcripts, growth.edits);
}

function recordOf(store: Store, id: SessionId, facts: ImportFacts): SessionRecord {
  const now = store.surroundings.now();
  const record = newSessionRecord({
    id,
    agent: facts.agent,
    root: store.project.root,
    cwd: facts.cwd ?? store.project.root,
    createdAt: new Date(facts.startedAt ?? now).toISOString(),
  });
  return { ...record, name: facts.name, branch: facts.branch };
}

function recordAfter(
  before: SessionRecord,
  { source, facts, growth }: Import & { readonly growth: TranscriptGrowth },
): SessionRecord {
  const { nativeId, firstPrompt, lastPrompt } = facts;
  if (isBehind(growth.kind)) return withSideFiles(before, nativeId, growth.record);
  const grown =
    growth.record && placed(growth.record, transcriptOf(before, nativeId), { source, facts });
  return {
    ...before,
    name: before.name ?? facts.name,
    nativeIds: before.nativeIds.includes(nativeId)
      ? before.nativeIds
      : [...before.nativeIds, nativeId],
    activeNativeId: before.activeNativeId ?? nativeId,
    transcripts:
      grown === undefined ? before.transcripts : { ...before.transcripts, [nativeId]: grown },
    model: facts.model ?? before.model,
    provider: facts.provider ?? before.provider,
    permissionMode: facts.permissionMode ?? before.permissionMode,
    firstPrompt: before.firstPrompt ?? (firstPrompt === null ? null : promptLine(firstPrompt)),
    lastPrompt: lastPrompt === null ? before.lastPrompt : promptLine(lastPrompt),
    ...(firstPrompt === null && lastPrompt === null ? { title: promptLine(facts.title) } : {}),
    turn: Math.max(before.turn, facts.turns),
    checkpoints: before.checkpoints + 1,
    lastActivityAt:
      facts.endedAt === undefined ? before.lastActivityAt : new Date(facts.endedAt).toISOString(),
  };
}

/** An older copy has nothing to say of the session; what stands beside it may be new. */
function withSideFiles(
  before: SessionRecord,
  nativeId: string,
  grown: TranscriptRecord | undefined,
): SessionRecord {
  const stored = transcriptOf(before, nativeId);
  if (stored === undefined || grown === undefined) return before;
  const transcripts = { ...before.transcripts, [nativeId]: { ...stored, files: grown.files } };
  return { ...before, transcripts, checkpoints: before.checkpoints + 1 };
}

/** A conversation that was handed out and went on unheard is the one the session goes on with now. */
function takenUp(record: SessionRecord, nativeId: string): SessionRecord {
  return record.pending?.nativeId === nativeId
    ? { ...record, pending: null, activeNativeId: nativeId }
    : record;
}

/** Where the agent keeps a transcript does not change because a copy of it was imported. */
function placed(
  { bytes, segments, files }: TranscriptRecord,
  before: TranscriptRecord | undefined,
  { source, facts }: Import,
): TranscriptRecord {
  const agents = facts.isAgentsOwn ? source.path : before?.source;
  const place = agents === undefined ? { importedFrom: source.path } : { source: agents };
  return { ...place, bytes, segments, files };
}
