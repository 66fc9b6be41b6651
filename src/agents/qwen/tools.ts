// Which of Qwen Code's tools are worth a checkpoint. The list names those known to leave the project's files alone; any other counts as
// one that can change files.

import { FAMILY_READ_ONLY_TOOLS } from '../gemini-family.ts';

export const READ_ONLY_TOOLS: readonly string[] = [
  ...FAMILY_READ_ONLY_TOOLS,
  'ask_user_question',
  'cron_list',
  'get_goal',
  'list_agents',
  'lsp',
  'report_findings',
  'task_create',
  'task_list',
  'task_update',
  'todo_write',
  'tool_search',
  'update_goal',
  'web_search',
  'zoom_image',
];

const readOnly = new Set(READ_ONLY_TOOLS);

export function canChangeFiles(tool: string): boolean {
  return !readOnly.has(tool);
}
