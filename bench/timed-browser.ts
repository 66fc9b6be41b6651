// Times the browser as a person meets it: on a terminal of its own, from the start of the process to the first screen, to the first key
// that is answered, and then from each key to the paint that follows it. Python makes the terminal and looks at the clock.

import { spawnSync } from 'node:child_process';
import { GSESS_PROGRAM } from './bench-user.ts';

export interface BrowserTimes {
  /** Milliseconds to the first screen. */
  readonly first: number;
  /** Milliseconds to the paint that answers a key pressed as soon as there was a screen. */
  readonly ready: number;
  /** Milliseconds from each key to its paint. */
  readonly keys: readonly number[];
}

const PYTHON = `
import fcntl, json, os, pty, select, struct, sys, termios, time
argv, keys, sign = json.loads(sys.argv[1])
started = time.perf_counter()
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
    os.execv(argv[0], argv)
def read(seconds):
    ready, _, _ = select.select([master], [], [], seconds)
    return os.read(master, 65536) if ready else b''
def drain(seconds):
    while read(seconds): pass
seen = b''
while sign.encode() not in seen:
    part = read(20)
    if not part: sys.exit('no screen: ' + repr(seen))
    seen += part
first = time.perf_counter() - started
os.write(master, b'\\x1b[B')
seen = b''
while b'\\x1b[7m' not in seen and b'>' not in seen:
    part = read(20)
    if not part: sys.exit('no answer')
    seen += part
ready = time.perf_counter() - started
drain(1)
times = []
for key in keys:
    before = time.perf_counter()
    os.write(master, key.encode())
    if not read(20): sys.exit('no answer to ' + repr(key))
    times.append((time.perf_counter() - before) * 1000)
    drain(0.05)
os.write(master, b'\\x03')
try:
    while read(5): pass
except OSError: pass
os.waitpid(pid, 0)
print(json.dumps({'first': first * 1000, 'ready': ready * 1000, 'keys': times}))
`;

/** Opens the browser there; `sign` is on its first screen. */
export function timeBrowser({
  cwd,
  env,
  keys,
  sign,
}: {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly keys: readonly string[];
  readonly sign: string;
}): BrowserTimes {
  const words = JSON.stringify([[process.execPath, GSESS_PROGRAM], keys, sign]);
  const { status, stdout, stderr } = spawnSync('python3', ['-c', PYTHON, words], {
    cwd,
    env: { ...env, TERM: 'xterm-256color' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The browser could not be timed: ${stderr}`);
  return JSON.parse(stdout) as BrowserTimes;
}
