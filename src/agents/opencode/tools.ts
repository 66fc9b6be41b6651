// Which of opencode's tools are worth a checkpoint: all but those known to leave the project's files alone.

export const READ_ONLY_TOOLS: readonly string[] = [
  'codesearch',
  'glob',
  'grep',
  'invalid',
  'list',
  'lsp',
  'plan_enter',
  'plan_exit',
  'question',
  'read',
  'skill',
  'todoread',
  'todowrite',
  'webfetch',
  'websearch',
];

const readOnly = new Set(READ_ONLY_TOOLS);

export function canChangeFiles(tool: string): boolean {
  return !readOnly.has(tool);
}
