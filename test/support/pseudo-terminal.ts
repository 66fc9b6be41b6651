// Runs gsess on a terminal of its own, as a person would see it, and keeps every byte that came over it. Python's `pty` makes the
// terminal; where there is no Python, the program `script` of util-linux does.

import { spawnSync } from 'node:child_process';
import { GSESS_PROGRAM, type GsessOptions, type SealedUser } from './run-gsess.ts';

export interface TerminalOptions extends Pick<GsessOptions, 'cwd' | 'environment'> {
  readonly rows?: number;
  readonly columns?: number;
  /** What the person types whenever nothing more comes; a pager is left with 'q'. */
  readonly typed?: string;
}

export interface TerminalOutcome {
  readonly status: number | null;
  readonly output: Buffer;
}

const PYTHON = `
import fcntl, json, os, pty, select, struct, sys, termios, time
rows, columns, typed, argv = json.loads(sys.argv[1])
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.execv(argv[0], argv)
typed = typed.encode()
deadline = time.time() + 30
seen = False
while time.time() < deadline:
    ready, _, _ = select.select([master], [], [], 0.2)
    if not ready:
        if seen:
            os.write(master, typed)
        continue
    try:
        data = os.read(master, 65536)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
    seen = True
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128)
`;

let tool: 'python3' | 'script' | undefined | null = null;

/** What can make a terminal here; undefined if nothing can. */
export function terminalTool(): 'python3' | 'script' | undefined {
  if (tool === null) {
    const works = (program: string, args: readonly string[]) =>
      spawnSync(program, args, { stdio: 'ignore' }).status === 0;
    if (works('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode(0)'])) tool = 'python3';
    else tool = works('script', ['--version']) ? 'script' : undefined;
  }
  return tool;
}

/** Runs it to its end. */
export function runOnTerminal(
  user: SealedUser,
  args: readonly string[],
  {
    rows = 24,
    columns = 80,
    typed = '',
    cwd = user.project,
    environment = {},
  }: TerminalOptions = {},
): TerminalOutcome {
  const argv = [process.execPath, GSESS_PROGRAM, ...args];
  const options = { cwd, env: { ...user.environment, ...environment }, timeout: 60_000 };
  const result =
    terminalTool() === 'python3'
      ? spawnSync('python3', ['-c', PYTHON, JSON.stringify([rows, columns, typed, argv])], options)
      : spawnSync('script', ['-qec', argv.map(quoted).join(' '), '/dev/null'], {
          ...options,
          input: typed,
        });
  if (result.error !== undefined) throw result.error;
  return { status: result.status, output: result.stdout };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
