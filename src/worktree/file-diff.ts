// The difference of two snapshots as text, file by file, in git's own format, so that `git apply` takes it. Bytes stay bytes: files
// need not be UTF-8. Nothing here reads the disk; what is binary or beyond the limits is named, not shown. Comparing costs at
// most what the limits allow: two files with too little in common are shown as one taken out and one put in.

import { structuredPatch } from 'diff';
import type { ObjectId } from '../git/object-id.ts';
import type { RawPath } from '../git/raw-path.ts';
import type { ObjectInfo, StoredObject } from '../git/stored-object.ts';
import { quotedPath } from './quoted-path.ts';
import type { EntryState, TreeChange } from './tree-diff.ts';

export interface BlobReader {
  read(id: ObjectId): StoredObject;
  sizeOf(id: ObjectId): ObjectInfo;
}

export interface FileDiffLimits {
  /** A file larger than this before or after is not compared. */
  readonly fileBytesMax: number;
  /** Lines added and removed in one file beyond which no shortest difference is looked for. */
  readonly editsMax: number;
}

export interface FileDiff {
  readonly path: RawPath;
  readonly status: 'added' | 'deleted' | 'changed';
  /** What there is to see: 'directory' for one that is empty, 'mode' if the contents are equal. */
  readonly content: 'text' | 'mode' | 'binary' | 'too-large' | 'directory';
  readonly linesAdded: number;
  readonly linesRemoved: number;
  /** What git would print; empty for a directory. */
  readonly patch: Buffer;
}

export const DEFAULT_DIFF_LIMITS: FileDiffLimits = { fileBytesMax: 2 ** 20, editsMax: 2000 };

const CONTEXT_LINES = 3;
const BINARY_LOOK_BYTES = 8000;
const ID_LENGTH = 7;
const NULL_ID = '0'.repeat(ID_LENGTH);
const DIRECTORY = '40000';
const NO_NEWLINE = '\\ No newline at end of file';

/** Goes through the changes one by one; a caller that has seen enough just stops. */
export function* diffFiles(
  changes: Iterable<TreeChange>,
  blobs: BlobReader,
  limits: FileDiffLimits = DEFAULT_DIFF_LIMITS,
): Generator<FileDiff> {
  for (const { path, before, after } of changes) {
    for (const [from, to] of steps(before, after)) yield diffOne({ path, from, to, blobs, limits });
  }
}

type Step = readonly [from: EntryState | undefined, to: EntryState | undefined];

/** A file that becomes a link, or a directory a file, is taken away and put there anew, as git has it. */
function steps(before: EntryState | undefined, after: EntryState | undefined): Step[] {
  if (before === undefined || after === undefined) return [[before, after]];
  if (kindOf(before) === kindOf(after)) return [[before, after]];
  return [
    [before, undefined],
    [undefined, after],
  ];
}

function kindOf({ mode }: EntryState): string {
  return mode.slice(0, -3);
}

interface Comparison {
  readonly path: RawPath;
  readonly from: EntryState | undefined;
  readonly to: EntryState | undefined;
  readonly blobs: BlobReader;
  readonly limits: FileDiffLimits;
}

