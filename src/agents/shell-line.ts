// A command as one line for people to paste. Quoted so that sh, bash, zsh and fish read it alike, whatever the directory is called.

import type { ResumeCommand } from './agent.ts';

/** Gives `cd DIR && COMMAND`. */
export function shellLine(command: ResumeCommand): string {
  const cwd = command.cwd.startsWith('-') ? `./${command.cwd}` : command.cwd;
  const lines = [['cd', cwd], ...command.before, command.argv];
  return lines.map((words) => words.map(shellQuote).join(' ')).join(' && ');
}

/** Quotes one word. Quotes and backslashes stand outside single quotes, where all four shells agree on them. */
export function shellQuote(word: string): string {
  if (/^[A-Za-z0-9_./:@%+,-]+$/.test(word)) return word;
  if (word === '') return "''";
  return word.replace(/[^'\\]+|['\\]/g, (piece) =>
    piece === "'" || piece === '\\' ? `\\${piece}` : `'${piece}'`,
  );
}
