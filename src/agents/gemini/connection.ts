// Where Gemini CLI looks for the hooks it starts gsess by.

import { join } from 'node:path';
import type { CommandFiles, ConnectedByFile } from '../agent.ts';
import { familyHooks, settingIn } from '../family-hooks.ts';
import { FAMILY_EVENTS } from '../gemini-family.ts';
import { geminiDirectory } from './locate.ts';
import { READ_ONLY_TOOLS } from './tools.ts';

export const geminiConnection: ConnectedByFile = {
  ...familyHooks({ agent: 'gemini', events: FAMILY_EVENTS, readOnlyTools: READ_ONLY_TOOLS }),
  files: (places, root) => [
    { scope: 'user', path: join(geminiDirectory(places), 'settings.json') },
    { scope: 'project', path: join(root, '.gemini', 'settings.json') },
  ],
  advice: (text) => [
    ...(settingIn(text, 'hooksConfig', 'enabled') === false
      ? ['These settings switch all hooks off (hooksConfig.enabled), so Gemini CLI tells nothing.']
      : []),
    'Gemini CLI deletes its sessions after 30 days unless general.sessionRetention says otherwise; gsess keeps its own copies.',
    'Hooks of a project run only in a folder that you have told Gemini CLI to trust.',
  ],
};

export const geminiCommands: CommandFiles = {
  form: 'toml',
  directories: (places, root) => [
    { scope: 'user', path: join(geminiDirectory(places), 'commands', 'gsess') },
    { scope: 'project', path: join(root, '.gemini', 'commands', 'gsess') },
  ],
  argumentsWord: '{{args}}',
  fields: [],
};
