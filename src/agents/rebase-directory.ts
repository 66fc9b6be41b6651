// Moves the directories that a transcript tells of to where its session goes on.

export interface DirectoryMove {
  readonly from: string;
  readonly to: string;
}

/** Moves a directory that is, or is below, `from`; another one stays where it was. */
export function rebaseDirectory(directory: string, move: DirectoryMove): string {
  if (directory === move.from) return move.to;
  const below = directory.startsWith(move.from) && /[/\\]/.test(directory.charAt(move.from.length));
  return below ? move.to + directory.slice(move.from.length) : directory;
}
