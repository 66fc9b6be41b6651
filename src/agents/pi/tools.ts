// Which of pi's tools are worth a checkpoint: all but those known to leave the project's files alone.

export const READ_ONLY_TOOLS: readonly string[] = ['find', 'grep', 'ls', 'read'];

const readOnly = new Set(READ_ONLY_TOOLS);

export function canChangeFiles(tool: string): boolean {
  return !readOnly.has(tool);
}
