// The store of one project, opened: its objects and refs, and the sessions in it. Reading only; what changes a store stands in the
// file of its verb and ends in one move of refs.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GsessError } from '../errors.ts';
import { writeDurably } from '../git/durable-file.ts';
import { withLock } from '../git/lock.ts';
import { type BatchOptions, ObjectBatch } from '../git/object-batch.ts';
import { EMPTY_TREE, type ObjectId } from '../git/object-id.ts';
import { verbsDirectory } from '../git/owner-file.ts';
import { PruneGate } from '../git/prune-gate.ts';
import { rawName } from '../git/raw-path.ts';
import type { Ref } from '../git/ref-reader.ts';
import type { RefEdit } from '../git/ref-store.ts';
import { createRepository, openRepository, type Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { type Checkpoint, checkpointsFrom, parseCheckpoint } from './checkpoint.ts';
import { Leases } from './lease.ts';
import { type ListedStore, listNewestSessions, listSessions } from './list-sessions.ts';
import { adoptMovedProject } from './moved-project.ts';
import { type Project, shortHash } from './project.ts';
import { isLostRace } from './retry-moved.ts';
import { identityOf } from './root-index.ts';
import type { SessionId } from './session-id.ts';
import { parseSessionRecord, type SessionRecord } from './session-record.ts';
import { isWithinTurn, type SessionSummary, summaryOf } from './session-summary.ts';
import type { Surroundings } from './surroundings.ts';

export const SESSION_REFS = 'refs/heads/';

/** For verbs that people wait for: a pack is synced as fast as one loose object, and there are many of these. */
export const PACKED_SOON = { looseMax: 2 } as const;

export function sessionRef(session: SessionId): string {
  return `${SESSION_REFS}${session}`;
}

export class Store {
  readonly repository: Repository;
  readonly project: Project;
  readonly surroundings: Surroundings;
  readonly leases: Leases;
  /** Refs that could not be read so far, and why; for whoever lists to tell. */
  readonly damage = new Map<string, string>();
  readonly #gate: PruneGate;
  #writersInside = 0;

  constructor(repository: Repository, project: Project, surroundings: Surroundings) {
    this.repository = repository;
    this.project = project;
    this.surroundings = surroundings;
    this.leases = new Leases(repository.directory, surroundings.processes);
    const { processes, now, lockWaitMs, signal } = surroundings;
    const gate = { processes, now, waitMs: lockWaitMs, signal };
    this.#gate = new PruneGate(repository.directory, gate);
  }

  get objects() {
    return this.repository.objects;
  }

  get refs() {
    return this.repository.refs;
  }

  /** Runs `fn` as the only verb of gsess that reads or writes the files of this root; it may write to the store. */
  withRoot<T>(root: string, verb: string, fn: () => Promise<T>): Promise<T> {
    const { processes, now, lockWaitMs, signal } = this.surroundings;
    const { directory } = this.repository;
    const verbs = verbsDirectory(directory);
    return withLock(
      join(directory, 'gsess', 'locks', `root-${shortHash(root)}`),
      { processes, now, verb, verbs, waitMs: lockWaitMs, signal },
      () => this.withWriting(verb, fn),
    );
  }

  /** Runs `fn`, which writes to the store; what it puts or finds there stays until its refs have moved. */
  withWriting<T>(verb: string, fn: () => Promise<T>): Promise<T> {
    return this.#gate.withWriting(verb, async () => {
      // Packs may have gone since they were listed, and what is read from one that is still open is not there any more.
      this.objects.rescan();
      this.#writersInside += 1;
      try {
        return await fn();
      } finally {
        this.#writersInside -= 1;
      }
    });
  }

  /** Runs one slice of removing objects while nobody writes to the store; see `PruneGate.withPruning`. */
  withPruning<T>(verb: string, fn: (isOver: () => boolean) => T | Promise<T>): Promise<T> {
    return this.#gate.withPruning(verb, (isOver) => {
      this.objects.rescan();
      return fn(isOver);
    });
  }

  /** A batch for the objects of one verb. */
  batch(options: Pick<BatchOptions, 'looseMax' | 'sideFromBytes'> = {}): ObjectBatch {
    const { now, processes, onWarning } = this.surroundings;
    return new ObjectBatch(this.objects, {
      now,
      owner: processes.self,
      ...options,
      ...(onWarning && { onFault: onWarning }),
    });
  }

  /**
   * Makes the batch durable, then moves the refs, then makes sure that the objects are still there. Only within `withWriting`. Throws
   * `object-missing`, with nothing moved, rather than lead a ref to what was removed.
   */
  async publish(batch: ObjectBatch, edits: readonly RefEdit[], verb: string): Promise<void> {
    if (this.#writersInside === 0) throw new TypeError('Objects are published outside of the gate');
    batch.flush();
    const lost = edits.find(({ value }) => value !== null && !batch.has(value));
    if (lost !== undefined) {
      throw new GsessError('object-missing', `What '${lost.name}' should hold was removed`, {
        data: { ref: lost.name, id: lost.value },
      });
    }
    try {
      await this.refs.update(edits, verb);
    } catch (error) {
      // Who was beaten to it drafts again on what is flushed; for anybody else it is over.
      if (!isLostRace(error)) batch.discard();
      throw error;
    }
    batch.settle();
  }

  /** Counts the times objects were removed from this store; what was remembered before the last one is void. */
  pruneGeneration(): number {
    const path = join(this.repository.directory, 'gsess', 'prune-generation');
    return existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8'), 10) || 0 : 0;
  }

  /** To be called before objects are removed: what was remembered of them is void from now on. */
  beginPruneGeneration(): void {
    const path = join(this.repository.directory, 'gsess', 'prune-generation');
    writeDurably(path, `${this.pruneGeneration() + 1}\n`);
  }

  /** Where a root recorded before the project was moved is now. */
  presentRoot(root: string): string {
    const { path } = this.project;
    const before = this.repository.config['gsess.project'] ?? path;
    if (before === path || existsSync(root)) return root;
    if (root !== before && !root.startsWith(`${before}/`)) return root;
    // The directory of a fork belongs to the same store, and is not what became of the project.
    const isProject = identityOf(path) === this.repository.config['gsess.identity'];
    return isProject ? path + root.slice(before.length) : root;
  }

  tip(session: SessionId): ObjectId | undefined {
    return this.refs.read(sessionRef(session));
  }

  /** The newest checkpoint of a session; throws `not-found` if there is no such session. */
  tipOf(session: SessionId): Checkpoint {
    const tip = this.tip(session);
    if (tip !== undefined) return this.checkpoint(tip);
    throw new GsessError('not-found', `No session '${session}' in this project`);
  }

  /** Throws `not-found` if the commit is no checkpoint. */
  checkpoint(id: ObjectId): Checkpoint {
    const checkpoint = parseCheckpoint(id, this.objects.readCommit(id));
    if (checkpoint !== undefined) return checkpoint;
    throw new GsessError('not-found', `Commit '${id}' is not a checkpoint`);
  }

  entry(checkpoint: Pick<Checkpoint, 'tree'>, name: string): TreeEntry | undefined {
    const raw = rawName(name);
    return this.objects.readTree(checkpoint.tree).find((entry) => entry.name === raw);
  }

  record(checkpoint: Pick<Checkpoint, 'id' | 'tree'>): SessionRecord {
    const entry = this.entry(checkpoint, 'session.json');
    if (entry === undefined) {
      throw new GsessError('store-damaged', `Checkpoint '${checkpoint.id}' has no session.json`);
    }
    return parseSessionRecord(this.objects.read(entry.id).content, checkpoint.id);
  }

  /** The project as it stood; the empty tree where the checkpoint holds no files. */
  files(checkpoint: Pick<Checkpoint, 'tree'>): ObjectId {
    return this.entry(checkpoint, 'files')?.id ?? EMPTY_TREE;
  }

  /** The sessions of this project, newest first. One that cannot be read is left out and stands in `damage`. */
  sessions(): SessionSummary[] {
    const { onlyAgent } = this.surroundings;
    const all = listSessions(this.#listed());
    return this.#withLive(
      onlyAgent === undefined ? all : all.filter(({ agent }) => agent === onlyAgent),
    );
  }

  /** The newest of them, so many at most; where no ref has moved since the last list, the others are not looked at. */
  newestSessions(limit: number): SessionSummary[] {
    if (this.surroundings.onlyAgent !== undefined) return this.sessions().slice(0, limit);
    return this.#withLive(listNewestSessions(this.#listed(), limit));
  }

  /** Reads what each ref leads to; what is damaged hides nothing else. */
  readRefs<T>(prefix: string, read: (ref: Ref) => T | undefined): T[] {
    const { refs, damaged } = this.refs.scan(prefix);
    for (const { name, reason } of damaged) this.damage.set(name, reason);
    return refs.flatMap((ref) => {
      try {
        return read(ref) ?? [];
      } catch (error) {
        if (!(error instanceof GsessError)) throw error;
        this.damage.set(ref.name, error.message);
        return [];
      }
    });
  }

  summary(session: SessionId): SessionSummary | undefined {
    const tip = this.tip(session);
    if (tip === undefined) return undefined;
    const checkpoint = this.checkpoint(tip);
    const isInTurn = isWithinTurn(this.objects, checkpoint);
    return this.#withLive([summaryOf(checkpoint, { isInTurn })])[0];
  }

  #listed(): ListedStore {
    const { directory, refs, objects } = this.repository;
    return { directory, refs, objects, damage: this.damage };
  }

  #withLive(sessions: readonly SessionSummary[]): SessionSummary[] {
    const live = new Set(this.leases.live().map((lease) => lease.session));
    return sessions.map((one) => (live.has(one.id) ? { ...one, live: true } : one));
  }

  /** A checkpoint and its first parents, newest first, over forks too. */
  history(from: ObjectId): Generator<Checkpoint> {
    return checkpointsFrom(this.objects, from);
  }
}

