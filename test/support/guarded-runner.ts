// Runs uvu suites from a list of files and believes only what it counted. A file that queues no test, a suite that ends before
// its last test, a hook or a test that throws anything at all, an import that fails, a list that is empty, a run that stops in
// the middle: each is a failure here, though uvu exits 0 for most of them.

import { takeSkips } from './skip-here.ts';

export interface TestFile {
  readonly name: string;
  readonly url: string;
}

export interface RunOutcome {
  readonly ok: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What uvu's queued runner gives back: failure text or true, tests that passed, tests skipped, tests in the suite. */
type SuiteResult = readonly [string | true, number, number, number];
type QueuedSuite = () => Promise<SuiteResult>;
interface UvuGlobals {
  UVU_DEFER?: number;
  UVU_INDEX?: number;
  UVU_QUEUE?: (QueuedSuite | string | null)[][];
}

const globals = globalThis as UvuGlobals;

async function queueOf(file: TestFile): Promise<QueuedSuite[]> {
  globals.UVU_DEFER = 1;
  globals.UVU_QUEUE ??= [];
  const group: QueuedSuite[] = [];
  globals.UVU_INDEX = globals.UVU_QUEUE.length;
  globals.UVU_QUEUE.push(group);
  await import(file.url);
  return group;
}

/** The line that closes a run: `N passed, N failed`, and how many were skipped where any were. */
export function closingLine({ passed, failed, skipped }: RunOutcome): string {
  return `\n\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`;
}

/** Runs the files one after another and prints the closing line. */
export async function runFiles(files: readonly TestFile[]): Promise<RunOutcome> {
  const write = (text: string) => process.stdout.write(text);
  const outcome = await runEach(files, write);
  write(closingLine(outcome));
  return outcome;
}

/** Runs the files one after another in this process. */
export async function runEach(
  files: readonly TestFile[],
  write: (text: string) => void,
): Promise<RunOutcome> {
  const problems: string[] = [];
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  let current = 'the first file';
  const stoppedEarly = () => {
    process.exitCode = 1;
    write(`\nstopped in ${current}: the event loop ran empty before the tests were done\n`);
  };
  process.once('exit', stoppedEarly);
  if (files.length === 0) problems.push('no test file matches');
  for (const file of files) {
    current = file.name;
    const startedAt = performance.now();
    write(`${file.name}\n`);
    try {
      const queue = await queueOf(file);
      if (queue.length === 0) problems.push(`${file.name}: queued no suite; is .run() missing?`);
      for (const suite of queue) {
        const [errors, ran, skips, total] = await suite();
        const skippedHere = takeSkips();
        passed += ran - skippedHere;
        failed += total - ran;
        skipped += skips + skippedHere;
        if (typeof errors === 'string') write(`\n${errors}\n`);
        if (total === 0) problems.push(`${file.name}: a suite without tests`);
        if (ran < total) problems.push(`${file.name}: ${total - ran} of ${total} did not pass`);
      }
    } catch (error) {
      failed += 1;
      problems.push(
        `${file.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
    write(`  ${Math.round(performance.now() - startedAt)} ms\n`);
  }
  process.removeListener('exit', stoppedEarly);
  for (const problem of problems) write(`\nFAILED ${problem}`);
  const ok = problems.length === 0 && failed === 0 && passed > 0;
  if (!ok && failed === 0) failed = 1;
  return { ok, passed, failed, skipped };
}
