// What gsess adds to the verification of a store: that each branch is a session which can be read, that the stored transcripts add up to
// what the record at the tip says, and that each tag names a checkpoint. Damage is reported, never thrown.

import { GsessError } from '../errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readOddTree } from '../worktree/odd-tree.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { isSessionId } from './session-id.ts';
import { SESSION_REFS, type Store } from './store.ts';
import { storedSegments } from './stored-segments.ts';
import type { FileState } from './stored-transcript.ts';
import { storedPath } from './stored-transcript.ts';

export interface SessionProblem {
  readonly kind: 'session-damaged' | 'transcript-damaged' | 'tag-damaged';
  readonly ref: string;
  readonly object: ObjectId;
  readonly message: string;
}

/** Checks all sessions and tags; the objects themselves are verified elsewhere. */
export function verifySessions(store: Store): SessionProblem[] {
  // Scanned rather than listed, since a damaged ref must not hide the others.
  const branches = store.refs.scan(SESSION_REFS).refs;
  const tags = store.refs.scan('refs/tags/').refs;
  return [
    ...branches.flatMap(({ name, id }) => sessionProblems(store, name, id)),
    ...tags.flatMap(({ name, id }) => tagProblems(store, name, id)),
  ];
}

function sessionProblems(store: Store, ref: string, object: ObjectId): SessionProblem[] {
  const problem = (kind: SessionProblem['kind'], message: string) => ({
    kind,
    ref,
    object,
    message,
  });
  const session = ref.slice(SESSION_REFS.length);
  try {
    const tip = parseCheckpoint(object, store.objects.readCommit(object));
    if (!isSessionId(session) || tip === undefined) {
      return [problem('session-damaged', 'it is not the branch of a session')];
    }
    const record = store.record(tip);
    if (tip.session !== session || record.id !== session) {
      return [problem('session-damaged', `its tip is of session '${record.id}'`)];
    }
    return [
      ...oddFaults(store, object).map((message) => problem('session-damaged', message)),
      ...transcriptFaults(store, tip, record.transcripts).map((message) =>
        problem('transcript-damaged', message),
      ),
    ];
  } catch (error) {
    if (error instanceof GsessError) return [problem('session-damaged', error.message)];
    throw error;
  }
}

/** Of every checkpoint of the session: what the entries with odd names claim decides where a restore would write. */
function oddFaults(store: Store, tip: ObjectId): string[] {
  const seen = new Set<ObjectId>();
  const faults: string[] = [];
  for (const checkpoint of store.history(tip)) {
    const odd = store.entry(checkpoint, 'odd')?.id;
    if (odd === undefined || seen.has(odd)) continue;
    seen.add(odd);
    try {
      readOddTree(store.objects, odd);
    } catch (error) {
      if (!(error instanceof GsessError)) throw error;
      faults.push(`checkpoint ${checkpoint.id}: ${error.message}`);
    }
  }
  return faults;
}

function transcriptFaults(
  store: Store,
  tip: { readonly tree: ObjectId },
  transcripts: Readonly<
    Record<string, FileState & { readonly files: Readonly<Record<string, FileState>> }>
  >,
): string[] {
  const tree = store.entry(tip, 'transcript')?.id;
  const fault = (stored: FileState, nativeId: string, sideFile?: string): string[] => {
    const segments = storedSegments(store.objects, tree, storedPath(nativeId, sideFile));
    const bytes = segments.reduce((sum, id) => sum + store.objects.sizeOf(id).size, 0);
    if (segments.length === stored.segments && bytes === stored.bytes) return [];
    const name = sideFile === undefined ? nativeId : `${nativeId}: ${sideFile}`;
    return [
      `transcript '${name}' holds ${bytes} bytes in ${segments.length} segments where ${stored.bytes} in ${stored.segments} belong`,
    ];
  };
  return Object.entries(transcripts).flatMap(([nativeId, stored]) => [
    ...fault(stored, nativeId),
    ...Object.entries(stored.files).flatMap(([name, file]) => fault(file, nativeId, name)),
  ]);
}

function tagProblems(store: Store, ref: string, object: ObjectId): SessionProblem[] {
  const problem = (message: string): SessionProblem[] => [
    { kind: 'tag-damaged', ref, object, message },
  ];
  try {
    const { type } = store.objects.sizeOf(object);
    const target = type === 'tag' ? store.objects.readTag(object).object : object;
    const checkpoint = parseCheckpoint(target, store.objects.readCommit(target));
    return checkpoint === undefined ? problem('it does not name a checkpoint') : [];
  } catch (error) {
    if (error instanceof GsessError) return problem(error.message);
    throw error;
  }
}
