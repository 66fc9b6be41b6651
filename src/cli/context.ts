// What every command is given, made once per run: the directories, the settings, the output, the terminal. It is the one place that
// takes things from the process; what a command does not ask for is not read, so `gsess help` works with broken settings.

import { randomUUID } from 'node:crypto';
import { readSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import process from 'node:process';
import { findAgent } from '../agents/registry.ts';
import { GsessError, isSystemError } from '../errors.ts';
import { pause } from '../git/pause.ts';
import { createProcessTable, type MachineProcesses } from '../machine/process-table.ts';
import { realPathOf } from '../machine/real-path.ts';
import type { Surroundings } from '../session/surroundings.ts';
import { safeText } from '../ui/safe-text.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { confirmationNeeded, type NextStep } from './next-step.ts';
import type { Output } from './output.ts';
import { ownDirectories } from './own-directories.ts';
import { withEnvironment } from './settings-environment.ts';
import { directoryIn, readSettingsFile, type SettingValues, settingsOf } from './settings-file.ts';

export interface Directories {
  /** Holds the stores of all projects; its real path where it exists. */
  readonly data: string;
  /** Where they are unless somebody chose. */
  readonly platformData: string;
  readonly config: string;
  readonly settingsFile: string;
}

export interface Context {
  readonly surroundings: Surroundings;
  readonly processes: MachineProcesses;
  readonly directories: Directories;
  /** The data directory as far as it can be told: what is wrong with the settings must be kept somewhere too. */
  readonly failureDirectory: string;
  readonly cwd: string;
  readonly environment: Environment;
  /** Everything that is set, for the programs that are started in the user's name. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
  /** What `--session` or `GSESS_SESSION` says. */
  readonly sessionReference: string | undefined;
  /** A person sits there: keyboard and screen are both a terminal, and no JSON is wanted. */
  readonly isInteractive: boolean;
  /** Whoever runs the command has the current session open itself, and knows what is done to it. */
  readonly isOwnSession?: boolean;
  /** Set by a command whose outcome is neither success nor an error. */
  exitStatus: number;
  /** Set by a command after which something is left to do, for a caller that does it itself. */
  next: NextStep | undefined;
  /**
   * Asks on the terminal; true for yes. Throws `confirmation-needed` where nobody can answer; `yes` is the flag that answers
   * beforehand, `--yes` unless told.
   */
  confirm(question: string, yes?: string): Promise<boolean>;
  /** The same for another output, with nobody to ask; `session` as `--session`, this one's unless told. */
  aside(output: Output, session?: string): Context;
  /**
   * Opens the browser, and resolves to false where there is nothing to browse; undefined where nobody sits there, or the terminal
   * cannot be painted on.
   */
  readonly browse?: (() => Promise<boolean>) | undefined;
  /** All of the standard input; throws `guard` if it is longer. */
  readInput(bytesMax: number): Promise<Buffer>;
}

export interface ContextOptions {
  readonly output: Output;
  /** The value of `--session`. */
  readonly session?: string | undefined;
  /** Where it is run; the working directory unless told. */
  readonly cwd?: string;
  /** Nobody is asked, whoever sits there. */
  readonly isUnattended?: boolean;
  readonly openBrowser?: (context: Context) => Promise<boolean>;
}

const LOCK_WAIT_MS = 10_000;
const STANDARD_INPUT = 0;
const INPUT_CHUNK_BYTES = 64 * 1024;
const INPUT_PAUSE_MS = 1;

export function createContext({
  output,
  session,
  cwd,
  isUnattended,
  openBrowser,
}: ContextOptions): Context {
  const environment = readEnvironment(process.env);
  const processes = once(createProcessTable);
  const settings = once(() => readSettings(output, environment));
  const directories = once(() => locateDirectories(settings()));
  const isInteractive = once(() => isUnattended !== true && isSomebodyThere(output));
  const surroundings = once(
    (): Surroundings => ({
      now: Date.now,
      processes: processes(),
      ancestors: () => processes().ancestors(),
      userId: process.getuid?.(),
      newNativeId: (agent) => (findAgent(agent)?.newNativeId ?? String)(randomUUID()),
      home: environment.HOME ?? homedir(),
      ...(environment.XDG_CONFIG_HOME === undefined
        ? {}
        : { xdgConfigHome: environment.XDG_CONFIG_HOME }),
      temporaryDirectory: realPathOf(tmpdir()),
      dataDirectory: directories().data,
      settings: settingsOf(settings()),
      lockWaitMs: LOCK_WAIT_MS,
      onWarning: (text) => output.warn(text),
      onProgress: ({ files, bytes }) =>
        output.progress(`reading files: ${files}, ${Math.round(bytes / 1_000_000)} MB`),
    }),
  );
  const context: Context = {
    get surroundings() {
      return surroundings();
    },
    get processes() {
      return processes();
    },
    get directories() {
      return directories();
    },
    get failureDirectory() {
      return failureDirectoryOf(environment, directories);
    },
    get cwd() {
      return cwd ?? workingDirectory();
    },
    environment,
    inherited: process.env,
    output,
    sessionReference: session ?? environment.GSESS_SESSION,
    get isInteractive() {
      return isInteractive();
    },
    exitStatus: 0,
    next: undefined,
    confirm: (question, yes = '--yes') => {
      output.endProgress();
      return ask(safeText(question), { yes, isInteractive: isInteractive() });
    },
    aside: (other, otherSession) =>
      createContext({
        output: other,
        session: otherSession ?? session,
        isUnattended: true,
        ...(cwd === undefined ? {} : { cwd }),
      }),
    get browse() {
      const isPaintable = output.columns !== undefined && environment.TERM !== 'dumb';
      if (openBrowser === undefined || !isPaintable || !isInteractive()) return undefined;
      return () => openBrowser(context);
    },
    readInput,
  };
  return context;
}

/** Asked only where it matters: Node makes a stream of the standard input for it. */
function isSomebodyThere({ json }: Output): boolean {
  return !json && process.stdin.isTTY === true && process.stderr.isTTY === true;
}

function readSettings(output: Output, environment: Environment): SettingValues {
  const { values, warnings } = readSettingsFile(settingsPath());
  for (const warning of warnings) output.warn(warning);
  return withEnvironment(values, environment);
}

function settingsPath(): string {
  return join(ownDirectories().config, 'config.json');
}

function locateDirectories(settings: SettingValues): Directories {
  const chosen = settings.get('directory') as string | undefined;
  // That of the file was looked at when it was read.
  if (chosen !== undefined && !isAbsolute(chosen)) {
    throw new GsessError('settings-invalid', `GSESS_DATA_DIR is not an absolute path: '${chosen}'`);
  }
  const platformData = ownDirectories().data;
  const settingsFile = settingsPath();
  return {
    data: realPathOf(chosen ?? platformData),
    platformData,
    config: dirname(settingsFile),
    settingsFile,
  };
}

function failureDirectoryOf(environment: Environment, directories: () => Directories): string {
  try {
    return directories().data;
  } catch (error) {
    if (!(error instanceof GsessError)) throw error;
    const chosen = [environment.GSESS_DATA_DIR, directoryIn(settingsPath())];
    const directory = chosen.find((path) => path !== undefined && isAbsolute(path));
    return realPathOf(directory ?? ownDirectories().data);
  }
}

function workingDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new GsessError('not-found', 'The working directory is gone', {
      hint: 'Change to a directory that exists.',
      cause,
    });
  }
}

