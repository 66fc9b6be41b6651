// Which agent process is talking in a session now. Each event of an agent leaves a small file naming the process; the session is
// live while that process runs. Losing these files costs nothing but the knowledge: the next event writes them again. They
// are never needed by git and never trusted for anything but "live" and "current".

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../errors.ts';
import { directoryNames } from '../git/directory-names.ts';
import { makeStoreDirectory, writeDurably } from '../git/durable-file.ts';
import type { Owner, ProcessTable } from '../git/owner-file.ts';
import { isSessionId, type SessionId } from './session-id.ts';

export interface Lease {
  readonly session: SessionId;
  readonly agent: Owner;
}

export class Leases {
  readonly #directory: string;
  readonly #processes: ProcessTable;

  constructor(storeDirectory: string, processes: ProcessTable) {
    this.#directory = join(storeDirectory, 'gsess', 'live');
    this.#processes = processes;
  }

  /** Notes that this process talks in the session; does nothing if that is known. */
  hold(session: SessionId, agent: Owner): void {
    const present = this.#read(session);
    if (present?.pid === agent.pid && present.start === agent.start) return;
    makeStoreDirectory(this.#directory);
    writeDurably(join(this.#directory, session), JSON.stringify(agent));
  }

  release(session: SessionId): void {
    rmSync(join(this.#directory, session), { force: true });
  }

  /** The leases whose process still runs. */
  live(): readonly Lease[] {
    return directoryNames(this.#directory)
      .filter(isSessionId)
      .flatMap((session) => {
        const agent = this.#read(session);
        return agent !== undefined && this.#isLive(agent) ? [{ session, agent }] : [];
      });
  }

  #isLive(agent: Owner): boolean {
    const { host, boot } = this.#processes.self;
    return agent.host === host && agent.boot === boot && this.#processes.isAlive(agent);
  }

  #read(session: SessionId): Owner | undefined {
    try {
      const owner: unknown = JSON.parse(readFileSync(join(this.#directory, session), 'utf8'));
      return isOwner(owner) ? owner : undefined;
    } catch (error) {
      if (isSystemError(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, start, host, boot } = value as Record<string, unknown>;
  return typeof pid === 'number' && [start, host, boot].every((text) => typeof text === 'string');
}