function diffOne(comparison: Comparison): FileDiff {
  const { path, from, to } = comparison;
  const status = from === undefined ? 'added' : to === undefined ? 'deleted' : 'changed';
  const result = { path, status, linesAdded: 0, linesRemoved: 0 } as const;
  if ((from ?? to)?.mode === DIRECTORY) {
    return { ...result, content: 'directory', patch: Buffer.alloc(0) };
  }
  const header = headerOf(comparison);
  const named = (content: 'mode' | 'binary' | 'too-large', text = ''): FileDiff => ({
    ...result,
    content,
    patch: Buffer.from(header + text, 'latin1'),
  });
  if (from?.id === to?.id) return named('mode');
  const [a, b] = [sideName(path, 'a/', from), sideName(path, 'b/', to)];
  if (isTooLarge(comparison))
    return named('too-large', `Files ${a} and ${b} differ, too large to show\n`);
  const [old, now] = [contentOf(comparison, from), contentOf(comparison, to)];
  if (isBinary(old) || isBinary(now)) return named('binary', `Binary files ${a} and ${b} differ\n`);
  const lines = hunkLines(old.toString('latin1'), now.toString('latin1'), comparison.limits);
  const tab = path.includes(' ') ? '\t' : '';
  const names = `--- ${a}${from === undefined ? '' : tab}\n+++ ${b}${to === undefined ? '' : tab}\n`;
  const text = lines.length === 0 ? '' : `${names}${lines.join('\n')}\n`;
  return {
    ...result,
    content: 'text',
    linesAdded: count(lines, '+'),
    linesRemoved: count(lines, '-'),
    patch: Buffer.from(header + text, 'latin1'),
  };
}

function headerOf({ path, from, to }: Comparison): string {
  let text = `diff --git ${quotedPath(path, 'a/')} ${quotedPath(path, 'b/')}\n`;
  if (from === undefined) text += `new file mode ${to?.mode}\n`;
  else if (to === undefined) text += `deleted file mode ${from.mode}\n`;
  else if (from.mode !== to.mode) text += `old mode ${from.mode}\nnew mode ${to.mode}\n`;
  if (from?.id === to?.id) return text;
  const mode = from !== undefined && from.mode === to?.mode ? ` ${from.mode}` : '';
  return `${text}index ${shortId(from)}..${shortId(to)}${mode}\n`;
}

function shortId(state: EntryState | undefined): string {
  return state?.id.slice(0, ID_LENGTH) ?? NULL_ID;
}

function sideName(path: RawPath, prefix: string, state: EntryState | undefined): string {
  return state === undefined ? '/dev/null' : quotedPath(path, prefix);
}

function isTooLarge({ from, to, blobs, limits }: Comparison): boolean {
  return [from, to].some(
    (state) => state !== undefined && blobs.sizeOf(state.id).size > limits.fileBytesMax,
  );
}

function contentOf({ blobs }: Comparison, state: EntryState | undefined): Buffer {
  return state === undefined ? Buffer.alloc(0) : blobs.read(state.id).content;
}

/** git's own test. */
function isBinary(content: Buffer): boolean {
  return content.subarray(0, BINARY_LOOK_BYTES).includes(0);
}

/** The hunks line by line, each line with its sign; a heading begins with `@@`. */
function hunkLines(old: string, now: string, { editsMax }: FileDiffLimits): string[] {
  const options = { context: CONTEXT_LINES, maxEditLength: editsMax };
  const patch =
    old === '' || now === ''
      ? undefined
      : structuredPatch('', '', old, now, undefined, undefined, options);
  if (patch === undefined) return wholeReplacement(old, now);
  return patch.hunks.flatMap((hunk) => [
    `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
    ...hunk.lines,
  ]);
}

function wholeReplacement(old: string, now: string): string[] {
  const [removed, added] = [signedLines(old, '-'), signedLines(now, '+')];
  if (removed.length + added.length === 0) return [];
  const [oldLines, newLines] = [count(removed, '-'), count(added, '+')];
  const heading = `@@ -${range(oldLines && 1, oldLines)} +${range(newLines && 1, newLines)} @@`;
  return [heading, ...removed, ...added];
}

function signedLines(text: string, sign: '-' | '+'): string[] {
  if (text === '') return [];
  const isEnded = text.endsWith('\n');
  const lines = (isEnded ? text.slice(0, -1) : text).split('\n').map((line) => sign + line);
  return isEnded ? lines : [...lines, NO_NEWLINE];
}

function range(start: number, lines: number): string {
  return lines === 1 ? `${start}` : `${start},${lines}`;
}

function count(lines: readonly string[], sign: '-' | '+'): number {
  return lines.reduce((sum, line) => (line.startsWith(sign) ? sum + 1 : sum), 0);
}
