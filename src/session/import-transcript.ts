// Brings a transcript in from a file: a session of its own, or what it adds to one that is there. The bytes are kept as they are,
// whatever can be made of them; the file is only read. A file that is shorter than what is stored adds nothing and takes nothing
// away. A file that tells another story under an id that is taken becomes a session beside it, never a mixture.

import { editTree } from '../git/edit-tree.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import { EMPTY_TREE, type ObjectId } from '../git/object-id.ts';
import { writeCheckpoint } from './checkpoint-writer.ts';
import { filesOf } from './session-change.ts';
import { derivedSessionId, type SessionId, sessionIdOf } from './session-id.ts';
import { newSessionRecord, type SessionRecord, type TranscriptRecord } from './session-record.ts';
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
  readonly prompts: readonly string[];
  readonly model: string | null;
  readonly provider: string | null;
  readonly permissionMode: string | null;
  /** As the file claims; kept as a fact, never used as a place. */
  readonly cwd: string | null;
  readonly branch: string | null;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
}

export interface ImportResult {
  readonly id: SessionId;
  readonly status: 'added' | 'updated' | 'unchanged';
  readonly checkpoint: ObjectId;
  readonly warnings: readonly string[];
}

/** Imports one file; resolves once it is durable. */
export async function importTranscript(
  store: Store,
  source: TranscriptSource,
  facts: ImportFacts,
): Promise<ImportResult> {
  const owner = sessionIdOf(facts.agent, facts.nativeId);
  const taken = await importInto(store, owner, { source, facts });
  if (taken !== 'diverged') return taken;
  const own = derivedSessionId(`${facts.agent}\0${facts.nativeId}\0${source.path}`);
  const beside = await importInto(store, own, { source, facts });
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
  if (growth.kind === 'rewritten' && before.transcripts[nativeId]?.source !== source.path) {
    batch.discard();
    return 'diverged';
  }
  const warnings = [...growth.warnings];
  if (tip !== undefined && growth.edits.size === 0) {
    return { id: session, status: 'unchanged', checkpoint: tip.id, warnings };
  }
  const record = recordAfter(before, { facts, growth });
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
  { facts, growth }: { readonly facts: ImportFacts; readonly growth: TranscriptGrowth },
): SessionRecord {
  const { nativeId, prompts } = facts;
  const first = prompts[0];
  const last = prompts.at(-1);
  return {
    ...before,
    nativeIds: before.nativeIds.includes(nativeId)
      ? before.nativeIds
      : [...before.nativeIds, nativeId],
    activeNativeId: before.activeNativeId ?? nativeId,
    transcripts:
      growth.record === undefined
        ? before.transcripts
        : { ...before.transcripts, [nativeId]: withFirstSource(before, nativeId, growth.record) },
    model: facts.model ?? before.model,
    provider: facts.provider ?? before.provider,
    permissionMode: facts.permissionMode ?? before.permissionMode,
    firstPrompt: before.firstPrompt ?? (first === undefined ? null : promptLine(first)),
    lastPrompt: last === undefined ? before.lastPrompt : promptLine(last),
    turn: Math.max(before.turn, prompts.length),
    checkpoints: before.checkpoints + 1,
    lastActivityAt:
      facts.endedAt === undefined ? before.lastActivityAt : new Date(facts.endedAt).toISOString(),
  };
}

/** Where the agent keeps a transcript does not change because a copy of it was imported. */
function withFirstSource(
  before: SessionRecord,
  nativeId: string,
  record: TranscriptRecord,
): TranscriptRecord {
  const source = before.transcripts[nativeId]?.source ?? record.source;
  return source === undefined ? record : { ...record, source };
}
