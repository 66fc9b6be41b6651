// Where Qwen Code looks for the hooks it starts gsess by.

import { join } from 'node:path';
import type { CommandFiles, ConnectedByFile } from '../agent.ts';
import { familyHooks, settingIn } from '../family-hooks.ts';
import { qwenDirectory } from './locate.ts';
import { READ_ONLY_TOOLS } from './tools.ts';

const HOOK_EVENTS: readonly string[] = [
  'SessionStart',
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'Stop',
  'SubagentStop',
  'PreCompact',
  'SessionEnd',
];

export const qwenConnection: ConnectedByFile = {
  ...familyHooks({ agent: 'qwen', events: HOOK_EVENTS, readOnlyTools: READ_ONLY_TOOLS }),
  files: (places, root) => [
    { scope: 'user', path: join(qwenDirectory(places), 'settings.json') },
    { scope: 'project', path: join(root, '.qwen', 'settings.json') },
  ],
  advice: (text) => [
    ...(settingIn(text, 'disableAllHooks') === true
      ? ['These settings switch all hooks off (disableAllHooks), so Qwen Code tells nothing.']
      : []),
    'Qwen Code tells nothing at the end of a session that runs headless.',
  ],
};

export const qwenCommands: CommandFiles = {
  form: 'toml',
  directories: (places, root) => [
    { scope: 'user', path: join(qwenDirectory(places), 'commands', 'gsess') },
    { scope: 'project', path: join(root, '.qwen', 'commands', 'gsess') },
  ],
  argumentsWord: '{{args}}',
  fields: [],
};
