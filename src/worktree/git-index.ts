// Reads from git's index which paths git does not look for on disk: those with the skip-worktree bit, as a sparse checkout sets it, or
// the assume-unchanged bit. Nothing else in it matters here. The file is somebody else's, so every length is checked, and one that is
// not understood to its last byte gives no answer rather than half of one.

import type { RawPath } from '../git/raw-path.ts';

const HEADER_BYTES = 12;
/** Times, device, inode, mode, owner and size, before the object id. */
const STAT_BYTES = 40;
const OBJECT_ID_BYTES = [20, 32] as const;
const NUL = 0;

const ASSUME_UNCHANGED = 0x8000;
const EXTENDED = 0x4000;
const NAME_LENGTH = 0x0fff;
/** In the extended flags. */
const SKIP_WORKTREE = 0x4000;

class NotUnderstood extends Error {}

/** The paths, in the order of the index; a directory that stands for all in it too. Undefined for what is not understood. */
export function pathsGitPassesOver(index: Buffer): RawPath[] | undefined {
  // Which hash the repository uses is told in its configuration; but only one of them makes sense of all the bytes.
  for (const idBytes of OBJECT_ID_BYTES) {
    try {
      return new IndexReader(index, idBytes).read();
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
    }
  }
  return undefined;
}

class IndexReader {
  readonly #bytes: Buffer;
  readonly #idBytes: number;
  readonly #end: number;
  #at = HEADER_BYTES;
  #version = 0;
  /** Of the entry before, for version 4 tells only what differs. */
  #name = '';

  constructor(bytes: Buffer, idBytes: number) {
    this.#bytes = bytes;
    this.#idBytes = idBytes;
    this.#end = bytes.length - idBytes;
  }

  read(): RawPath[] {
    const bytes = this.#bytes;
    if (this.#end < HEADER_BYTES || bytes.toString('latin1', 0, 4) !== 'DIRC')
      throw new NotUnderstood();
    this.#version = bytes.readUInt32BE(4);
    if (this.#version < 2 || this.#version > 4) throw new NotUnderstood();
    const passedOver: RawPath[] = [];
    for (let count = bytes.readUInt32BE(8); count > 0; count -= 1) {
      const path = this.#entry();
      if (path !== undefined) passedOver.push(path);
    }
    this.#checkExtensions();
    return passedOver;
  }

  /** Its path, if git passes it over. */
  #entry(): RawPath | undefined {
    const start = this.#at;
    const flags = this.#flags(start + STAT_BYTES + this.#idBytes);
    const isExtended = this.#version > 2 && (flags & EXTENDED) !== 0;
    const extended = isExtended ? this.#flags(start + STAT_BYTES + this.#idBytes + 2) : 0;
    const nameAt = start + STAT_BYTES + this.#idBytes + (isExtended ? 4 : 2);
    const isPassedOver = (flags & ASSUME_UNCHANGED) !== 0 || (extended & SKIP_WORKTREE) !== 0;
    if (this.#version === 4) {
      this.#compressedName(nameAt);
      return isPassedOver ? pathOf(this.#name) : undefined;
    }
    const told = flags & NAME_LENGTH;
    const nameEnd = told < NAME_LENGTH ? nameAt + told : this.#bytes.indexOf(NUL, nameAt);
    this.#at = start + 8 * Math.ceil((nameEnd + 1 - start) / 8);
    const isWhole = nameEnd > nameAt && this.#at <= this.#end && this.#bytes[nameEnd] === NUL;
    if (!isWhole) throw new NotUnderstood();
    return isPassedOver ? pathOf(this.#bytes.toString('latin1', nameAt, nameEnd)) : undefined;
  }

  #flags(at: number): number {
    if (at + 2 > this.#end) throw new NotUnderstood();
    return this.#bytes.readUInt16BE(at);
  }

  /** How much of the name before is dropped, and what comes in its place. */
  #compressedName(start: number): void {
    let at = start;
    let dropped = 0;
    for (let byte = 0x80; (byte & 0x80) !== 0; at += 1) {
      byte = this.#bytes[at] ?? 0;
      dropped = (at === start ? 0 : (dropped + 1) * 128) + (byte & 0x7f);
    }
    const end = this.#bytes.indexOf(NUL, at);
    if (end < 0 || end >= this.#end || dropped > this.#name.length) throw new NotUnderstood();
    const kept = this.#name.slice(0, this.#name.length - dropped);
    this.#name = kept + this.#bytes.toString('latin1', at, end);
    if (this.#name === '') throw new NotUnderstood();
    this.#at = end + 1;
  }

  /** An extension in small letters changes what the entries mean: only `sdir`, directories as entries, is known here. */
  #checkExtensions(): void {
    while (this.#at < this.#end) {
      if (this.#at + 8 > this.#end) throw new NotUnderstood();
      const name = this.#bytes.toString('latin1', this.#at, this.#at + 4);
      if (!/^[A-Z]/.test(name) && name !== 'sdir') throw new NotUnderstood();
      this.#at += 8 + this.#bytes.readUInt32BE(this.#at + 4);
    }
    if (this.#at !== this.#end) throw new NotUnderstood();
  }
}

function pathOf(name: string): RawPath {
  return (name.endsWith('/') ? name.slice(0, -1) : name) as RawPath;
}
