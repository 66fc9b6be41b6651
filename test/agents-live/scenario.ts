// A scenario is one journey with real agents, told as checks in order. A check that fails ends its scenario, for what follows
// builds on it.

import type { AgentName, InstalledAgents } from './install-agents.ts';

/** Runs one check, prints it, and hands on what it returned. */
export type Check = <T>(title: string, body: () => T | Promise<T>) => Promise<T>;

export type Scenario =
  | { readonly title: string; readonly needs: 'nothing'; run(check: Check): Promise<void> }
  | {
      readonly title: string;
      readonly needs: AgentName | readonly AgentName[];
      run(check: Check, agents: InstalledAgents): Promise<void>;
    };

/** The agents a scenario asks for. */
export function neededBy({ needs }: Scenario): readonly AgentName[] {
  if (needs === 'nothing') return [];
  return typeof needs === 'string' ? [needs] : needs;
}

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** A check that failed, by its title; `cause` is why. */
export class CheckFailed extends Error {
  constructor(title: string, cause: unknown) {
    super(title, { cause });
    this.name = 'CheckFailed';
  }
}

/** Makes the check function of one scenario; it counts, prints, and throws on. */
export function checker(counts: Counts, write: (line: string) => void): Check {
  return async (title, body) => {
    const startedAt = performance.now();
    try {
      const value = await body();
      counts.passed += 1;
      write(`  ok    ${title} (${Math.round(performance.now() - startedAt)} ms)`);
      return value;
    } catch (error) {
      counts.failed += 1;
      write(`  FAILED ${title}`);
      throw new CheckFailed(title, error);
    }
  };
}
