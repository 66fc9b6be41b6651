// The directory that a sweep works in. It remembers what it saw there last, so that putting another state back touches only what differs,
// and taking what a verb left reads only files that are not known yet.

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
  type Stats,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DiskImage, type ImageEntry } from './disk-image.ts';

/** A change later than this after another is sure to have another time in the inode. */
const TICK_MS = 50;

const NOTHING = Buffer.alloc(0);

interface KnownFile {
  readonly changedMs: number;
  readonly content: Buffer;
}

export class Disk {
  readonly directory: string;
  /** What was read, by inode. */
  #known = new Map<number, KnownFile>();
  #present: DiskImage | undefined;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** What is in the directory now. */
  take(): DiskImage {
    const takenMs = Date.now();
    const known = new Map<number, KnownFile>();
    const entries = new Map<string, ImageEntry>();
    const visit = (above: string): void => {
      for (const name of readdirSync(join(this.directory, above)).sort()) {
        const path = above === '' ? name : `${above}/${name}`;
        const place = join(this.directory, path);
        const stat = lstatSync(place);
        const content = stat.isFile() ? this.#contentOf(place, stat) : otherContentOf(place, stat);
        // As git's index does: what changed just now may change again at the same time by the clock of the file system.
        if (stat.isFile() && stat.ctimeMs < takenMs - TICK_MS) {
          known.set(stat.ino, { changedMs: stat.ctimeMs, content });
        }
        entries.set(path, entryOf(stat, content));
        if (stat.isDirectory()) visit(path);
      }
    };
    visit('');
    this.#known = known;
    this.#present = new DiskImage(entries);
    return this.#present;
  }

  /** Makes the directory what it was; what is so already is not touched. */
  put(image: DiskImage): void {
    const isThere = image === this.#present;
    if (!isThere) this.#replaceBy(image);
    this.#present = undefined;
  }

  #replaceBy(image: DiskImage): void {
    const present = new Map((this.#present ?? this.take()).entries);
    for (const [path, entry] of [...present].reverse()) {
      if (isSame(image.entries.get(path), entry)) continue;
      rmSync(join(this.directory, path), { recursive: true, force: true });
      for (const below of present.keys()) {
        if (below === path || below.startsWith(`${path}/`)) present.delete(below);
      }
    }
    const placed = new Map<number, string>();
    for (const [path, entry] of image.entries) {
      const place = join(this.directory, path);
      if (!present.has(path)) putEntry(place, entry, placed.get(entry.inode));
      if (entry.names > 1) placed.set(entry.inode, place);
    }
    // Directories last and innermost first, for each change below them changes their times.
    for (const [path, { mtime }] of [...image.entries].reverse()) {
      const place = join(this.directory, path);
      if (lstatSync(place).mtimeMs / 1000 !== mtime) lutimesSync(place, mtime, mtime);
    }
  }

  /** Says that the directory is about to change: what was seen there last counts no more. After `put` that needs no saying. */
  willChange(): void {
    this.#present = undefined;
  }

  #contentOf(place: string, stat: Stats): Buffer {
    const known = this.#known.get(stat.ino);
    const isKnown = known?.changedMs === stat.ctimeMs && known.content.length === stat.size;
    return known !== undefined && isKnown ? known.content : readFileSync(place);
  }
}
function otherContentOf(place: string, stat: Stats): Buffer {
  return stat.isSymbolicLink() ? readlinkSync(place, 'buffer') : NOTHING;
}

function entryOf(stat: Stats, content: Buffer): ImageEntry {
  const common = { mode: stat.mode & 0o7777, mtime: stat.mtimeMs / 1000, content };
  if (stat.isDirectory()) return { ...common, kind: 'directory', inode: 0, names: 1 };
  const kind = stat.isSymbolicLink() ? 'link' : 'file';
  return { ...common, kind, inode: stat.ino, names: stat.nlink };
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
