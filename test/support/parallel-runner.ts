// Runs each test file in a process of its own, one more at once than there are processors (each waits for the disk or for others
// now and then), and adds up what they counted. What a file prints is shown in one piece when it has ended. A process that ends
// without having reported its counts, however it ends, is a failure, and so is a list without files.

import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { closingLine, type RunOutcome } from './guarded-runner.ts';

export interface ParallelRun {
  /** The program that runs one file and reports a `RunOutcome`. */
  readonly program: string;
  /** Absolute, the longest running first where that is known. */
  readonly files: readonly string[];
  readonly write: (text: string) => void;
  /** On top of the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

interface FileRun {
  readonly file: string;
  readonly text: string;
  readonly outcome: RunOutcome;
}

const DIED: RunOutcome = { ok: false, passed: 0, failed: 1, skipped: 0 };

/** Runs the files and prints the closing line `N passed, N failed`. */
export async function runInParallel(request: ParallelRun): Promise<RunOutcome> {
  const { files, write } = request;
  const waiting = [...files];
  const runs: FileRun[] = [];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const run = await runFile(request, file);
      runs.push(run);
      write(run.text);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, worker));
  const sum = (count: (outcome: RunOutcome) => number) =>
    runs.reduce((total, { outcome }) => total + count(outcome), 0);
  const failures = runs.filter(({ outcome }) => !outcome.ok);
  // Once more at the end: of a long output often only the tail is kept.
  for (const { file, text } of failures) write(`\nFAILED ${file}\n${failuresIn(text)}\n`);
  if (files.length === 0) write('\nFAILED no test file matches');
  const passed = sum((outcome) => outcome.passed);
  const failed = sum((outcome) => outcome.failed);
  const ok = failures.length === 0 && failed === 0 && passed > 0;
  const total = {
    ok,
    passed,
    failed: ok ? 0 : Math.max(failed, 1),
    skipped: sum((outcome) => outcome.skipped),
  };
  write(closingLine(total));
  return total;
}

const LINES_TOLD_MAX = 60;

/** From the first failure on; the end of the text where none is named. */
export function failuresIn(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const first = lines.findIndex((line) => /^\s*FAIL(ED)?\s/.test(line));
  return (
    first < 0 ? lines.slice(-LINES_TOLD_MAX) : lines.slice(first, first + LINES_TOLD_MAX)
  ).join('\n');
}

function runFile({ program, environment }: ParallelRun, file: string): Promise<FileRun> {
  return new Promise((resolve) => {
    const child = fork(program, [file], {
      execArgv: [],
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const pieces: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece));
    }
    let reported: RunOutcome | undefined;
    child.once('message', (message) => {
      reported = message as RunOutcome;
    });
    child.once('error', (error) => pieces.push(`${error.stack}\n`));
    child.once('close', (status, signal) => {
      const agrees = reported !== undefined && status === (reported.ok ? 0 : 1);
      if (!agrees) pieces.push(`\nFAILED ${file}: its process ended with ${signal ?? status}\n`);
      const outcome = agrees ? (reported ?? DIED) : { ...(reported ?? DIED), ok: false, failed: 1 };
      resolve({ file, text: pieces.join(''), outcome });
    });
  });
}
