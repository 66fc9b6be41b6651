// How Codex is told to start gsess at its events: hooks in its hooks.json. Codex runs none that its user has not reviewed, and says
// nothing of it; that consent is the user's to give, so gsess never writes it.

import { join } from 'node:path';
import type { CommandFiles, ConnectedByFile } from '../agent.ts';
import { hookSecondsMax, hooksInJson, isPlainJson } from '../hooks-file/hooks-in-json.ts';
import { codexHome } from './locate.ts';

const HOOK_EVENTS: readonly string[] = [
  'SessionStart',
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  'Stop',
  'SubagentStop',
  'PreCompact',
];

export const codexConnection: ConnectedByFile = {
  way: 'hooks',
  events: HOOK_EVENTS,
  files: (places, root) => [
    { scope: 'user', path: join(codexHome(places), 'hooks.json') },
    { scope: 'project', path: join(root, '.codex', 'hooks.json') },
  ],
  ...hooksInJson({
    agent: 'codex',
    events: HOOK_EVENTS,
    matcher: () => undefined,
    timeout: hookSecondsMax,
  }),
  isRead: isPlainJson,
  advice: () => [
    `Codex does not run these hooks, and says nothing of it, until you have trusted them: start codex, enter /hooks and review them there.`,
  ],
};

/** Codex takes no commands of others any more, but skills: `$gsess /chat save x`. */
export const codexCommands: CommandFiles = {
  form: 'skill',
  directories: (places, root) => [
    { scope: 'user', path: join(codexHome(places), 'skills', 'gsess') },
    { scope: 'project', path: join(root, '.codex', 'skills', 'gsess') },
  ],
  argumentsWord: '',
  fields: [],
};
