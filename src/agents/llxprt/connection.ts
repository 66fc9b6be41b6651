// Where LLxprt Code looks for the hooks it starts gsess by.

import { join } from 'node:path';
import type { ConnectedByFile } from '../agent.ts';
import { familyHooks } from '../family-hooks.ts';
import { FAMILY_EVENTS } from '../gemini-family.ts';
import { configDirectory } from './locate.ts';
import { READ_ONLY_TOOLS } from './tools.ts';

export const llxprtConnection: ConnectedByFile = {
  ...familyHooks({ agent: 'llxprt', events: FAMILY_EVENTS, readOnlyTools: READ_ONLY_TOOLS }),
  files: (places, root) => [
    { scope: 'user', path: join(configDirectory(places), 'settings.json') },
    { scope: 'project', path: join(root, '.llxprt', 'settings.json') },
  ],
  advice: () => [
    'LLxprt Code puts old recordings away and deletes some (sessionRetention); gsess keeps its own copies.',
  ],
};
