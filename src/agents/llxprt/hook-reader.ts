// What LLxprt Code tells at its events. Loaded at every hook.

import type { HookReader } from '../agent.ts';
import { familyDialect } from '../gemini-family.ts';
import { readPayload } from '../hook-payload.ts';
import { canChangeFiles } from './tools.ts';

const dialect = familyDialect({ agent: 'llxprt', canChangeFiles });

export const llxprtHook: HookReader = {
  read: (input) => readPayload(input, dialect),
  sideFiles: () => [],
};
