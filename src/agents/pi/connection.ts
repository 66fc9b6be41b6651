// Where pi looks for the extension it starts gsess by.

import { join } from 'node:path';
import type { ConnectedByFile } from '../agent.ts';
import { ownFile } from '../own-file.ts';
import { EXTENSION_CODE, EXTENSION_EVENTS } from './extension.ts';
import { piDirectory } from './locate.ts';

const FILE_NAME = 'gsess.js';

export const piConnection: ConnectedByFile = {
  way: 'extension',
  events: EXTENSION_EVENTS,
  files: (places, root) => [
    { scope: 'user', path: join(piDirectory(places), 'extensions', FILE_NAME) },
    { scope: 'project', path: join(root, '.pi', 'extensions', FILE_NAME) },
  ],
  ...ownFile({ agent: 'pi', events: EXTENSION_EVENTS, code: EXTENSION_CODE }),
  advice: () => ['A pi that is running takes it up with /reload, or when it is started again.'],
};
