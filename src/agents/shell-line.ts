// A command as one line for people to paste, quoted for the shell they sit at, whatever the directory is called. Pure. What a shell
// cannot be made to take as it is meant gives no line: one that leads elsewhere is worse than none.
//
//   posix        cd DIR && COMMAND, read alike by sh, bash, zsh and fish
//   cmd          cd /d "DIR" && COMMAND; a network directory is entered by pushd, which gives it a drive, and left by popd
//   powershell   Set-Location -LiteralPath 'DIR' -ErrorAction Stop; COMMAND, since older ones have no &&

import type { ResumeCommand } from './agent.ts';

export type Shell = 'posix' | 'cmd' | 'powershell';

/** Undefined where the shell has no way to say it. */
export function lineFor(command: ResumeCommand, shell: Shell): string | undefined {
  if (shell === 'posix') return shellLine(command);
  return shell === 'cmd' ? cmdLine(command) : powershellLine(command);
}

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

function cmdLine({ cwd, before, argv }: ResumeCommand): string | undefined {
  const commands = [...before, argv].map((words) => words.map(cmdQuote));
  // No name of a directory has one, and it would end the quotes.
  if (!isSayableInCmd(cwd) || cwd.includes('"')) return undefined;
  if (commands.flat().includes(undefined)) return undefined;
  const then = commands.map((words) => words.join(' ')).join(' && ');
  return cwd.startsWith('\\\\') ? `pushd "${cwd}" && ${then} & popd` : `cd /d "${cwd}" && ${then}`;
}

/** Percent signs are replaced inside quotes too, and a line break ends the line. */
function isSayableInCmd(word: string): boolean {
  return !/[%!\r\n]/.test(word);
}

/** As programs take their words apart: a quote is escaped by a backslash, and so are the backslashes in front of one. */
function cmdQuote(word: string): string | undefined {
  if (!isSayableInCmd(word)) return undefined;
  if (/^[A-Za-z0-9_./:@+\\-]+$/.test(word)) return word;
  // To cmd itself a quote ends the quotes, so that what follows could act.
  if (word.includes('"')) return undefined;
  return `"${word.replace(/\\+$/, '$&$&')}"`;
}

function powershellLine({ cwd, before, argv }: ResumeCommand): string | undefined {
  const commands = [...before, argv].map((words) => words.map(powershellQuote));
  const place = powershellQuote(cwd);
  if (place === undefined || commands.flat().includes(undefined)) return undefined;
  const literal = place.startsWith("'") ? place : `'${place}'`;
  const then = commands.map((words) => words.join(' '));
  return [`Set-Location -LiteralPath ${literal} -ErrorAction Stop`, ...then.map(called)].join('; ');
}

/** A program whose name is quoted is called, not printed. */
function called(line: string): string {
  return line.startsWith("'") ? `& ${line}` : line;
}

/** Older ones hand a double quote on without its backslash; any of the quotes that they take for a single one is doubled. */
function powershellQuote(word: string): string | undefined {
  if (/["\r\n]/.test(word)) return undefined;
  if (/^[A-Za-z0-9_./:\\-]+$/.test(word) && !word.startsWith('-')) return word;
  if (/^--?[A-Za-z][A-Za-z-]*$/.test(word)) return word;
  return `'${word.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}
