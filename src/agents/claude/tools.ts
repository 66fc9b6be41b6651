// Which of Claude Code's tools are worth a checkpoint. The list names those known to leave the project's files alone; a name that
// is not in it (a new tool, any MCP tool, a skill, a subagent) counts as one that can change files.

/** Tools that only read, ask, plan or wait. */
export const READ_ONLY_TOOLS: readonly string[] = [
  'AskUserQuestion',
  'BashOutput',
  'CronList',
  'EnterPlanMode',
  'ExitPlanMode',
  'Glob',
  'Grep',
  'LS',
  'ListAgents',
  'ListMcpResourcesTool',
  'NotebookRead',
  'Read',
  'ReadMcpResourceTool',
  'ReportFindings',
  'TaskCreate',
  'TaskGet',
  'TaskList',
  'TaskOutput',
  'TaskUpdate',
  'TodoRead',
  'TodoWrite',
  'ToolSearch',
  'WebFetch',
  'WebSearch',
];

const readOnly = new Set(READ_ONLY_TOOLS);

export function canChangeFiles(tool: string): boolean {
  return !readOnly.has(tool);
}
