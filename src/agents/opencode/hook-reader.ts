// What our plugin in opencode tells of opencode's events, by opencode's own names. Loaded at every event.

import type { HookReader } from '../agent.ts';
import { type PayloadDialect, readPayload } from '../hook-payload.ts';
import { sideFilesOf } from './locate.ts';
import { canChangeFiles } from './tools.ts';

const dialect: PayloadDialect = {
  agent: 'opencode',
  kinds: new Map([
    ['chat.message', 'prompt'],
    ['tool.execute.before', 'tool'],
    ['tool.execute.after', 'tool-done'],
    ['session.idle', 'turn'],
    ['subagent.idle', 'subagent'],
    ['experimental.session.compacting', 'compact'],
  ]),
  reasonFields: new Map(),
  promptIdField: 'prompt_id',
  callIdField: 'tool_call_id',
  lastMessageField: 'last_assistant_message',
  transcriptSuffix: '.json',
  canChangeFiles,
  isNotice: () => false,
};

export const opencodeHook: HookReader = {
  read: (input) => readPayload(input, dialect),
  sideFiles: sideFilesOf,
  replies: { context: null, slashPrefix: '/gsess/' },
};
