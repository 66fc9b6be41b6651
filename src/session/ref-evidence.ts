// What the objects of a store say about its refs. Every checkpoint names its session, every entry of an operation log its root, every
// tag its name; so a ref that was lost can be found again from what it led to. Reads every commit and tag once; what cannot be read is
// no evidence.

import { GsessError } from '../errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { parseTrailers } from '../git/trailers.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { type Operation, operationsRef, readOperation, trashRef } from './operation-log.ts';
import { type Store, sessionRef } from './store.ts';

/** An object that a ref may have led to. */
export interface Candidate {
  readonly id: ObjectId;
  /** Commits that are behind it. */
  readonly parents: readonly ObjectId[];
  /** Of two that are not behind each other the one with the higher rank is newer, then the one with the later time. */
  readonly rank: number;
  readonly at: number;
}

export interface RefEvidence {
  /** By the name of the ref. */
  readonly candidates: ReadonlyMap<string, readonly Candidate[]>;
  /** Refs that were removed on somebody's word, and not brought back. */
  readonly removed: ReadonlySet<string>;
}

/** Gathers the evidence for all refs. */
export function gatherEvidence(store: Store): RefEvidence {
  const gathered = new Gathered();
  for (const id of store.objects.allIds()) unlessUnreadable(() => readInto(store, id, gathered));
  return { candidates: gathered.candidates, removed: gathered.removed() };
}

class Gathered {
  readonly candidates = new Map<string, Candidate[]>();
  readonly #lastMoves = new Map<string, { readonly at: number; readonly isGone: boolean }>();

  add(ref: string, candidate: Candidate): void {
    const known = this.candidates.get(ref);
    if (known === undefined) this.candidates.set(ref, [candidate]);
    else known.push(candidate);
  }

  moved(ref: string, at: number, isGone: boolean): void {
    if ((this.#lastMoves.get(ref)?.at ?? 0) <= at) this.#lastMoves.set(ref, { at, isGone });
  }

  removed(): Set<string> {
    const gone = [...this.#lastMoves].filter(([, { isGone }]) => isGone);
    return new Set(gone.map(([ref]) => ref));
  }
}

function readInto(store: Store, id: ObjectId, gathered: Gathered): void {
  const { objects } = store;
  const { type } = objects.sizeOf(id);
  if (type === 'tag') {
    const { name, tagger, object } = objects.readTag(id);
    gathered.add(`refs/tags/${name}`, { id, parents: [object], rank: 0, at: tagger.at });
  }
  if (type !== 'commit') return;
  const commit = objects.readCommit(id);
  const { parents, committer } = commit;
  const checkpoint = parseCheckpoint(id, commit);
  if (checkpoint !== undefined) {
    const { session, checkpoints: rank } = checkpoint;
    gathered.add(sessionRef(session), { id, parents, rank, at: committer.at });
  } else if (parseTrailers(commit.message).has('Gsess-Verb')) {
    addOperation(readOperation(store, id), { id, parents, at: committer.at }, gathered);
  }
}

function addOperation(
  operation: Operation,
  place: Omit<Candidate, 'rank'>,
  gathered: Gathered,
): void {
  // What is only in the journal does not name what became of the session.
  const isDone = operation.session !== undefined || operation.change === undefined;
  if (isDone) gathered.add(operationsRef(operation.root), { ...place, rank: 0 });
  for (const { name, before, after } of operation.refs) {
    gathered.moved(name, Date.parse(operation.at), after === null);
    if (before === null) continue;
    const held = { id: before, parents: [], rank: 0, at: place.at };
    gathered.add(trashRef(operation.id, name), held);
  }
}

/**
 * Tells whether all that a commit or tag holds is there, to the last file. What is behind it is not asked for: a hole in the history is no
 * reason to lose what came after.
 */
export function wholeness(store: Store): (id: ObjectId) => boolean {
  const sound = new Set<ObjectId>();
  return (id) => {
    const found = unlessUnreadable(() => reachedFrom(store, id, sound));
    for (const each of found ?? []) sound.add(each);
    return found !== undefined;
  };
}

/** All that is reached and was not known to be sound; throws where something is missing. */
function reachedFrom({ objects }: Store, from: ObjectId, sound: ReadonlySet<ObjectId>) {
  const seen = new Set<ObjectId>();
  const waiting: ObjectId[] = [from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id) || sound.has(id)) continue;
    seen.add(id);
    const { type } = objects.sizeOf(id);
    if (type === 'tag') waiting.push(objects.readTag(id).object);
    if (type === 'tree') for (const entry of objects.readTree(id)) waiting.push(entry.id);
    if (type !== 'commit') continue;
    waiting.push(objects.readCommit(id).tree);
  }
  return seen;
}

function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    // An operation that is no JSON is as little evidence as one that is not there.
    if (error instanceof GsessError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
