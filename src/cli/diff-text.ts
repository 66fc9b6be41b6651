// A difference of files for people: in colours, or as a summary with a bar a file.

import type { Paint } from '../ui/paint.ts';
import { safeLines } from '../ui/safe-text.ts';
import { padText, textWidth } from '../ui/text-width.ts';
import type { FileDiff } from '../worktree/file-diff.ts';
import { quotedPath } from '../worktree/quoted-path.ts';

const BAR_WIDTH_MAX = 40;
const NAME_WIDTH_MAX = 60;

/** The patches as they are: what `git apply` takes. */
export function patchBytes(diffs: readonly FileDiff[]): Buffer {
  return Buffer.concat(diffs.map(({ patch }) => patch));
}

/** The patches for a terminal: safe, and coloured by what each line says. */
export function patchText(diffs: readonly FileDiff[], paint: Paint): string {
  return diffs.map((diff) => colouredPatch(diff, paint)).join('');
}

function colouredPatch({ patch }: FileDiff, paint: Paint): string {
  let isHeader = true;
  return patch
    .toString('utf8')
    .split('\n')
    .map((line) => {
      if (line.startsWith('@@')) isHeader = false;
      return paintOf(line, isHeader, paint)(safeLines(line));
    })
    .join('\n');
}

function paintOf(line: string, isHeader: boolean, paint: Paint): (text: string) => string {
  if (isHeader) return paint.strong;
  if (line.startsWith('@@')) return paint.accent;
  if (line.startsWith('+')) return paint.good;
  return line.startsWith('-') ? paint.bad : String;
}

/** One line a file and one for all, as `git diff --stat` has them. */
export function statText(diffs: readonly FileDiff[], paint: Paint): string {
  if (diffs.length === 0) return '';
  const names = diffs.map(({ path }) => shortened(quotedPath(path)));
  const nameWidth = Math.max(...names.map(textWidth));
  const changes = diffs.map(({ linesAdded, linesRemoved }) => linesAdded + linesRemoved);
  const most = Math.max(1, ...changes);
  const countWidth = String(most).length;
  const scale = Math.min(1, BAR_WIDTH_MAX / most);
  const lines = diffs.map((diff, index) => {
    const count = padText(String(changes[index]), countWidth, 'right');
    const what = diff.content === 'text' ? `${count} ${bar(diff, scale, paint)}` : notText(diff);
    return ` ${padText(names[index] ?? '', nameWidth)} | ${what}`.trimEnd();
  });
  return [...lines, totalText(diffs)].join('\n');
}

function bar({ linesAdded, linesRemoved }: FileDiff, scale: number, paint: Paint): string {
  const length = (lines: number) => (lines === 0 ? 0 : Math.max(1, Math.round(lines * scale)));
  return paint.good('+'.repeat(length(linesAdded))) + paint.bad('-'.repeat(length(linesRemoved)));
}

function notText({ content, status }: FileDiff): string {
  const words = { text: '', mode: 'mode', binary: 'binary', 'too-large': 'too large to show' };
  return content === 'directory' ? `empty directory ${status}` : words[content];
}

function totalText(diffs: readonly FileDiff[]): string {
  const sum = (of: (diff: FileDiff) => number) =>
    diffs.reduce((total, diff) => total + of(diff), 0);
  const added = sum(({ linesAdded }) => linesAdded);
  const removed = sum(({ linesRemoved }) => linesRemoved);
  const files = `${diffs.length} file${diffs.length === 1 ? '' : 's'} changed`;
  return ` ${files}, ${added} added, ${removed} removed`;
}

function shortened(name: string): string {
  return name.length <= NAME_WIDTH_MAX ? name : `…${name.slice(1 - NAME_WIDTH_MAX)}`;
}
