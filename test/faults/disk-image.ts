// A directory held in memory, to be put back as often as a sweep needs it: names, kinds, modes, contents, modification times, and which
// names are the same file. Its digest tells states apart that a crash left, and leaves out what is by chance: names of temporary
// files, who held a lock, the numbers of inodes in a cache.

import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

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

  static take(directory: string): DiskImage {
    return new DiskImage(new Map(entriesOf(directory, '')));
  }

  /** Makes the directory what it was; what is so already is not touched. */
  putBack(directory: string): void {
    const present = new Map(entriesOf(directory, ''));
    for (const [path, entry] of [...present].reverse()) {
      if (isSame(this.entries.get(path), entry)) continue;
      rmSync(join(directory, path), { recursive: true, force: true });
      for (const below of present.keys()) {
        if (below === path || below.startsWith(`${path}/`)) present.delete(below);
      }
    }
    const placed = new Map<number, string>();
    for (const [path, entry] of this.entries) {
      const place = join(directory, path);
      if (!present.has(path)) putEntry(place, entry, placed.get(entry.inode));
      if (entry.names > 1) placed.set(entry.inode, place);
    }
    // Directories last and innermost first, for each change below them changes their times.
    for (const [path, { mtime }] of [...this.entries].reverse()) {
      const place = join(directory, path);
      if (lstatSync(place).mtimeMs / 1000 !== mtime) lutimesSync(place, mtime, mtime);
    }
  }

  /** The same for states that no program could tell apart. */
  digest(): string {
    const lines = [...this.entries].map(([path, { kind, mode, content }]) => {
      const isChance = OWNER_FILE.test(path) || path.endsWith('.stat');
      const digest = isChance ? '' : createHash('sha1').update(content).digest('hex');
      return `${withoutChance(path)} ${kind} ${mode.toString(8)} ${digest}`;
    });
    return createHash('sha1').update(lines.sort().join('\n')).digest('hex');
  }
}

const OWNER_FILE = /\/locks\/[^/]+\/\d+\.\w+\.\w+\.\w+\.[0-9a-f]{16}$/;

function withoutChance(path: string): string {
  return path
    .replace(OWNER_FILE, (file) => `${file.slice(0, file.lastIndexOf('/'))}/owner`)
    .replace(/(tmp-|tmp_[a-z]+_|\.gsess-new-)[0-9a-f]{16}/g, '$1');
}

function* entriesOf(directory: string, above: string): Generator<[string, ImageEntry]> {
  for (const name of readdirSync(join(directory, above)).sort()) {
    const path = above === '' ? name : `${above}/${name}`;
    const place = join(directory, path);
    const stat = lstatSync(place);
    const common = { mode: stat.mode & 0o7777, mtime: stat.mtimeMs / 1000 };
    if (stat.isDirectory()) {
      yield [path, { ...common, kind: 'directory', content: Buffer.alloc(0), inode: 0, names: 1 }];
      yield* entriesOf(directory, path);
    } else {
      const isLink = stat.isSymbolicLink();
      const content = isLink ? readlinkSync(place, 'buffer') : readFileSync(place);
      const kind = isLink ? 'link' : 'file';
      yield [path, { ...common, kind, content, inode: stat.ino, names: stat.nlink }];
    }
  }
}

/** A file with several names is always put back anew. */
function isSame(wanted: ImageEntry | undefined, found: ImageEntry): boolean {
  if (wanted === undefined || wanted.kind !== found.kind || wanted.mode !== found.mode)
    return false;
  if (found.kind === 'directory') return true;
  return wanted.names === 1 && found.names === 1 && wanted.content.equals(found.content);
}

function putEntry(
  place: string,
  { kind, mode, content }: ImageEntry,
  sameAs: string | undefined,
): void {
  if (sameAs !== undefined) {
    linkSync(sameAs, place);
    return;
  }
  if (kind === 'link') {
    symlinkSync(content, place);
    return;
  }
  if (kind === 'directory') mkdirSync(place);
  else writeFileSync(place, content);
  chmodSync(place, mode);
}
