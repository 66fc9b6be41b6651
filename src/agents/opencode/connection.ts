// Where opencode looks for the plugin it starts gsess by.

import { join } from 'node:path';
import type { ConnectedByFile } from '../agent.ts';
import { ownFile } from '../own-file.ts';
import { PLUGIN_CODE, PLUGIN_EVENTS } from './plugin.ts';

const FILE_NAME = 'gsess.js';

export const opencodeConnection: ConnectedByFile = {
  way: 'plugin',
  events: PLUGIN_EVENTS,
  files: ({ home, variables }, root) => {
    const config = variables.XDG_CONFIG_HOME ?? join(home, '.config');
    return [
      { scope: 'user', path: join(config, 'opencode', 'plugin', FILE_NAME) },
      { scope: 'project', path: join(root, '.opencode', 'plugin', FILE_NAME) },
    ];
  },
  ...ownFile({ agent: 'opencode', events: PLUGIN_EVENTS, code: PLUGIN_CODE }),
  advice: () => ['An opencode that is running takes it up when it is started again.'],
};
