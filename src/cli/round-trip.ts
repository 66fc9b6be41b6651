// A small life of gsess from end to end, in a folder of its own: an agent's events go to the very program that the hooks start, a file
// is changed, taken back, and compared; the store is verified. Each step is a process as it would be in earnest. Nothing of the user
// is read or written, and the folder is gone afterwards.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Context } from './context.ts';
import { failure, type Health, ok } from './health.ts';
import { MAIN_FILE } from './main-file.ts';

const STEP_MS_MAX = 30_000;
const NATIVE_ID = '00000000-0000-4000-8000-000000000001';
const BEFORE = 'as it was\n';
const ADVICE =
  "Run it again with GSESS_DEBUG=1; if it stays so, the installation or the machine's temporary directory is broken.";

/** Thrown by the first step that does not do what it should. */
class StepFailed extends Error {}

interface Scratch {
  readonly directory: string;
  readonly project: string;
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
}

export function checkRoundTrip({ surroundings }: Context): Health {
  const startedAt = performance.now();
  const directory = mkdtempSync(join(surroundings.temporaryDirectory, 'gsess-doctor-'));
  try {
    goRound(makeScratch(directory));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    return ok('round-trip', `captured, restored and verified in a scratch folder in ${seconds} s`);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    return failure('round-trip', error.message, { advice: ADVICE });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function makeScratch(directory: string): Scratch {
  const at = (name: string) => {
    const path = join(directory, name);
    mkdirSync(path, { mode: 0o700 });
    return path;
  };
  const project = at('project');
  const environment = {
    HOME: at('home'),
    TMPDIR: at('tmp'),
    GSESS_DATA_DIR: at('data'),
    PATH: process.env['PATH'] ?? '',
    LC_ALL: 'C',
  };
  return { directory, project, file: join(project, 'file.txt'), environment };
}

function goRound(scratch: Scratch): void {
  const { file } = scratch;
  writeFileSync(file, BEFORE);
  sendEvent(scratch, { hook_event_name: 'UserPromptSubmit', prompt: 'a round trip' });
  writeFileSync(file, 'as it became\n');
  sendEvent(scratch, { hook_event_name: 'Stop', last_assistant_message: 'done' });
  const checkpoints = runJson(scratch, ['log']) as { id: string }[];
  const first = checkpoints.at(-1)?.id;
  if (checkpoints.length !== 2 || first === undefined) {
    throw new StepFailed(
      `two events left ${checkpoints.length} checkpoints: ${failureIn(scratch)}`,
    );
  }
  runJson(scratch, ['restore', first, '--files', '--yes']);
  if (readFileSync(file, 'utf8') !== BEFORE) {
    throw new StepFailed('a restored file is not what was captured');
  }
  runJson(scratch, ['verify']);
}

/** As the agent does it: the event on the standard input, and nothing may come back. */
function sendEvent(scratch: Scratch, fields: object): void {
  const { directory, project } = scratch;
  const transcript = join(directory, 'home', `${NATIVE_ID}.jsonl`);
  const event = { session_id: NATIVE_ID, transcript_path: transcript, cwd: project, ...fields };
  const { status, output } = runStep(scratch, ['hook', 'claude'], JSON.stringify(event));
  if (status !== 0 || output !== '') throw new StepFailed(`the hook exits ${status}: ${output}`);
}

function runJson(scratch: Scratch, words: readonly string[]): unknown {
  const { status, output } = runStep(scratch, [...words, '--json'], '');
  if (status !== 0) throw new StepFailed(`'gsess ${words[0]}' exits ${status}: ${output}`);
  return JSON.parse(output);
}

function runStep(
  { project: cwd, environment: env }: Scratch,
  words: readonly string[],
  input: string,
) {
  const options = { cwd, env, input, timeout: STEP_MS_MAX, encoding: 'utf8' } as const;
  const { error, status, stdout, stderr } = spawnSync(
    process.execPath,
    [MAIN_FILE, ...words],
    options,
  );
  if (error !== undefined)
    throw new StepFailed(`'gsess ${words[0]}' does not run: ${error.message}`);
  return { status, output: status === 0 && words[0] !== 'hook' ? stdout : `${stdout}${stderr}` };
}

/** What the hooks of the scratch folder kept as their failure. */
function failureIn({ directory }: Scratch): string {
  try {
    return readFileSync(join(directory, 'data', 'failures.jsonl'), 'utf8').trim();
  } catch {
    return 'and no failure was kept';
  }
}