async function ask(
  question: string,
  { yes, isInteractive }: { readonly yes: string; readonly isInteractive: boolean },
): Promise<boolean> {
  if (!isInteractive) throw confirmationNeeded(question, yes);
  // Seldom needed, and not quick to load.
  const { createInterface } = await import('node:readline/promises');
  // Not an editor: the terminal itself lets people mend a word, and no sequence is sent to it.
  const terminal = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: false,
  });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

/** Read as it comes and not as a stream, which takes longer to set up than a hook has to spare. */
async function readInput(bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = readChunk();
    if (chunk === 'later') await pause(INPUT_PAUSE_MS);
    else if (chunk.length === 0) return Buffer.concat(chunks, length);
    else {
      chunks.push(chunk);
      length += chunk.length;
    }
    if (length > bytesMax) {
      throw new GsessError('guard', `The standard input is longer than ${bytesMax} bytes`);
    }
  }
}

/** Empty at the end; `later` where whoever gave us the input made it one that does not wait. */
function readChunk(): Buffer | 'later' {
  const chunk = Buffer.allocUnsafe(INPUT_CHUNK_BYTES);
  try {
    return chunk.subarray(0, readSync(STANDARD_INPUT, chunk));
  } catch (error) {
    if (isSystemError(error, 'EAGAIN')) return 'later';
    // On Windows the end of a pipe is told as an error.
    if (isSystemError(error, 'EOF')) return chunk.subarray(0, 0);
    throw error;
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
