// Transcripts in the tree of a checkpoint: `transcript/<native id>/0000/0017.jsonl`, the agent's own bytes in append-only segments,
// and beside them, under their own names, subagents and other side files in the same form. Reading gives the file back byte for
// byte; adding stores only what the agent appended. A source that shrank or vanished never shrinks what is stored.

import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { isSystemError } from '../errors.ts';
import { editTree, type TreeEdits } from '../git/edit-tree.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import { hashPieces, type ObjectId } from '../git/object-id.ts';
import type { ObjectStore } from '../git/object-store.ts';
import type { TreeMode } from '../git/tree.ts';
import {
  type ByteSource,
  completeLength,
  growth,
  type StoredSegments,
  segmentPath,
  splitSegments,
} from '../transcript/segments.ts';
import { SegmentList, storedSegments } from './stored-segments.ts';

export type FileState = { readonly bytes: number; readonly segments: number };

export interface GrowthOptions {
  /** Compare all that is stored with the file, not its ends alone. */
  readonly thorough: boolean;
  /** Take a torn last line too. */
  readonly final: boolean;
  /** Asked before a file that does not begin with what is stored replaces it; it may, where nobody is to be asked. */
  readonly mayReplace?: (() => boolean) | undefined;
}

export interface Growth {
  /** `kept`: the file holds something else, which may not replace it. */
  readonly kind: 'same' | 'appended' | 'rewritten' | 'shrunk' | 'kept' | 'gone';
  readonly state: FileState;
  readonly edits: TreeEdits;
  readonly warning?: string;
}

/** What every file system takes in one name; beyond it a hash tells names apart. */
const ENCODED_LENGTH_MAX = 200;
const PLAIN_COMPONENT = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,120}$/;

/** Look-alikes of `.git`, what Windows cuts off, and what would be taken for a directory of segments. */
const NOT_PLAIN = /^git~|[.]$|^\d{4,}$/i;

