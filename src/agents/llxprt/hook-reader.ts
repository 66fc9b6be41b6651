// What LLxprt Code tells at its events. Loaded at every hook.

import type { HookReader } from '../agent.ts';
import { familyDialect } from '../gemini-family.ts';
import { readPayload } from '../hook-payload.ts';
import { NO_REPLIES } from '../hook-replies.ts';
import { canChangeFiles } from './tools.ts';

const dialect = familyDialect({ agent: 'llxprt', canChangeFiles });

export const llxprtHook: HookReader = {
  read: (input) => readPayload(input, dialect),
  sideFiles: () => [],
  replies: NO_REPLIES,
};
