// What a command is given by someone who sits at a terminal in the project of a driven session.

import { join } from 'node:path';
import type { Context } from '../../src/cli/context.ts';
import { readEnvironment } from '../../src/cli/environment.ts';
import { Output } from '../../src/cli/output.ts';
import { FakeStream } from './fake-stream.ts';
import type { SessionDriver } from './session-driver.ts';

export interface Terminal {
  readonly context: Context;
  readonly stdout: FakeStream;
  readonly stderr: FakeStream;
}

/** A person at a terminal in the project; programs are found in `bin` alone. */
export function terminalOf(
  driver: SessionDriver,
  directory: string,
  { json = false }: { readonly json?: boolean } = {},
): Terminal {
  const [stdout, stderr] = [new FakeStream({ isTTY: true }), new FakeStream({ isTTY: true })];
  const { surroundings, project: cwd } = driver;
  const unused = () => Promise.reject(new Error('nothing is asked or read'));
  const context: Context = {
    surroundings,
    processes: {
      ...surroundings.processes,
      ancestors: () => [],
      agentAncestor: () => undefined,
      find: () => undefined,
    } as Context['processes'],
    directories: {
      platformData: '',
      data: surroundings.dataDirectory,
      config: directory,
      settingsFile: directory,
    },
    failureDirectory: surroundings.dataDirectory,
    cwd,
    environment: readEnvironment({}),
    inherited: { PATH: join(directory, 'bin'), DIRECTORY: directory },
    output: new Output({ stdout, stderr, json, colour: false }),
    sessionReference: undefined,
    isInteractive: true,
    exitStatus: 0,
    next: undefined,
    confirm: unused,
    aside: () => context,
    readInput: unused,
  };
  return { context, stdout, stderr };
}