/** A path component that no file system and no fsck objects to; other characters are percent-encoded. */
export function storedComponent(name: string): string {
  if (PLAIN_COMPONENT.test(name) && !NOT_PLAIN.test(name)) return name;
  const encoded = Buffer.from(name, 'utf8')
    .toString('latin1')
    .replace(/^\d|[^A-Za-z0-9_-]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  if (encoded.length <= ENCODED_LENGTH_MAX) return encoded;
  const hash = createHash('sha256').update(name, 'utf8').digest('hex').slice(0, 16);
  return `${encoded.slice(0, ENCODED_LENGTH_MAX - 17)}-${hash}`;
}

/** Where a transcript or one of its side files stands below `transcript/`. */
export function storedPath(nativeId: string, sideFile?: string): string {
  const parts = sideFile === undefined ? [nativeId] : [nativeId, ...sideFile.split('/')];
  return parts.map(storedComponent).join('/');
}

/** Gives the stored file back, segment by segment; `bytesMax` ends it early. */
export function* readStored(
  objects: Pick<ObjectStore, 'readTree' | 'read'>,
  place: { readonly transcripts: ObjectId | undefined; readonly path: string },
  bytesMax: number = Number.POSITIVE_INFINITY,
): Generator<Buffer> {
  let left = bytesMax;
  for (const id of storedSegments(objects, place.transcripts, place.path)) {
    if (left <= 0) return;
    const { content } = objects.read(id);
    yield content.length > left ? content.subarray(0, left) : content;
    left -= content.length;
  }
}

/** Whether a file holds exactly what is stored, but for a last line that is still being written. */
export function fileEquals(
  objects: Pick<ObjectStore, 'readTree' | 'read'>,
  place: { readonly transcripts: ObjectId | undefined; readonly path: string },
  file: string,
): boolean {
  const source = openSource(file);
  if (source === undefined) return false;
  try {
    let offset = 0;
    for (const content of readStored(objects, place)) {
      if (!content.equals(source.read(offset, content.length))) return false;
      offset += content.length;
    }
    return completeLength(source, offset, false) === offset;
  } finally {
    closeSync(source.descriptor);
  }
}

/** Whether a file still begins with what is stored of it. Looks at the ends, so that a long one costs no more than a short one. */
export function compareStored(
  objects: Pick<ObjectStore, 'readTree' | 'read' | 'sizeOf'>,
  place: { readonly transcripts: ObjectId | undefined; readonly path: string },
  file: string,
): 'present' | 'gone' | 'changed' {
  const source = openSource(file);
  if (source === undefined) return 'gone';
  try {
    const segments = storedSegments(objects, place.transcripts, place.path);
    let offset = 0;
    for (const [index, id] of segments.entries()) {
      const { size } = objects.sizeOf(id);
      const isEnd = index === 0 || index === segments.length - 1;
      if (isEnd && !objects.read(id).content.equals(source.read(offset, size))) return 'changed';
      offset += size;
    }
    return 'present';
  } finally {
    closeSync(source.descriptor);
  }
}

/** Compares a file on disk with what is stored of it and puts what it gained into the batch. */
export function growStored(
  batch: ObjectBatch,
  place: { readonly transcripts: ObjectId | undefined; readonly path: string },
  grown: { readonly file: string; readonly state: FileState; readonly options: GrowthOptions },
): Growth {
  const source = openSource(grown.file);
  if (source === undefined) {
    const warning = `'${grown.file}' is gone; what was captured stays`;
    const { state } = grown;
    return { kind: 'gone', state, edits: new Map(), ...(state.bytes > 0 ? { warning } : {}) };
  }
  try {
    return growFrom(batch, place, { ...grown, source });
  } finally {
    closeSync(source.descriptor);
  }
}

function growFrom(
  batch: ObjectBatch,
  place: { readonly transcripts: ObjectId | undefined; readonly path: string },
  grown: {
    readonly file: string;
    readonly state: FileState;
    readonly options: GrowthOptions;
    readonly source: ByteSource;
  },
): Growth {
  const { state, source, options } = grown;
  const held = new SegmentList(batch, place.transcripts, place.path);
  const decision = growth(
    comparable((id) => batch.sizeOf(id), held, state),
    source,
    {
      check: options.thorough ? 'whole' : 'ends',
      final: options.final,
    },
  );
  if (decision.kind === 'same') return { kind: 'same', state, edits: new Map() };
  const isRewritten = decision.kind === 'rewritten';
  if (isRewritten && isStored(batch, held.from(decision.keepSegments), { source, ...decision })) {
    const warning = `'${grown.file}' shrank; what was captured before stays`;
    return { kind: 'shrunk', state, edits: new Map(), warning };
  }
  if (isRewritten && options.mayReplace?.() === false) {
    const warning = `'${grown.file}' is not what was captured of it, which stays`;
    return { kind: 'kept', state, edits: new Map(), warning };
  }
  const edits = new Map<string, { mode: TreeMode; id: ObjectId } | null>();
  let index = decision.keepSegments;
  for (const { offset, length } of splitSegments(source, decision)) {
    const id = batch.put('blob', readWhole(source, offset, length));
    edits.set(`${place.path}/${segmentPath(index)}`, { mode: '100644', id });
    index += 1;
  }
  const segments = index;
  for (; index < held.count; index += 1) edits.set(`${place.path}/${segmentPath(index)}`, null);
  const warning = `'${grown.file}' was rewritten by its agent; earlier checkpoints keep what it held`;
  return {
    kind: decision.kind,
    state: { bytes: decision.to, segments },
    edits,
    ...(decision.kind === 'rewritten' && state.bytes > 0 ? { warning } : {}),
  };
}

/** Puts a transcript that is in memory into the batch, where none of its name is yet. */
export function storeWhole(
  batch: ObjectBatch,
  place: { readonly transcripts: ObjectId | undefined; readonly path: string },
  bytes: Buffer,
): { readonly tree: ObjectId | undefined; readonly state: FileState } {
  const source: ByteSource = {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
  const pieces = splitSegments(source, { from: 0, to: bytes.length });
  const edits = pieces.map(({ offset, length }, index) => {
    const id = batch.put('blob', bytes.subarray(offset, offset + length));
    return [`${place.path}/${segmentPath(index)}`, { mode: '100644' as const, id }] as const;
  });
  return {
    tree: editTree(batch, place.transcripts, new Map(edits)),
    state: { bytes: bytes.length, segments: pieces.length },
  };
}

/** Whether bytes `from` to `to` of the file are what the segments begin with: it was cut short, not written anew. */
function isStored(
  objects: Pick<ObjectBatch, 'read'>,
  segments: Iterable<ObjectId>,
  { source, from, to }: { readonly source: ByteSource; readonly from: number; readonly to: number },
): boolean {
  let offset = from;
  for (const id of segments) {
    if (offset >= to) break;
    const stored = objects.read(id).content.subarray(0, to - offset);
    if (!stored.equals(source.read(offset, stored.length))) return false;
    offset += stored.length;
  }
  return offset >= to;
}

function comparable(
  sizeOf: (id: ObjectId) => number,
  segments: SegmentList,
  state: FileState,
): StoredSegments {
  const lengths = new Map<number, number>();
  const length = (index: number) => {
    const id = segments.at(index);
    if (id === undefined) return 0;
    const known = lengths.get(index) ?? sizeOf(id);
    lengths.set(index, known);
    return known;
  };
  return {
    count: segments.count,
    bytes: state.bytes,
    length,
    equals: (index, pieces) => hashPieces('blob', length(index), pieces) === segments.at(index),
  };
}

function openSource(path: string): (ByteSource & { readonly descriptor: number }) | undefined {
  let descriptor: number;
  try {
    // A pipe where a transcript should be must not hang the hook.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
  const status = fstatSync(descriptor);
  if (!status.isFile()) {
    closeSync(descriptor);
    return undefined;
  }
  const { size } = status;
  return { descriptor, size, read: (offset, length) => readAt(descriptor, offset, length) };
}

function readAt(descriptor: number, offset: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(descriptor, buffer, filled, length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

function readWhole(source: ByteSource, offset: number, length: number): Buffer {
  return Buffer.from(source.read(offset, length));
}
