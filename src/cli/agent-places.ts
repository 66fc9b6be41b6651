// Where the agents keep their state on this machine, for this user.

import { join } from 'node:path';
import process from 'node:process';
import type { AgentPlaces } from '../agents/agent.ts';
import { AGENTS } from '../agents/registry.ts';
import type { Context } from './context.ts';

export function placesOf(
  { environment, surroundings, directories }: Context,
  agent: string,
): AgentPlaces {
  return {
    home: surroundings.home,
    variables: environment,
    platform: process.platform,
    copies: join(directories.data, 'copies', agent),
  };
}

/** The native id of the session that this process runs in, where an agent's environment tells it. */
export function nativeIdHere({ environment }: Pick<Context, 'environment'>): string | undefined {
  for (const { sessionVariable } of AGENTS) {
    const id = sessionVariable && environment[sessionVariable];
    if (id !== undefined) return id;
  }
  return undefined;
}
