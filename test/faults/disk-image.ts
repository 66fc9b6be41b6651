// A directory held in memory, to be put back as often as a sweep needs it: names, kinds, modes, contents, modification times, and which
// names are the same file. Its digest tells states apart that a crash left, and leaves out what is by chance: names of temporary
// files, who held a lock, the numbers of inodes in a cache.

import { createHash } from 'node:crypto';

export interface ImageEntry {
  readonly kind: 'file' | 'directory' | 'link';
  readonly mode: number;
  /** Seconds. */
  readonly mtime: number;
  /** Of a file its bytes, of a link its target. */
  readonly content: Buffer;
  /** Names of one file have one number here. */
  readonly inode: number;
  readonly names: number;
}

export class DiskImage {
  readonly entries: ReadonlyMap<string, ImageEntry>;

  constructor(entries: ReadonlyMap<string, ImageEntry>) {
    this.entries = entries;
  }

  /** The same for states that no program could tell apart, as far as it looks at these paths only: all unless told. */
  digest(isSeen: (path: string) => boolean = () => true): string {
    const lines: string[] = [];
    for (const [path, { kind, mode, content }] of this.entries) {
      if (!isSeen(path)) continue;
      const held =
        kind === 'directory' ? '' : BY_CHANCE.test(path) ? sizeOf(content) : digestOf(content);
      lines.push(`${withoutChance(path)} ${kind} ${mode.toString(8)} ${held}`);
    }
    return createHash('sha1').update(lines.sort().join('\n')).digest('hex');
  }
}

/** Images of one disk share most of their contents. */
const digests = new WeakMap<Buffer, string>();

function digestOf(content: Buffer): string {
  const known = digests.get(content) ?? createHash('sha1').update(content).digest('hex');
  digests.set(content, known);
  return known;
}

const OWNER_FILE = /\/locks\/(?:[^/]+\/)+\d+\.\w+\.\w+\.\w+\.[0-9a-f]{16}$/;
/** Files that name processes or inodes. */
const BY_CHANCE = new RegExp(`${OWNER_FILE.source}|\\.stat$|\\.keep$|/gsess/live/.`);

/** What was cut off is not the same. */
function sizeOf(content: Buffer): string {
  return content.length === 0 ? 'empty' : 'not empty';
}

function withoutChance(path: string): string {
  return path
    .replace(OWNER_FILE, (file) => `${file.slice(0, file.lastIndexOf('/'))}/owner`)
    .replace(/(tmp-|tmp_[a-z]+_|\.gsess-new-)[0-9a-f]{16}/g, '$1');
}
