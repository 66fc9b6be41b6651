// Makes a chosen call on files go wrong in a child process, by the preloaded library of `fault-shim.c`, which is built when a test first
// asks for it. Orders go through a mapped file, so they may be changed while the child runs.
//
//     const control = FaultControl.create(directory, { roots: [data, project] });   // undefined: no compiler here, or not Linux
//     const child = spawn(process.execPath, [program], { env: { ...environment, ...control.environment } });
//
//     control.order({ action: 'kill', at: 7 });                                   dies just before its 7th changing call
//     control.order({ action: 'fail', at: 7, errno: 'ENOSPC', persistent: true }); no space from the 7th call on
//     control.order({ action: 'stop', at: 1, calls: ['rename'], path: 'refs/heads/' });
//     await control.untilStopped();  …  control.go();                             stands before its first rename of a branch

import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isSystemError } from '../../src/errors.ts';
import {
  CALLS,
  type CallName,
  CHANGING_CALLS,
  type LoggedCall,
  parseLoggedCall,
} from './fault-calls.ts';

export type ErrnoName = keyof typeof constants.errno;

export interface Fault {
  /** `torn`: half of a write, then dead; of any other call nothing. `count` lets all calls pass. */
  readonly action: 'kill' | 'torn' | 'fail' | 'stop' | 'count';
  /** Which of the matching calls from now on, 1 being the next. */
  readonly at: number;
  readonly errno?: ErrnoName;
  /** Fail, or stop at, all matching calls from then on. */
  readonly persistent?: boolean;
  /** Kill or stop when the call has been made; before it unless told. */
  readonly after?: boolean;
  /** Stop before a call, and again when half of it has been made if it writes. */
  readonly halfway?: boolean;
  /** Which calls count; all that change something unless told. */
  readonly calls?: readonly CallName[];
  /** Only calls with this in their path, in either of two. */
  readonly path?: string;
}

const NUMBERS = {
  seen: 0,
  target: 1,
  action: 2,
  errno: 3,
  persistent: 4,
  when: 5,
  calls: 6,
  fired: 7,
  stopped: 8,
  logsData: 9,
} as const;
const ACTIONS = { count: 0, kill: 1, torn: 2, fail: 3, stop: 4 } as const;
const PART = { at: 128, bytes: 896 } as const;
const LOG = { at: 1024, bytes: 1024 } as const;
const ROOTS = { at: 2048, bytes: 2048 } as const;
const CONTROL_BYTES = 4096;

const POLL_MS = 2;
const STOP_MS_MAX = 20_000;
const SLEEP_MS = 0.2;
/** Whether a child still runs is asked less often, as that takes longer than whether it has stopped. */
const LOOKS_PER_STATE = 10;
const SLEEP = new Int32Array(new SharedArrayBuffer(4));

const SOURCE = fileURLToPath(new URL('../../../test/support/fault-shim.c', import.meta.url));
const LIBRARY = fileURLToPath(new URL('./fault-shim.so', import.meta.url));

/** Why faults cannot be made here; undefined where they can. */
export const NO_FAULTS_BECAUSE: string | undefined = build();

function build(): string | undefined {
  if (process.platform !== 'linux') return `no preloading on ${process.platform}`;
  if (existsSync(LIBRARY) && statSync(LIBRARY).mtimeMs > statSync(SOURCE).mtimeMs) return undefined;
  // Several test processes may get here at once; each builds its own, and the last name stays.
  const temporary = `${LIBRARY}.${process.pid}`;
  const args = ['-shared', '-fPIC', '-O1', '-o', temporary, SOURCE, '-ldl', '-pthread'];
  const { error, status, stderr } = spawnSync('cc', args);
  if (error !== undefined) return 'no C compiler';
  if (status !== 0) throw new Error(`cc failed: ${stderr}`);
  renameSync(temporary, LIBRARY);
  return undefined;
}

export interface FaultOptions {
  /** Real paths of the directories below which calls count. */
  readonly roots: readonly string[];
  readonly log?: 'calls' | 'calls and data';
}

/** The orders to a child and its children, if their environment has them too. */
export class FaultControl {
  readonly #directory: string;
  readonly #descriptor: number;
  readonly #logPath: string;
  /** To be added to the environment of the child. */
  readonly environment: Readonly<Record<string, string>>;

  private constructor(directory: string) {
    this.#directory = directory;
    const controlPath = join(directory, 'control');
    this.#logPath = join(directory, 'log');
    this.#descriptor = openSync(controlPath, 'r+');
    this.environment = {
      LD_PRELOAD: LIBRARY,
      GSESS_FAULT_CONTROL: controlPath,
      UV_USE_IO_URING: '0',
    };
  }

