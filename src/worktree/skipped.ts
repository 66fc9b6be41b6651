// What a snapshot left out, and why. The list goes into the checkpoint, so it is bounded; when there is more, the entries that no
// ignore rule explains stay, for those cannot be worked out again later and a restore must know them.

import type { RawPath } from '../git/raw-path.ts';

/** In the order of the codes the stat cache writes down: add at the end only. */
export const SKIP_REASONS = [
  'ignored',
  'gsessignore',
  'secret',
  'nested-git',
  'leftover',
  'too-large',
  'special',
  'unreadable',
  'changed',
  'path-too-long',
  'other-filesystem',
] as const;

/**
 * 'ignored', 'gsessignore', 'secret': a rule says so. 'nested-git': the `.git` of a repository below the root. 'leftover': a
 * temporary file of an interrupted restore. 'changed': the entry would not hold still; a file is captured all the same, with the
 * bytes last seen.
 */
export type SkipReason = (typeof SKIP_REASONS)[number];

export interface Skipped {
  readonly path: RawPath;
  readonly reason: SkipReason;
  /** Of a file that is too large. */
  readonly size?: number;
}

export const SKIPPED_LISTED_MAX = 1000;

const BY_RULE: readonly SkipReason[] = [
  'ignored',
  'gsessignore',
  'secret',
  'nested-git',
  'leftover',
];

/** Gathers what is left out during one snapshot. */
export class SkippedList {
  readonly #byRule: Skipped[] = [];
  readonly #others: Skipped[] = [];
  #more = 0;

  add(skipped: Skipped): void {
    const list = BY_RULE.includes(skipped.reason) ? this.#byRule : this.#others;
    if (list.length < SKIPPED_LISTED_MAX) list.push(skipped);
    else this.#more += 1;
  }

  /** The entries to list, by path, and how many there were besides. */
  finish(): { skipped: Skipped[]; skippedMore: number } {
    const all = [...this.#others, ...this.#byRule];
    const skipped = all
      .slice(0, SKIPPED_LISTED_MAX)
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    return { skipped, skippedMore: this.#more + all.length - skipped.length };
  }
}
