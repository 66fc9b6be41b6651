// Runs a command of gsess in this process, on the directories and the clock of a driven session: what it prints is kept, and nothing
// of whoever runs the tests is looked at. For whole runs of the built program see run-gsess.ts.

import { join } from 'node:path';
import { COMMANDS } from '../../src/cli/commands.ts';
import type { Context } from '../../src/cli/context.ts';
import { readEnvironment } from '../../src/cli/environment.ts';
import { reportError } from '../../src/cli/error-report.ts';
import { confirmationNeeded } from '../../src/cli/next-step.ts';
import { Output } from '../../src/cli/output.ts';
import { parseCommandLine } from '../../src/cli/parser.ts';
import { expandStartingFlags } from '../../src/cli/starting-flags.ts';
import { createProcessTable } from '../../src/machine/process-table.ts';
import type { Surroundings } from '../../src/session/surroundings.ts';
import { FakeStream } from './fake-stream.ts';
import { assertInert } from './output-scan.ts';

export interface CommandOutcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The bytes of stdout; `stdout` has them as text. */
  readonly bytes: Buffer;
}

export interface CommandPlace {
  readonly project: string;
  readonly surroundings: Surroundings;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** As on a terminal of this many columns. */
  readonly terminal?: number;
  /** A person sits there and gives these answers, one to each question; each question is printed to stderr. */
  readonly answers?: readonly boolean[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The output is somebody else's bytes, as asked for. */
  readonly raw?: boolean;
}

export interface CommandRunner {
  (words: readonly string[], options?: CommandOptions): Promise<CommandOutcome>;
  /** Runs it with `--json`, wants exit 0, and reads the value it printed. */
  json(words: readonly string[], options?: CommandOptions): Promise<unknown>;
}

/** A stream that keeps the very bytes. */
class ByteStream extends FakeStream {
  readonly #chunks: Buffer[] = [];

  override write(chunk: string | Uint8Array, done?: (error?: Error | null) => void): boolean {
    this.#chunks.push(Buffer.from(chunk));
    return super.write(chunk, done);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

export function commandRunner(place: CommandPlace): CommandRunner {
  const run = (words: readonly string[], options: CommandOptions = {}) =>
    runCommand(place, words, options);
  return Object.assign(run, {
    json: async (words: readonly string[], options?: CommandOptions): Promise<unknown> => {
      const { status, stdout, stderr } = await run([...words, '--json'], options);
      if (status !== 0)
        throw new Error(`gsess ${words.join(' ')} exited ${status}: ${stdout}${stderr}`);
      return JSON.parse(stdout);
    },
  });
}

async function runCommand(
  place: CommandPlace,
  words: readonly string[],
  options: CommandOptions,
): Promise<CommandOutcome> {
  const { terminal } = options;
  const shape =
    terminal === undefined ? {} : { isTTY: true, columns: terminal, rows: Number.MAX_SAFE_INTEGER };
  const stdout = new ByteStream(shape);
  const stderr = new ByteStream();
  const json = words.includes('--json');
  const output = new Output({ stdout, stderr, json, colour: terminal !== undefined });
  const status = await statusOf(words, output, (session) =>
    contextOf(place, output, { ...options, session }),
  );
  const shown = options.raw === true ? {} : { stdout: stdout.bytes };
  const inert = { ...shown, stderr: Buffer.from(stderr.written) };
  assertInert(`gsess ${words.join(' ')}`, inert, { terminal: terminal !== undefined });
  return { status, stdout: stdout.written, stderr: stderr.written, bytes: stdout.bytes };
}

async function statusOf(
  words: readonly string[],
  output: Output,
  contextFor: (session: string | undefined) => Context,
): Promise<number> {
  try {
    const { command, args, session } = parseCommandLine(expandStartingFlags(words), COMMANDS);
    const context = contextFor(session);
    await command.run(context, args as never);
    return context.exitStatus;
  } catch (error) {
    return reportError(error, output, false);
  }
}

/** What a command is given there; for what runs longer than a command. */
export function contextOf(
  { project, surroundings }: CommandPlace,
  output: Output,
  options: CommandOptions & { readonly session: string | undefined },
): Context {
  const { dataDirectory: data, home } = surroundings;
  const config = join(home, '.config', 'gsess');
  const answers = [...(options.answers ?? [])];
  return {
    surroundings,
    processes: createProcessTable(),
    directories: {
      data,
      platformData: join(home, '.local', 'share', 'gsess'),
      config,
      settingsFile: join(config, 'config.json'),
    },
    failureDirectory: data,
    cwd: options.cwd ?? project,
    environment: readEnvironment({ HOME: home, ...options.environment }),
    inherited: { PATH: process.env['PATH'], HOME: home, ...options.environment },
    output,
    sessionReference: options.session,
    isInteractive: options.answers !== undefined,
    exitStatus: 0,
    next: undefined,
    confirm: (question, yes = '--yes') => {
      const answer = answers.shift();
      if (answer === undefined) return Promise.reject(confirmationNeeded(question, yes));
      output.note(`${question} [y/N]`);
      return Promise.resolve(answer);
    },
    aside: (other, session) => {
      const { answers: _, ...unattended } = options;
      const named = session ?? options.session;
      return contextOf({ project, surroundings }, other, { ...unattended, session: named });
    },
    readInput: () => Promise.resolve(Buffer.alloc(0)),
  };
}
