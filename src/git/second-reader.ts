// Reads commits and tags once more through isomorphic-git, which shares no code with us, and says where the two readers differ.
// What it gives must be what we give, but for line ends around a message, which isomorphic-git tidies. Loading it costs time,
// so it is loaded only here and only when asked for.

import nodeFs, { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Commit, Signature } from './commit.ts';
import { directoryNames } from './directory-names.ts';
import type { ObjectId } from './object-id.ts';
import type { Tag } from './tag.ts';

/** isomorphic-git holds a whole pack in memory. */
const PACK_BYTES_MAX = 1024 * 1024 * 1024;
/** Packs are gathered now and then, not all the time. */
const ATTEMPTS_MAX = 10;
const SIGNED = '-----BEGIN PGP SIGNATURE-----';

/** isomorphic-git fails at an index whose pack is gone, which to us and to git is what a killed run left and no more. */
const FILES = {
  ...nodeFs.promises,
  readdir: async (path: string): Promise<string[]> => {
    const names = await nodeFs.promises.readdir(path);
    const present = new Set(names);
    return names.filter((name) => !name.endsWith('.idx') || present.has(packOf(name)));
  },
};

interface OtherSignature {
  readonly name: string;
  readonly email: string;
  readonly timestamp: number;
  readonly timezoneOffset: number;
}

export interface SecondReader {
  /** What isomorphic-git reads differently, or why it cannot read the commit; undefined if it agrees. */
  commitDifference(id: ObjectId, ours: Commit): Promise<string | undefined>;
  tagDifference(id: ObjectId, ours: Tag): Promise<string | undefined>;
}

/** Loads the second reader; undefined if the store holds a pack too large for it. */
export async function openSecondReader(gitDirectory: string): Promise<SecondReader | undefined> {
  const packDirectory = join(gitDirectory, 'objects', 'pack');
  if (largestPackBytes(packDirectory) > PACK_BYTES_MAX) return undefined;
  const { readCommit, readTag } = await import('isomorphic-git');
  const packs = new PacksInView(packDirectory);
  const where = { fs: { promises: FILES }, gitdir: gitDirectory };
  return {
    commitDifference: (id, ours) =>
      packs.difference(async (cache) => {
        const { commit } = await readCommit({ ...where, cache, oid: id });
        return [
          ['tree', commit.tree === ours.tree],
          ['parents', commit.parent.join() === ours.parents.join()],
          ['author', isSameSignature(commit.author, ours.author)],
          ['committer', isSameSignature(commit.committer, ours.committer)],
          ['message', isSameMessage(commit.message, ours.message)],
        ];
      }),
    tagDifference: (id, ours) =>
      packs.difference(async (cache) => {
        const { tag } = await readTag({ ...where, cache, oid: id });
        return [
          ['object', tag.object === ours.object && tag.type === ours.type],
          ['name', tag.tag === ours.name],
          ['tagger', isSameSignature(tag.tagger, ours.tagger)],
          ['message', ours.message.includes(SIGNED) || isSameMessage(tag.message, ours.message)],
        ];
      }),
  };
}

/** isomorphic-git believes the packs it has once seen to be there for ever. */
class PacksInView {
  readonly #directory: string;
  #cache: object = {};
  #seen: string;

  constructor(directory: string) {
    this.#directory = directory;
    this.#seen = packNames(directory);
  }

  /** Reads with other eyes what could not be read while packs came or went, which tells nothing of the store. */
  async difference(
    read: (cache: object) => Promise<readonly (readonly [string, boolean])[]>,
  ): Promise<string | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const fields = await read(this.#cache);
        const different = fields.filter(([, isSame]) => !isSame).map(([field]) => field);
        return different.length === 0 ? undefined : `it reads another ${different.join(', ')}`;
      } catch (error) {
        const before = this.#seen;
        this.#cache = {};
        this.#seen = packNames(this.#directory);
        if (this.#seen !== before && attempt < ATTEMPTS_MAX) continue;
        return error instanceof Error ? error.message : String(error);
      }
    }
  }
}

function packNames(directory: string): string {
  return directoryNames(directory).join('/');
}

function isSameSignature(other: OtherSignature, ours: Signature): boolean {
  return (
    other.name.trim() === ours.name &&
    other.email === ours.email &&
    other.timestamp * 1000 === ours.at &&
    // It counts minutes west of Greenwich and knows a negative zero.
    other.timezoneOffset + ours.offsetMinutes === 0
  );
}

function isSameMessage(other: string, ours: string): boolean {
  return tidied(other) === tidied(ours);
}

function tidied(message: string): string {
  return message.replaceAll('\r', '').replace(/^\n+|\n+$/g, '');
}

function largestPackBytes(directory: string): number {
  const sizes = directoryNames(directory).map(
    (name) => statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return Math.max(0, ...sizes);
}

function packOf(indexName: string): string {
  return `${indexName.slice(0, -'.idx'.length)}.pack`;
}
