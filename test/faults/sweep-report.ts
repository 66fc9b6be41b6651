// How much the sweeps of a verb go through, and what they found.

/** How much of each sweep; whatever is not told is swept whole, but for the repairs. */
export interface SweepSize {
  /** At how many calls the verb is stopped for good. */
  readonly crashes?: number;
  /** From how many of the states this leaves the repair is swept as well, */
  readonly repairs: number;
  /** stopped for good at every so-many-th call or write, at all unless told, */
  readonly repairStride?: number;
  /** and refused so many calls, in each way. */
  readonly repairErrors?: number;
  /** How many calls are refused, in each way. */
  readonly errors?: number;
  readonly powerCuts?: number;
  /** At how many moments the power is cut. */
  readonly moments?: number;
}

export interface SweepReport {
  /** Points at which something went wrong: stopped calls, refused calls, power cuts. */
  faults: number;
  /** Distinct states these left; each is judged once, in whatever sweep it comes up first. */
  states: number;
  readonly violations: string[];
}

export interface SweepReports {
  readonly crashes: SweepReport;
  readonly errors: SweepReport;
  readonly powerCuts: SweepReport;
  readonly repairs: SweepReport;
}

export function newReport(): SweepReport {
  return { faults: 0, states: 0, violations: [] };
}

export function addReport(to: SweepReport, { faults, states, violations }: SweepReport): void {
  to.faults += faults;
  to.states += states;
  to.violations.push(...violations);
}

/** Some of them, at equal distances, or all. Another phase, from 0 to below 1, takes others. */
export function spread<T>(all: readonly T[], count = Number.POSITIVE_INFINITY, phase = 0): T[] {
  if (count >= all.length) return [...all];
  return Array.from(
    { length: count },
    (_, index) => all[Math.floor(((index + phase) * all.length) / count)]!,
  );
}
