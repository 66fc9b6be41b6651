// Reads the whole store and says what is wrong with it; changes nothing. Every byte of every pack, index and loose object is read
// and hashed, every ref is followed to its end, and every commit and tag is read a second time by a reader that is not ours. A
// store that is written to meanwhile is no trouble: refs are read first, and what they named then must be there still.

import { GsessError, isSystemError } from '../errors.ts';
import { looseIds, readLoose } from './loose-object.ts';
import { hashObject, type ObjectId, type ObjectType } from './object-id.ts';
import { linksOf } from './object-links.ts';
import type { ObjectStore } from './object-store.ts';
import type { Ref } from './ref-reader.ts';
import type { RefStore } from './ref-store.ts';
import type { Repository } from './repository.ts';
import { openSecondReader, type SecondReader } from './second-reader.ts';
import type { TreeEntry } from './tree.ts';

export type ProblemKind =
  | 'object-damaged'
  | 'object-missing'
  | 'pack-damaged'
  | 'ref-damaged'
  /** A file among the refs whose name git does not accept; harmless, but somebody put it there. */
  | 'ref-ignored'
  /** The system refuses to read it. */
  | 'unreadable'
  /** The second reader reads something else, or cannot read it. */
  | 'readers-differ';

export interface Problem {
  readonly kind: ProblemKind;
  readonly object?: ObjectId;
  readonly ref?: string;
  readonly message: string;
}

export interface Verification {
  /** Sound objects, reachable or not. */
  readonly objects: number;
  readonly commits: number;
  /** Commits and tags that the second reader could not be asked about, because a pack is too large for it. */
  readonly readOnce: number;
  readonly problems: readonly Problem[];
}

/** Where an object was named, to say so if it is missing, and the type it must have there. */
interface Link {
  readonly id: ObjectId;
  readonly type: ObjectType | undefined;
  readonly ref: string;
}

type Types = ReadonlyMap<ObjectId, ObjectType>;

/** What is wrong with a tree, for whoever knows more of trees than git does; undefined if nothing is. */
export type JudgeTree = (
  entries: readonly TreeEntry[],
  readBlob: (id: ObjectId) => Buffer,
) => string | undefined;

/** Verifies the store. Damage is reported, never thrown. */
export async function verifyStore(
  { directory, objects, refs }: Repository,
  judgeTree: JudgeTree = () => undefined,
): Promise<Verification> {
  const findings = new Findings();
  const tips = readRefs(refs, findings);
  for (const { path, error } of objects.damagedPacks()) {
    findings.add({ kind: 'pack-damaged', message: `${path}: ${messageOf(error)}` });
  }
  const types = readAll(objects, findings, judgeTree);
  followAll(objects, { tips, types, findings });
  const secondReader = await openSecondReader(directory);
  const readOnce = await readAgain(objects, { types, findings, secondReader });
  const commits = [...types.values()].filter((type) => type === 'commit').length;
  return { objects: types.size, commits, readOnce, problems: findings.problems };
}

function readRefs(refs: RefStore, findings: Findings): readonly Ref[] {
  findings.attempt({ ref: 'HEAD' }, () => refs.head());
  const scan = findings.attempt({ ref: 'packed-refs' }, () => refs.scan(''));
  for (const { name, reason } of scan?.damaged ?? []) {
    findings.add({ kind: 'ref-damaged', ref: name, message: reason });
  }
  for (const { name, id } of scan?.ignored ?? []) {
    const message = 'git does not take it for a ref';
    findings.add({ kind: 'ref-ignored', ref: name, message, ...(id && { object: id }) });
  }
  return scan?.refs ?? [];
}

/** Reads and hashes every copy of every object; returns the types of those that have a sound copy. */
function readAll(
  objects: ObjectStore,
  findings: Findings,
  judgeTree: JudgeTree,
): Map<ObjectId, ObjectType> {
  const types = new Map<ObjectId, ObjectType>();
  for (const id of looseIds(objects.objectsDirectory)) {
    findings.attempt({ object: id }, () => readLoose(objects.objectsDirectory, id));
  }
  for (const id of objects.allIds()) {
    // One that vanished since it was listed is no damage unless a ref needs it, which following the refs will show.
    findings.attempt({ object: id, mayBeMissing: true }, () => {
      const { type, content } = objects.read(id);
      if (hashObject(type, content) !== id) {
        throw new GsessError('object-damaged', `object ${id} holds something else`);
      }
      if (type === 'tree') checkTree(objects, id, judgeTree);
      if (type === 'commit') objects.readCommit(id);
      if (type === 'tag') objects.readTag(id);
      types.set(id, type);
    });
  }
  return types;
}

