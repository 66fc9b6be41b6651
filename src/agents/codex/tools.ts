// Which of Codex's tools are worth a checkpoint: all but those known to leave the project's files alone. In its hooks it calls every
// shell command `Bash`.

export const READ_ONLY_TOOLS: readonly string[] = [
  'create_goal',
  'get_goal',
  'list_mcp_resource_templates',
  'list_mcp_resources',
  'read_mcp_resource',
  'request_user_input',
  'tool_search',
  'update_goal',
  'update_plan',
  'view_image',
  'web_search',
];

const readOnly = new Set(READ_ONLY_TOOLS);

export function canChangeFiles(tool: string): boolean {
  return !readOnly.has(tool);
}
