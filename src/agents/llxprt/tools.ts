// Which of LLxprt Code's tools are worth a checkpoint. The list names those known to leave the project's files alone; any other counts
// as one that can change files.

import { FAMILY_READ_ONLY_TOOLS } from '../gemini-family.ts';

export const READ_ONLY_TOOLS: readonly string[] = [
  ...FAMILY_READ_ONLY_TOOLS,
  'ast_grep',
  'check_async_tasks',
  'codesearch',
  'direct_web_fetch',
  'exa_web_search',
  'google_web_fetch',
  'google_web_search',
  'list_subagents',
  'read_line_range',
  'search_file_content',
  'structural_analysis',
  'todo_pause',
  'todo_read',
  'todo_write',
];

const readOnly = new Set(READ_ONLY_TOOLS);

export function canChangeFiles(tool: string): boolean {
  return !readOnly.has(tool);
}
