// How Claude Code is told to start gsess at its events: hooks in its settings.

import { join } from 'node:path';
import type { CommandFiles, ConnectedByFile } from '../agent.ts';
import { hookSecondsMax, hooksInJson, isPlainJson } from '../hooks-file/hooks-in-json.ts';
import { configDirectory } from './locate.ts';
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

/** Keeps Claude from starting a process at all where a tool only reads. */
const CHANGING_TOOLS = `^(?!(?:${READ_ONLY_TOOLS.join('|')})$).*$`;
const KEEPS_DAYS = 30;

export const claudeConnection: ConnectedByFile = {
  way: 'hooks',
  events: HOOK_EVENTS,
  files: (places, root) => [
    { scope: 'user', path: join(configDirectory(places), 'settings.json') },
    { scope: 'project', path: join(root, '.claude', 'settings.json') },
    { scope: 'local', path: join(root, '.claude', 'settings.local.json') },
  ],
  ...hooksInJson({
    agent: 'claude',
    events: HOOK_EVENTS,
    matcher: (event) => (event.includes('ToolUse') ? CHANGING_TOOLS : undefined),
    // Without it SessionEnd would have 1.5 s.
    timeout: hookSecondsMax,
  }),
  isRead: isPlainJson,
  advice: (text) => {
    const days = /"cleanupPeriodDays"\s*:\s*(\d+)/.exec(text ?? '')?.[1] ?? KEEPS_DAYS;
    return [
      `Claude Code deletes its transcripts after ${days} days (cleanupPeriodDays); gsess keeps its own copies.`,
    ];
  },
};

export const claudeCommands: CommandFiles = {
  form: 'markdown',
  directories: (places, root) => [
    { scope: 'user', path: join(configDirectory(places), 'commands', 'gsess') },
    { scope: 'project', path: join(root, '.claude', 'commands', 'gsess') },
  ],
  argumentsWord: '$ARGUMENTS',
  // The model is not to run them by itself, nor to carry their descriptions along.
  fields: ['disable-model-invocation: true'],
};
