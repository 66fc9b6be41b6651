// What Qwen Code tells at its events, by Claude Code's names. Loaded at every hook.

import type { HookReader } from '../agent.ts';
import { type PayloadDialect, readPayload } from '../hook-payload.ts';
import { sideFilesOf } from './locate.ts';
import { canChangeFiles } from './tools.ts';

const dialect: PayloadDialect = {
  agent: 'qwen',
  kinds: new Map([
    ['SessionStart', 'start'],
    ['UserPromptSubmit', 'prompt'],
    ['PreToolUse', 'tool'],
    ['PostToolUse', 'tool-done'],
    ['PostToolUseFailure', 'tool-done'],
    ['Stop', 'turn'],
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
  // `tool_use_id` is made for the hook; the transcript knows the call by this one.
  callIdField: 'tool_call_id',
  lastMessageField: 'last_assistant_message',
  transcriptSuffix: '.jsonl',
  canChangeFiles,
  // It comes before every request to the model; the user has typed something only before the first.
  isNotice: (prompt) => prompt === '',
};

export const qwenHook: HookReader = {
  read: (input) => readPayload(input, dialect),
  sideFiles: sideFilesOf,
  replies: { context: { at: 'start', event: 'SessionStart' }, slashPrefix: '/gsess:' },
};
