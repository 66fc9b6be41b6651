// Breaks a plan into steps, each of which takes one path from one state to another. A step whose path is already where it leads,
// or further on, is done; so a plan that was cut short is finished by carrying it out again, and rolled back by its inverse.
// First everything goes that has to go, then directories come, then files, and links last, so that nothing is written past a link.

import type { RawPath } from '../git/raw-path.ts';
import { type DiskState, isSameState, type Observation } from './disk-state.ts';
import type { RestorePlan } from './restore-plan.ts';
import type { EntryState } from './tree-diff.ts';

export type StepState = 'absent' | 'directory' | EntryState;

export interface RestoreStep {
  readonly path: RawPath;
  readonly before: StepState;
  readonly after: StepState;
}

/** The step that leads back. */
export function invertStep({ path, before, after }: RestoreStep): RestoreStep {
  return { path, before: after, after: before };
}

/** The steps of a plan, in an order in which each is possible. */
export function restoreSteps(plan: RestorePlan): RestoreStep[] {
  const absent = 'absent' as const;
  const deletes = plan.delete.map(({ path, before }) => ({ path, before, after: absent }));
  const removed = plan.removeDirectories.map((path) => toStep(path, 'directory', 'absent'));
  const made = plan.makeDirectories.map((path) => toStep(path, 'absent', 'directory'));
  const creates = plan.create.map(({ path, after }) => ({ path, before: absent, after }));
  const puts = [...plan.write, ...creates].sort(byPath);
  return [
    ...deletes.sort(byPath).reverse(),
    ...removed,
    ...made,
    ...puts.filter(({ after }) => after.mode !== '120000'),
    ...puts.filter(({ after }) => after.mode === '120000'),
  ];
}

export type StepProgress = 'to-do' | 'done' | 'mismatch';

/** Knows through which states the plan takes each path. */
export class StepSequence {
  readonly #states = new Map<RawPath, StepState[]>();
  /** For each step, which of the states of its path it leads to. */
  readonly #reached = new Map<RestoreStep, number>();

  constructor(steps: readonly RestoreStep[]) {
    for (const step of steps) {
      const states = this.#states.get(step.path) ?? [step.before];
      states.push(step.after);
      this.#states.set(step.path, states);
      this.#reached.set(step, states.length - 1);
    }
  }

  /** Tells from what is on disk whether the step is still to be done. */
  progress(step: RestoreStep, { state, insteadOf }: Observation): StepProgress {
    if (insteadOf !== undefined) {
      return step.after === 'absent' && this.#bringsLeaf(insteadOf) ? 'done' : 'mismatch';
    }
    const states = this.#states.get(step.path) ?? [];
    const later = states.slice(this.#reached.get(step) ?? 0);
    if (later.some((known) => isSameState(known, state))) return 'done';
    return isSameState(step.before, state) ? 'to-do' : 'mismatch';
  }

  /** The paths with the state they have when all steps are done. */
  outcome(): { path: RawPath; state: DiskState }[] {
    return [...this.#states].map(([path, states]) => ({ path, state: states.at(-1) ?? 'absent' }));
  }

  #bringsLeaf(path: RawPath): boolean {
    return (this.#states.get(path) ?? []).slice(1).some((state) => typeof state !== 'string');
  }
}

function toStep(path: RawPath, before: StepState, after: StepState): RestoreStep {
  return { path, before, after };
}

function byPath(a: { readonly path: RawPath }, b: { readonly path: RawPath }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
