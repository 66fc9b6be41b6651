// Brings a transcript in from a file: a session of its own, or what it adds to one that is there. The bytes are kept as they are,
// whatever can be made of them; the file is only read. Which session it belongs to is told by its native id, and doubted where
// the file is not the one that was stored: what tells another story, or is another file by its name, becomes a session
// beside the first, never a mixture, so that each file comes back as it was.

import { basename } from 'node:path';
import { editTree } from '../git/edit-tree.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import { EMPTY_TREE, type ObjectId } from '../git/object-id.ts';
import { writeCheckpoint } from './checkpoint-writer.ts';
import { retryMoved } from './retry-moved.ts';
import { filesOf } from './session-change.ts';
import { derivedSessionId, type SessionId, sessionIdOf } from './session-id.ts';
import {
  newSessionRecord,
  type SessionRecord,
  type TranscriptRecord,
  transcriptOf,
} from './session-record.ts';
import type { Store } from './store.ts';
import { promptLine } from './title.ts';
import {
  growTranscripts,
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

export interface ImportResult {
  readonly id: SessionId;
  readonly status: 'added' | 'updated' | 'unchanged';
  readonly checkpoint: ObjectId;
  readonly warnings: readonly string[];
}

/** Imports one file; resolves once it is durable. */
export function importTranscript(
  store: Store,
  source: TranscriptSource,
  facts: ImportFacts,
): Promise<ImportResult> {
  return store.withWriting('import', () => importFile(store, { source, facts }));
}

async function importFile(store: Store, request: Import): Promise<ImportResult> {
  const { source, facts } = request;
  const owner = sessionIdOf(facts.agent, facts.nativeId);
  const taken = await retryMoved(() => importInto(store, owner, request));
  if (taken !== 'diverged') return taken;
  const own = derivedSessionId(`${facts.agent}\0${facts.nativeId}\0${source.path}`);
  const beside = await retryMoved(() => importInto(store, own, request));
  if (beside === 'diverged') throw new Error('a session of the same source cannot diverge from it');
  const warning = `Session '${owner}' has the same native id and other contents; this one is kept beside it`;
  return { ...beside, warnings: [warning, ...beside.warnings] };
}

interface Import {
  readonly source: TranscriptSource;
  readonly facts: ImportFacts;
}

async function importInto(
  store: Store,
  session: SessionId,
  { source, facts }: Import,
): Promise<ImportResult | 'diverged'> {
  const tipId = store.tip(session);
  const tip = tipId === undefined ? undefined : store.checkpoint(tipId);
  const before = tip === undefined ? recordOf(store, session, facts) : store.record(tip);
  const batch = store.batch();
  const transcripts = tip && store.entry(tip, 'transcript')?.id;
  const { nativeId } = facts;
  const growth = growTranscripts(
    batch,
    { nativeId, source, transcripts, before },
    { thorough: true, final: true },
  );
  if (isAnotherFile(transcriptOf(before, nativeId), { source, growth })) {
    batch.discard();
    return 'diverged';
  }
  const warnings = [...growth.warnings];
  if (tip !== undefined && growth.edits.size === 0) {
    return { id: session, status: 'unchanged', checkpoint: tip.id, warnings };
  }
  const record = recordAfter(before, { source, facts, growth });
  const checkpoint = await writeCheckpoint(store, batch, {
    draft: {
      record,
      expect: tip?.id ?? 'absent',
      parents: tip === undefined ? [] : [tip.id],
      content: {
        files: tip === undefined ? { files: EMPTY_TREE } : filesOf(store, tip),
        transcripts: treeAfter(batch, transcripts, growth),
      },
      facts: {
        kind: 'import',
        subject: `import ${facts.agent} ${nativeId}`,
        turn: record.turn,
        files: tip?.files ?? 'none',
      },
    },
  });
  return { id: session, status: tip === undefined ? 'added' : 'updated', checkpoint, warnings };
}

/** An agent names its files by their ids, so a copy of the same session has the same name wherever it lies. */
function isAnotherFile(
  stored: TranscriptRecord | undefined,
  { source, growth }: { readonly source: TranscriptSource; readonly growth: TranscriptGrowth },
): boolean {
  const known = stored?.source ?? stored?.importedFrom;
  if (known === undefined || known === source.path || growth.kind === 'same') return false;
  return growth.kind === 'rewritten' || basename(known) !== basename(source.path);
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
  const grown =
    growth.record && placed(growth.record, transcriptOf(before, nativeId), { source, facts });
  return {
    ...before,
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
