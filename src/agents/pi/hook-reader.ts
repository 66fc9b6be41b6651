// What our extension in pi tells of pi's events, by pi's own names. Loaded at every event.

import type { HookReader } from '../agent.ts';
import { type PayloadDialect, readPayload } from '../hook-payload.ts';
import { NO_REPLIES } from '../hook-replies.ts';
import { canChangeFiles } from './tools.ts';

const dialect: PayloadDialect = {
  agent: 'pi',
  kinds: new Map([
    ['session_start', 'start'],
    ['message_end', 'prompt'],
    ['tool_call', 'tool'],
    ['tool_result', 'tool-done'],
    ['agent_end', 'turn'],
    ['session_before_compact', 'compact'],
    ['session_shutdown', 'end'],
  ]),
  reasonFields: new Map([
    ['start', 'reason'],
    ['end', 'reason'],
  ]),
  promptIdField: 'prompt_id',
  callIdField: 'tool_call_id',
  lastMessageField: 'last_assistant_message',
  transcriptSuffix: '.jsonl',
  canChangeFiles,
  isNotice: () => false,
};

export const piHook: HookReader = {
  read: (input) => readPayload(input, dialect),
  // A subagent of pi is a session of its own, or keeps none.
  sideFiles: () => [],
  replies: NO_REPLIES,
};
