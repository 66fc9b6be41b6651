// What is captured here, gathered for `gsess status`. Works where there is no store yet, and makes none.

import { GsessError } from '../errors.ts';
import type { Checkpoint } from '../session/checkpoint.ts';
import { type KeptReport, readGarbageReport } from '../session/collect-garbage.ts';
import { type Failure, FailureLog } from '../session/failure-log.ts';
import { journalRef, type Operation, readOperation } from '../session/operation-log.ts';
import { locateProject, type Project } from '../session/project.ts';
import { type RetiredSession, retiredSessions } from '../session/retire-sessions.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import { type SkippedFiles, skippedOf } from '../session/skipped-files.ts';
import { readPause, type SnapshotPause } from '../session/snapshot-pause.ts';
import { openStoreOf, type Store } from '../session/store.ts';
import { originOf, type TranscriptOrigin } from '../session/transcript-source.ts';
import type { Context } from './context.ts';
import { type HookState, hookStates } from './hook-state.ts';
import { type UnheardSession, unheardSessions } from './unheard-sessions.ts';
import { placeOf } from './workspace.ts';

export interface CaptureState {
  readonly project: Project;
  /** Undefined as long as nothing was captured. */
  readonly store: Store | undefined;
  readonly sessions: number;
  /** Those of this root. */
  readonly sessionsHere: number;
  readonly live: number;
  readonly current: SessionSummary | undefined;
  /** The newest checkpoint of the current session, and what it left out. */
  readonly last: { readonly checkpoint: Checkpoint; readonly skipped: SkippedFiles } | undefined;
  readonly hooks: readonly HookState[];
  /** Sessions whose events should have come, and did not. */
  readonly unheard: readonly UnheardSession[];
  /** Newest first. */
  readonly failures: readonly Failure[];
  /** The agent's own file of the current session, and what became of it. */
  readonly source: TranscriptOrigin | undefined;
  readonly journal: Operation | undefined;
  /** What the last tidying of the store reported. */
  readonly tidied: KeptReport | undefined;
  /** Sessions that went into the trash because the settings say so, and are still there. */
  readonly retired: readonly RetiredSession[];
  /** Refs that cannot be read, and why. */
  readonly damage: ReadonlyMap<string, string>;
  /** Why files are not captured for a while. */
  readonly pause: SnapshotPause | undefined;
}

const FAILURES_MAX = 10;
const FAILURE_AGE_MS_MAX = 7 * 24 * 60 * 60 * 1000;

export async function captureState(context: Context): Promise<CaptureState> {
  const { surroundings, cwd } = context;
  const located = locateProject(cwd, surroundings);
  const store = openStoreOf(located, surroundings);
  const project = store?.project ?? located;
  const sessions = store?.sessions() ?? [];
  const isHere = ({ root }: SessionSummary) => store?.presentRoot(root) === project.root;
  const current = store === undefined ? undefined : currentOf(context, store);
  const checkpoint = current && store?.checkpoint(current.tip);
  const hooks = await hookStates(context, project.root);
  return {
    project,
    store,
    sessions: sessions.length,
    sessionsHere: sessions.filter(isHere).length,
    live: sessions.filter(({ live }) => live).length,
    current,
    last: store && checkpoint && { checkpoint, skipped: skippedOf(store, checkpoint) },
    source: store && current && originOf(store, current),
    hooks,
    unheard: await unheardSessions(context, project, hooks),
    failures: recentFailures(context, project),
    journal: store && readableJournal(store, project.root),
    tidied: store && readGarbageReport(store),
    retired: store === undefined ? [] : retiredSessions(store),
    damage: store?.damage ?? new Map(),
    pause: store && readPause(store, project.root),
  };
}

function currentOf(context: Context, store: Store): SessionSummary | undefined {
  try {
    return placeOf(context, store, store.project).current({ changes: false });
  } catch (error) {
    if (error instanceof GsessError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** Those of this project; one that tells no directory may well be. */
export function recentFailures(
  { surroundings }: Context,
  { path, root }: Project,
): readonly Failure[] {
  const since = surroundings.now() - FAILURE_AGE_MS_MAX;
  const isIn = (cwd: string, top: string) => cwd === top || cwd.startsWith(`${top}/`);
  return new FailureLog(surroundings.dataDirectory)
    .read()
    .filter(({ cwd }) => cwd === undefined || isIn(cwd, path) || isIn(cwd, root))
    .filter(({ at }) => Date.parse(at) >= since)
    .slice(-FAILURES_MAX)
    .reverse();
}

/** One that cannot be read stands among the damaged refs. */
function readableJournal(store: Store, root: string): Operation | undefined {
  try {
    return journalOf(store, root);
  } catch (error) {
    if (!(error instanceof GsessError)) throw error;
    store.damage.set(journalRef(root), error.message);
    return undefined;
  }
}

export function journalOf(store: Store, root: string): Operation | undefined {
  const commit = store.refs.read(journalRef(root));
  return commit === undefined ? undefined : readOperation(store, commit);
}
