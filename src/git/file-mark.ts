// What a file system tells of a file without its being read. The same mark means the same content, which holds only for a file that
// had been at rest when it was looked at: within one tick of the clock it can change without its times changing.

import type { Stats } from 'node:fs';

const SETTLING_MS = 100;
const SETTLING_WHOLE_SECONDS_MS = 2000;

/**
 * Tells whether a file with these times had been at rest, when it was looked at, for longer than the clock of its file
 * system needs to tick. Times in whole seconds may come from a clock that knows no finer.
 */
export function isSettled(stat: Stats, lookedAt: number): boolean {
  const { mtimeMs, ctimeMs } = stat;
  const isWhole = mtimeMs % 1000 === 0 || ctimeMs % 1000 === 0;
  const rest = isWhole ? SETTLING_WHOLE_SECONDS_MS : SETTLING_MS;
  return Math.max(mtimeMs, ctimeMs) + rest <= lookedAt;
}

/** The mark of what was looked at at this moment, before its content was; undefined where it does not tell the content. */
export function fileMark(stat: Stats, lookedAt: number): string | undefined {
  if (!isSettled(stat, lookedAt)) return undefined;
  return `${stat.ino}:${stat.size}:${stat.mtimeMs}:${stat.ctimeMs}`;
}
