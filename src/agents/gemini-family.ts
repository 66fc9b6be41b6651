// What Gemini CLI and the agents that were forked from it have in common, as data: the events they tell of, the tools that only read,
// how their settings hold hooks. Where a fork went its own way, its adapter says so. Loaded at every hook.

import type { AgentEventKind } from './agent.ts';
import type { PayloadDialect } from './hook-payload.ts';

/** Tools that only read, in all of them. */
export const FAMILY_READ_ONLY_TOOLS: readonly string[] = [
  'enter_plan_mode',
  'exit_plan_mode',
  'glob',
  'grep_search',
  'list_directory',
  'read_file',
  'read_many_files',
  'read_mcp_resource',
  'web_fetch',
];

/** The events of Gemini and LLxprt; what they tell before and after each request to the model is of no use here. */
const KINDS: ReadonlyMap<string, AgentEventKind> = new Map([
  ['SessionStart', 'start'],
  ['BeforeAgent', 'prompt'],
  ['BeforeTool', 'tool'],
  ['AfterTool', 'tool-done'],
  ['AfterAgent', 'turn'],
  ['SessionEnd', 'end'],
]);

export const FAMILY_EVENTS: readonly string[] = [...KINDS.keys()];

/** How the payloads of Gemini and LLxprt differ from Claude Code's. */
export function familyDialect(
  own: Pick<PayloadDialect, 'agent' | 'canChangeFiles'>,
): PayloadDialect {
  return {
    kinds: KINDS,
    reasonFields: new Map([
      ['start', 'source'],
      ['end', 'reason'],
    ]),
    promptIdField: 'prompt_id',
    // Neither tells the id of a call.
    callIdField: undefined,
    lastMessageField: 'prompt_response',
    transcriptSuffix: '.jsonl',
    isNotice: () => false,
    ...own,
  };
}