/** Opens the store of a project; undefined if it has none yet. */
export function openStoreOf(project: Project, surroundings: Surroundings): Store | undefined {
  const present = existsSync(project.storeDirectory)
    ? project
    : adoptMovedProject(project, surroundings);
  if (present === undefined) return undefined;
  const repository = openRepository(present.storeDirectory, surroundings);
  return new Store(repository, present, surroundings);
}

/** Opens a store by its own directory, for an event that comes from elsewhere; undefined if there is none. */
export function openStoreDirectory(
  storeDirectory: string,
  surroundings: Surroundings,
): Store | undefined {
  if (!existsSync(storeDirectory)) return undefined;
  const repository = openRepository(storeDirectory, surroundings);
  const path = repository.config['gsess.project'] ?? '';
  return new Store(repository, { path, root: path, git: undefined, storeDirectory }, surroundings);
}

/** Opens the store of a project, making it if there is none. */
export async function openOrCreateStoreOf(
  project: Project,
  surroundings: Surroundings,
): Promise<Store> {
  const present = openStoreOf(project, surroundings);
  if (present !== undefined) return present;
  const repository = createRepository(project.storeDirectory, {
    ...surroundings,
    config: {
      'gsess.project': project.path,
      'gsess.identity': identityOf(project.path) ?? '',
    },
  });
  return new Store(repository, project, surroundings);
}
