// Which of Gemini CLI's tools are worth a checkpoint. The list names those known to leave the project's files alone; any other counts as
// one that can change files.

import { FAMILY_READ_ONLY_TOOLS } from '../gemini-family.ts';

export const READ_ONLY_TOOLS: readonly string[] = [
  ...FAMILY_READ_ONLY_TOOLS,
  'ask_user',
  'cli_help',
  'codebase_investigator',
  'complete_task',
  'get_internal_docs',
  'google_web_search',
  'list_mcp_resources',
  'search_file_content',
  'tracker_add_dependency',
  'tracker_create_task',
  'tracker_get_task',
  'tracker_list_tasks',
  'tracker_update_task',
  'tracker_visualize',
  'update_topic',
  'write_todos',
];

const readOnly = new Set(READ_ONLY_TOOLS);

export function canChangeFiles(tool: string): boolean {
  return !readOnly.has(tool);
}
