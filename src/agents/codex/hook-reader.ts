// What Codex tells at its events. Loaded at every hook.

import type { AgentEvent, HookReader, HookReading } from '../agent.ts';
import { type PayloadDialect, readPayload } from '../hook-payload.ts';
import { idOfFile, sideFilesOf } from './locate.ts';
import { canChangeFiles } from './tools.ts';

const dialect: PayloadDialect = {
  agent: 'codex',
  kinds: new Map([
    ['SessionStart', 'start'],
    ['UserPromptSubmit', 'prompt'],
    ['PreToolUse', 'tool'],
    ['PostToolUse', 'tool-done'],
    ['Stop', 'turn'],
    ['SubagentStop', 'subagent'],
    ['PreCompact', 'compact'],
  ]),
  reasonFields: new Map([
    ['start', 'source'],
    ['compact', 'trigger'],
  ]),
  promptIdField: 'turn_id',
  callIdField: 'tool_use_id',
  lastMessageField: 'last_assistant_message',
  transcriptSuffix: '.jsonl',
  canChangeFiles,
  isNotice: () => false,
};

export const codexHook: HookReader = {
  read: (input) => {
    const reading = readPayload(input, dialect);
    return reading.kind === 'event' ? { ...reading, event: ofSession(reading.event) } : reading;
  },
  sideFiles: sideFilesOf,
  replies: { context: { at: 'start', event: 'SessionStart' }, slashPrefix: '$gsess /' },
};

/** The rollout of another thread, such as a subagent's, is not that of the session the event is of. */
function ofSession(event: AgentEvent): Extract<HookReading, { kind: 'event' }>['event'] {
  const { transcriptPath, ...rest } = event;
  if (transcriptPath === undefined || idOfFile(transcriptPath) === event.nativeId.toLowerCase()) {
    return event;
  }
  return { ...rest, subagent: { ...event.subagent, transcriptPath } };
}
