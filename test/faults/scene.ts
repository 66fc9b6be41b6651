// Where a verb is interrupted again and again: a user's directories in one place, on a disk in memory where there is one, and the clock and
// the processes as each attempt sees them. Each attempt counts as a process of its own, so that a lock left by one that failed is a dead
// one's to the next.

import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processes } from '../support/process-table.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import { fixChance } from './fixed-chance.ts';
import { twoTurns, type Verb } from './verbs.ts';

const IN_MEMORY = '/dev/shm';
const BEGINNING = Date.UTC(2025, 0, 2, 3, 4, 5);
const LOCK_WAIT_MS = 50;
const ATTEMPT_MS = 24 * 60 * 60_000;

/** Calls `use` with a new directory that is removed afterwards. */
export async function withSceneDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const parent = existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir();
  const directory = mkdtempSync(join(realpathSync(parent), 'gsess-faults-'));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The agent and its project as attempt number `attempt` meets them; what it does by chance and when follows from that number. */
export function startAttempt(
  directory: string,
  attempt: number,
  warnings: string[] = [],
): Promise<SessionDriver> {
  fixChance(attempt);
  let seconds = 0;
  const start = `${attempt}a${processes.self.start}`;
  const self = { ...processes.self, start };
  return startSession(directory, {
    surroundings: {
      // It moves while the scene is laid; in an attempt it stands, lest ids depend on how often it was looked at.
      now: () => {
        if (attempt === 0) seconds += 1;
        return BEGINNING + attempt * ATTEMPT_MS + seconds * 1000;
      },
      processes: {
        self,
        isAlive: (owner) => owner.pid === self.pid && owner.start === self.start,
      },
      lockWaitMs: LOCK_WAIT_MS,
      onWarning: (text) => warnings.push(text),
    },
  });
}

/** Lays the scene of a verb, ready for it to be run as attempt 1. */
export async function layScene(directory: string, verb: Verb): Promise<void> {
  const driver = await startAttempt(directory, 0);
  if (verb.begins !== true) await twoTurns(driver);
  await verb.prepare(driver);
}
