// What Claude Code tells at its events. Loaded at every hook.

import type { HookReader } from '../agent.ts';
import { type PayloadDialect, readPayload } from '../hook-payload.ts';
import { sideFilesOf } from './locate.ts';
import { canChangeFiles } from './tools.ts';

/** What Claude submits in the user's name when a background task ends. */
const TASK_NOTIFICATION = /^\s*<task-notification>/;

const dialect: PayloadDialect = {
  agent: 'claude',
  kinds: new Map([
    ['SessionStart', 'start'],
    ['UserPromptSubmit', 'prompt'],
    ['PreToolUse', 'tool'],
    ['PostToolUse', 'tool-done'],
    // Comes instead of PostToolUse when a tool fails; a failed command may well have changed files.
    ['PostToolUseFailure', 'tool-done'],
    ['Stop', 'turn'],
    // Comes instead of Stop when the model could not be reached.
    ['StopFailure', 'turn'],
    ['SubagentStop', 'subagent'],
    ['PreCompact', 'compact'],
    ['SessionEnd', 'end'],
  ]),
  reasonFields: new Map([
    ['start', 'source'],
    ['compact', 'trigger'],
    ['end', 'reason'],
  ]),
  promptIdField: 'prompt_id',
  callIdField: 'tool_use_id',
  lastMessageField: 'last_assistant_message',
  transcriptSuffix: '.jsonl',
  canChangeFiles,
  isNotice: (prompt) => TASK_NOTIFICATION.test(prompt),
};

export const claudeHook: HookReader = {
  read: (input) => readPayload(input, dialect),
  sideFiles: sideFilesOf,
  replies: { context: { at: 'start', event: 'SessionStart' }, slashPrefix: '/gsess:' },
};