  /** Keeps its files in a new directory in this one, which is outside the roots; undefined where faults cannot be made. */
  static create(directory: string, { roots, log }: FaultOptions): FaultControl | undefined {
    if (NO_FAULTS_BECAUSE !== undefined) return undefined;
    const own = mkdtempSync(join(directory, 'faults-'));
    const bytes = Buffer.alloc(CONTROL_BYTES);
    if (log !== undefined) putText(bytes, LOG, join(own, 'log'));
    putText(bytes, ROOTS, roots.join('\0'));
    bytes.writeBigInt64LE(log === 'calls and data' ? 1n : 0n, NUMBERS.logsData * 8);
    writeFileSync(join(own, 'control'), bytes);
    const control = new FaultControl(own);
    control.count();
    return control;
  }

  /** The orders to this very process, which was started with them in its environment. */
  static own(): FaultControl {
    const path = process.env['GSESS_FAULT_CONTROL'];
    if (path === undefined) throw new Error('not started under fault control');
    return new FaultControl(dirname(path));
  }

  /** Lets all calls pass; `seen` counts those of these kinds, all that change something unless told. */
  count(calls: readonly CallName[] = CHANGING_CALLS): void {
    this.order({ action: 'count', at: 0, calls });
  }

  /** Gives a new order; counting begins anew. */
  order(fault: Fault): void {
    const calls = fault.calls ?? CHANGING_CALLS;
    const set = calls.reduce((bits, call) => bits | (1n << BigInt(CALLS.indexOf(call))), 0n);
    this.#put('target', 0);
    const part = Buffer.alloc(PART.bytes);
    part.write(fault.path ?? '');
    writeSync(this.#descriptor, part, 0, part.length, PART.at);
    this.#put('action', ACTIONS[fault.action]);
    this.#put('errno', fault.errno === undefined ? 0 : constants.errno[fault.errno]);
    this.#put('persistent', fault.persistent === true ? 1 : 0);
    this.#put('when', fault.halfway === true ? 2 : fault.after === true ? 1 : 0);
    this.#put('calls', set);
    this.#put('seen', 0);
    this.#put('fired', 0);
    this.#put('target', fault.at);
  }

  /** Matching calls since the last order. */
  get seen(): number {
    return this.#get('seen');
  }

  /** How many of them went wrong. */
  get fired(): number {
    return this.#get('fired');
  }

  /** Resolves with the process that stands at the call it was to stop at. */
  async untilStopped(): Promise<number> {
    const startedAt = performance.now();
    for (;;) {
      const pid = this.#get('stopped');
      if (pid !== 0 && stateOf(pid) === 'T') return pid;
      if (performance.now() - startedAt > STOP_MS_MAX) {
        throw new Error(`no process stopped; ${this.seen} matching calls were made`);
      }
      await pause(POLL_MS);
    }
  }

  /** Waits, nothing else running meanwhile, until this child stands at such a call, or has ended: then false. */
  stopsSync(child: number): boolean {
    for (let looks = 1; ; looks += 1) {
      const hasStopped = this.#get('stopped') === child;
      if (hasStopped || looks % LOOKS_PER_STATE === 0) {
        const state = stateOf(child);
        if (state === 'T' && hasStopped) return true;
        if (state === 'Z' || state === undefined) return false;
      }
      Atomics.wait(SLEEP, 0, 0, SLEEP_MS);
    }
  }

  /** Lets the process that stands still go on. */
  go(): void {
    const pid = this.#get('stopped');
    if (pid === 0) throw new Error('no process stands still');
    process.kill(pid, 'SIGCONT');
  }

  /** The calls below the roots that change something, in order, whichever calls count. */
  log(): LoggedCall[] {
    if (!existsSync(this.#logPath)) return [];
    const lines = readFileSync(this.#logPath, 'latin1').split('\n').filter(Boolean);
    return lines.map(parseLoggedCall);
  }

  /** Removes its files; children that still run keep their last order. */
  close(): void {
    closeSync(this.#descriptor);
    rmSync(this.#directory, { recursive: true });
  }

  #put(name: keyof typeof NUMBERS, value: number | bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    writeSync(this.#descriptor, bytes, 0, 8, NUMBERS[name] * 8);
  }

  #get(name: keyof typeof NUMBERS): number {
    const bytes = Buffer.alloc(8);
    readSync(this.#descriptor, bytes, 0, 8, NUMBERS[name] * 8);
    return Number(bytes.readBigInt64LE());
  }
}

function putText(bytes: Buffer, field: { at: number; bytes: number }, text: string): void {
  if (Buffer.byteLength(text) > field.bytes - 2) throw new Error(`too long: ${text}`);
  bytes.write(text, field.at);
}

/** As /proc shows it: T for stopped, Z for ended; undefined for no such process. */
function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}
