// Some steps of a restore that are taken together: their files are written beside their places and on their way to the disk, while the
// caller does something else. Descriptors are closed only when nothing is written through them any more.

import type { PreparedEntry } from './place-entry.ts';
import type { RestoreStep } from './restore-steps.ts';

export interface PreparedStep {
  readonly step: RestoreStep;
  /** Undefined where there is nothing to prepare. */
  readonly entry: PreparedEntry | undefined;
}

/** So many files are prepared and synced together. */
export const GROUP_FILES = 64;

export class PreparedGroup {
  readonly prepared: readonly PreparedStep[];
  readonly #syncs: Promise<PromiseSettledResult<unknown>[]>;

  /** Enters itself among those under way. */
  constructor(prepared: readonly PreparedStep[], underWay: Set<PreparedGroup>) {
    this.prepared = prepared;
    underWay.add(this);
    this.#syncs = Promise.allSettled(prepared.map(({ entry }) => entry?.sync()));
  }

  /** Resolves when all of it is durable; rejects with the first fault. */
  async synced(): Promise<void> {
    const fault = (await this.#syncs).find(({ status }) => status === 'rejected');
    if (fault?.status === 'rejected') throw fault.reason;
  }

  /** Removes what did not get its place. */
  async discard(): Promise<void> {
    await this.#syncs;
    for (const { entry } of this.prepared) entry?.discard();
  }
}

/** Files and links one after the other form a group; any other step stands alone. */
export function groupAt(steps: readonly RestoreStep[], start: number): readonly RestoreStep[] {
  const group = steps.slice(start, start + GROUP_FILES);
  const end = group.findIndex((step) => !isPut(step));
  return end === 0 ? group.slice(0, 1) : end < 0 ? group : group.slice(0, end);
}

export function isPut({ after }: RestoreStep): boolean {
  return typeof after === 'object';
}
