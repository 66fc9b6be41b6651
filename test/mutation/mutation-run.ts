// Takes each safety check out of a copy of the project and runs the tests that should miss it. A check that no test misses has
// survived, which is a failure: then a test is to be written. The checkout itself is only read.
//
//     node build/test/mutation/mutation-run.js [words]      only the checks whose description has these words

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { argv, env, execPath, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { SAFETY_CHECKS, type SafetyCheck } from './safety-checks.ts';

const TOP = fileURLToPath(new URL('../../../', import.meta.url));
const NOT_COPIED = new Set(['node_modules', 'build', '.git', 'coverage']);
const MEMORY = '/dev/shm';
const TESTS_MS_MAX = 300_000;

interface TestOutcome {
  readonly passed: number;
  readonly failed: number;
}

class ProjectCopy {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    cpSync(TOP, directory, { recursive: true, filter: (path) => !NOT_COPIED.has(basename(path)) });
    symlinkSync(join(TOP, 'node_modules'), join(directory, 'node_modules'));
    mkdirSync(join(directory, 'tmp'));
  }

  /** The text of a source file in the copy. */
  read(file: string): string {
    return readFileSync(join(this.#directory, 'src', file), 'utf8');
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.#directory, 'src', file), text);
  }

  /** Types are not looked at: a check that is gone may leave a name unused. */
  compile(): void {
    const tsc = join(TOP, 'node_modules', '.bin', 'tsc');
    const { status, stdout: said } = spawnSync(tsc, ['--noCheck'], { cwd: this.#directory });
    if (status !== 0) throw new Error(`the copy does not compile: ${said}`);
  }

  test(pattern: string): TestOutcome {
    const { stdout: said } = spawnSync(execPath, ['build/test/run.js', pattern], {
      cwd: this.#directory,
      env: { ...env, TMPDIR: join(this.#directory, 'tmp') },
      timeout: TESTS_MS_MAX,
      maxBuffer: 256 * 1024 * 1024,
    });
    const counts = /(\d+) passed, (\d+) failed(?:, \d+ skipped)?\s*$/.exec(said.toString());
    // Tests that do not come to their end have noticed something too.
    if (counts === null) return { passed: 0, failed: 1 };
    return { passed: Number(counts[1]), failed: Number(counts[2]) };
  }
}

function without(copy: ProjectCopy, { file, text, instead, tests }: SafetyCheck): TestOutcome {
  const whole = copy.read(file);
  if (whole.split(text).length !== 2) throw new Error(`'${text}' is not in ${file} exactly once`);
  copy.write(
    file,
    whole.replace(text, () => instead),
  );
  try {
    copy.compile();
    return copy.test(tests);
  } finally {
    copy.write(file, whole);
  }
}

/** Only tests that pass with the check can tell that it is gone. */
function refuseFailing(copy: ProjectCopy, checks: readonly SafetyCheck[]): void {
  copy.compile();
  const patterns = [...new Set(checks.map(({ tests }) => tests))];
  const { passed, failed } = copy.test(`(${patterns.join('|')})`);
  stdout.write(`with all checks: ${passed} tests pass, ${failed} fail\n`);
  if (failed > 0 || passed === 0) throw new Error('the tests do not pass as they are');
}

function run(directory: string, checks: readonly SafetyCheck[]): number {
  const copy = new ProjectCopy(join(directory, 'copy'));
  refuseFailing(copy, checks);
  let survived = 0;
  for (const check of checks) {
    const startedAt = performance.now();
    let verdict: string;
    try {
      const { failed } = without(copy, check);
      verdict = failed > 0 ? `killed by ${failed}` : 'SURVIVED';
    } catch (error) {
      verdict = `NOT TRIED: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (!verdict.startsWith('killed')) survived += 1;
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    stdout.write(`${verdict} (${seconds} s): promise ${check.promise}, ${check.check}\n`);
  }
  return survived;
}

const words = argv[2] ?? '';
const chosen = SAFETY_CHECKS.filter(({ check }) => check.includes(words));
const within = existsSync(MEMORY) ? MEMORY : tmpdir();
const failed = await withTemporaryDirectory((directory) => run(directory, chosen), { within });
stdout.write(`${chosen.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || chosen.length === 0 ? 1 : 0;
