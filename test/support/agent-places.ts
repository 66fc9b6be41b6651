// Where agents keep their state in a test: below a home directory of its own, no variable set.

import { join } from 'node:path';
import type { AgentPlaces } from '../../src/agents/agent.ts';
import type { AgentVariables } from '../../src/agents/agent-variables.ts';

export function placesIn(home: string, variables: AgentVariables = {}): AgentPlaces {
  return { home, variables, platform: 'linux', copies: join(home, 'copies') };
}
