// What the verbs below are given of the machine when they are called through the library: taken from the options, and from the process
// where these say nothing. The settings of the command line are not read.

import { randomUUID } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { AGENTS } from '../agents/registry.ts';
import { GsessError } from '../errors.ts';
import { createProcessTable } from '../machine/process-table.ts';
import { realPathOf } from '../machine/real-path.ts';
import { platformDataDirectory, userPlaces, type Variables } from '../machine/user-places.ts';
import { DEFAULT_SETTINGS, type Surroundings } from '../session/surroundings.ts';
import type { OpenOptions } from './open-store.ts';

const LOCK_WAIT_MS = 10_000;
const AGENT_NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** Throws `usage` for options that cannot be. */
export async function surroundingsOf(options: OpenOptions): Promise<Surroundings> {
  const { agent, onWarning, files = true } = options;
  if (!AGENT_NAME.test(agent) || AGENTS.some(({ name }) => name === agent)) {
    throw new GsessError('usage', `Not a name for an agent of your own: '${agent}'`, {
      hint: 'Take one word in lower case that no other agent has.',
    });
  }
  const { variables, userId, home, temporaryDirectory } = userPlaces(options.environment);
  const xdgConfigHome = variables['XDG_CONFIG_HOME'] || undefined;
  return {
    now: options.clock ?? Date.now,
    processes: createProcessTable(),
    ancestors: () => [],
    userId,
    newNativeId: () => randomUUID(),
    home,
    ...(xdgConfigHome === undefined ? {} : { xdgConfigHome }),
    temporaryDirectory,
    dataDirectory: await dataDirectoryOf(options.dataDirectory, variables),
    settings: { ...DEFAULT_SETTINGS, snapshots: files },
    lockWaitMs: options.lockWaitMs ?? LOCK_WAIT_MS,
    ...(onWarning === undefined ? {} : { onWarning }),
  };
}

async function dataDirectoryOf(told: string | undefined, variables: Variables): Promise<string> {
  const chosen = told ?? (variables['GSESS_DATA_DIR'] || undefined);
  if (chosen === undefined) return realPathOf(await platformDataDirectory());
  if (isAbsolute(chosen)) return realPathOf(chosen);
  throw new GsessError('usage', `The data directory is not an absolute path: '${chosen}'`);
}
