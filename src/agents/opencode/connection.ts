// Where opencode looks for the plugin it starts gsess by.

import { join } from 'node:path';
import type { AgentPlaces, CommandFiles, ConnectedByFile } from '../agent.ts';
import { ownFile } from '../own-file.ts';
import { PLUGIN_CODE, PLUGIN_EVENTS } from './plugin.ts';

const FILE_NAME = 'gsess.js';

export const opencodeConnection: ConnectedByFile = {
  way: 'plugin',
  events: PLUGIN_EVENTS,
  files: (places, root) => [
    { scope: 'user', path: join(configDirectory(places), 'plugin', FILE_NAME) },
    { scope: 'project', path: join(root, '.opencode', 'plugin', FILE_NAME) },
  ],
  ...ownFile({ agent: 'opencode', events: PLUGIN_EVENTS, code: PLUGIN_CODE }),
  advice: () => ['An opencode that is running takes it up when it is started again.'],
};

export const opencodeCommands: CommandFiles = {
  form: 'markdown',
  directories: (places, root) => [
    { scope: 'user', path: join(configDirectory(places), 'command', 'gsess') },
    { scope: 'project', path: join(root, '.opencode', 'command', 'gsess') },
  ],
  argumentsWord: '$ARGUMENTS',
  fields: [],
};

function configDirectory({ home, variables }: AgentPlaces): string {
  return join(variables.XDG_CONFIG_HOME ?? join(home, '.config'), 'opencode');
}
