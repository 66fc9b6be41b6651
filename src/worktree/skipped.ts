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
  'collides',
  'not-checked-out',
  'unlisted',
] as const;

/**
 * 'ignored', 'gsessignore', 'secret': a rule says so. 'nested-git': the `.git` of a repository below the root. 'leftover': a
 * temporary file of an interrupted restore. 'changed': the entry would not hold still; a file is captured all the same, with the
 * bytes last seen. 'collides': captured, but on some systems the name is the same as another beside it. 'not-checked-out': not on
 * disk only because git leaves it away there. 'unlisted': of the path '' alone, more was left out than is listed.
 */
export type SkipReason = (typeof SKIP_REASONS)[number];

/** With the path '': whatever is absent may be one of these. */
export const WHATEVER_REASONS: readonly SkipReason[] = ['not-checked-out', 'unlisted'];

/** Such an entry can be captured all the same, so being listed does not protect it. */
export const CAPTURED_REASONS: readonly SkipReason[] = ['changed', 'collides'];

export interface Skipped {
  readonly path: RawPath;
  readonly reason: SkipReason;
  /** Of a file that is too large. */
  readonly size?: number;
}

export const SKIPPED_LISTED_MAX = 1000;

/** What can be worked out again from rules and names. */
const WORKED_OUT: readonly SkipReason[] = [
  'ignored',
  'gsessignore',
  'secret',
  'nested-git',
  'leftover',
  'collides',
];

/** Gathers what is left out during one snapshot. */
export class SkippedList {
  readonly #workedOut: Skipped[] = [];
  readonly #others: Skipped[] = [];
  #more = 0;
  #isCut = false;

  add(skipped: Skipped): void {
    const isWorkedOut = WORKED_OUT.includes(skipped.reason);
    const list = isWorkedOut ? this.#workedOut : this.#others;
    if (list.length < SKIPPED_LISTED_MAX) {
      list.push(skipped);
    } else {
      this.#more += 1;
      this.#isCut ||= !isWorkedOut;
    }
  }

  /** The entries to list, by path, and how many there were besides; `whole` has its own bound, for none of it may be missing. */
  finish(whole: readonly Skipped[]): { skipped: Skipped[]; skippedMore: number } {
    const all = [...this.#others, ...this.#workedOut];
    const listed = all.slice(0, SKIPPED_LISTED_MAX);
    const cut: Skipped[] = this.#isCut ? [{ path: '' as RawPath, reason: 'unlisted' }] : [];
    return {
      skipped: [...cut, ...listed, ...whole].sort((a, b) =>
        a.path < b.path ? -1 : a.path > b.path ? 1 : 0,
      ),
      skippedMore: this.#more + all.length - listed.length,
    };
  }
}