function checkTree(objects: ObjectStore, id: ObjectId, judgeTree: JudgeTree): void {
  const fault = judgeTree(objects.readTree(id), (blob) => objects.readBlob(blob));
  if (fault !== undefined) throw new GsessError('object-damaged', `tree ${id}: ${fault}`);
}

/** Follows every ref through all that it reaches, each object once. */
function followAll(
  objects: ObjectStore,
  {
    tips,
    types,
    findings,
  }: { readonly tips: readonly Ref[]; readonly types: Types; readonly findings: Findings },
): void {
  const seen = new Set<ObjectId>();
  const waiting: Link[] = tips.map(({ name, id }) => ({
    id,
    ref: name,
    type: name.startsWith('refs/heads/') ? 'commit' : undefined,
  }));
  for (let link = waiting.pop(); link !== undefined; link = waiting.pop()) {
    const { id, ref, type } = link;
    const actual = types.get(id);
    if (actual !== undefined && type !== undefined && actual !== type) {
      const message = `it is a ${actual} where a ${type} belongs`;
      findings.add({ kind: 'object-damaged', object: id, ref, message });
    }
    if (seen.has(id)) continue;
    seen.add(id);
    if (actual === undefined) {
      const kind = findings.isDamaged(id) ? 'object-damaged' : 'object-missing';
      const message = `"${ref}" needs it, and there is no sound copy of it`;
      findings.add({ kind, object: id, ref, message });
      continue;
    }
    const links = findings.attempt({ object: id, ref }, () => linksOf(objects, id, actual));
    for (const { id: next, type: kind } of links ?? []) waiting.push({ id: next, type: kind, ref });
  }
}

/** Lets the second reader read every commit and tag; returns how many it could not be asked about. */
async function readAgain(
  objects: ObjectStore,
  {
    types,
    findings,
    secondReader,
  }: {
    readonly types: Types;
    readonly findings: Findings;
    readonly secondReader: SecondReader | undefined;
  },
): Promise<number> {
  let readOnce = 0;
  for (const [id, type] of types) {
    if (type !== 'commit' && type !== 'tag') continue;
    if (secondReader === undefined) {
      readOnce += 1;
      continue;
    }
    const difference = await findings.attempt({ object: id, mayBeMissing: true }, () =>
      type === 'commit'
        ? secondReader.commitDifference(id, objects.readCommit(id))
        : secondReader.tagDifference(id, objects.readTag(id)),
    );
    if (difference !== undefined) {
      findings.add({ kind: 'readers-differ', object: id, message: difference });
    }
  }
  return readOnce;
}

/** What was found so far. */
class Findings {
  readonly problems: Problem[] = [];
  readonly #seen = new Set<string>();
  readonly #damaged = new Set<ObjectId>();

  /** Notes a problem, the same one of the same object or ref only once. */
  add(problem: Problem): void {
    const { kind, object, ref, message } = problem;
    const key = `${kind} ${object} ${ref} ${message}`;
    if (!this.#seen.has(key)) this.problems.push(problem);
    this.#seen.add(key);
    if (object !== undefined && kind === 'object-damaged') this.#damaged.add(object);
  }

  isDamaged(id: ObjectId): boolean {
    return this.#damaged.has(id);
  }

  /** Runs one step; what it cannot read becomes a problem, and undefined is returned. */
  attempt<T>(
    where: Pick<Problem, 'object' | 'ref'> & { readonly mayBeMissing?: true },
    step: () => T,
  ): T | undefined {
    const { mayBeMissing, ...place } = where;
    try {
      return step();
    } catch (error) {
      const kind = kindOf(error);
      if (kind === undefined) throw error;
      if (kind !== 'object-missing' || mayBeMissing === undefined) {
        this.add({ kind, ...place, message: messageOf(error) });
      }
      return undefined;
    }
  }
}

function kindOf(error: unknown): ProblemKind | undefined {
  if (isSystemError(error, 'EIO', 'EACCES', 'EPERM', 'EISDIR')) return 'unreadable';
  if (!(error instanceof GsessError)) return undefined;
  const { code } = error;
  if (code === 'io-failed') return 'unreadable';
  const isDamage = code === 'object-damaged' || code === 'object-missing' || code === 'ref-damaged';
  return isDamage ? code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
