// The scene in which the examples of other session managers' documents are typed: two sessions of one project, the newer one with two turns
// that each wrote a file, both with their agent gone.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { git } from './git-oracle.ts';
import { type CommandOptions, type CommandRunner, commandRunner } from './run-command.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from './session-driver.ts';
import { withTemporaryDirectory } from './temporary-directory.ts';

export type Json = Record<string, unknown>;

export const NEWER = '11111111-1111-4111-8111-111111111111';
export const OLDER = '22222222-2222-4222-8222-222222222222';

export interface SeedScene {
  readonly directory: string;
  readonly driver: SessionDriver;
  readonly older: SessionDriver;
  readonly run: CommandRunner;
  /** A command line as it stands in a document, without the program; blanks end a word. */
  line(line: string, options?: CommandOptions): Promise<Line>;
  /** What a slash command that succeeds comes to, as data. */
  slash(line: string, options?: CommandOptions): Promise<Json>;
  /** The session that a command line or slash command goes on with. */
  goesOnWith(line: string, options?: CommandOptions): Promise<unknown>;
  content(path: string): string;
}

export interface Line {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function withSeedScene(use: (scene: SeedScene) => Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory, { nativeId: NEWER });
    const older = await startSession(directory, {
      nativeId: OLDER,
      surroundings: driver.surroundings,
    });
    git(driver.project, ['init', '-q', '--initial-branch=main']);
    await older.prompt('plan the release');
    await older.turn('planned');
    await driver.prompt('write the flag');
    await writes(driver, 'one\n');
    await driver.turn('written');
    await driver.prompt('rename the flag');
    await writes(driver, 'two\n');
    await driver.turn('renamed');
    for (const one of [older, driver]) await one.event({ subject: 'end', final: true });
    await use(sceneOf(directory, driver, older));
    assertStoreIsSound(driver.store);
  });
}

/** The agent is about to write the file, and does. */
function writes(driver: SessionDriver, content: string) {
  const file_path = join(driver.project, 'a.txt');
  return driver.tool('Write', { file_path, content }, () => driver.write('a.txt', content));
}

function sceneOf(directory: string, driver: SessionDriver, older: SessionDriver): SeedScene {
  const run = commandRunner(driver);
  const slash: SeedScene['slash'] = async (line, options) =>
    (await run.json(['slash', line], options)) as Json;
  return {
    ...{ directory, driver, older, run, slash },
    line: (line, options) => run(line.split(' '), options),
    goesOnWith: async (line, options) => {
      if (line.startsWith('/')) return (await slash(line, options))['session'];
      const { session } = (await run.json(line.split(' '), options)) as Json;
      return session;
    },
    content: (path) => readFileSync(join(driver.project, path), 'utf8'),
  };
}

/** Each line goes on with this session. */
export async function assertGoOnWith(
  scene: SeedScene,
  session: string,
  lines: readonly string[],
): Promise<void> {
  for (const line of lines) assert.is(await scene.goesOnWith(line), session, line);
}
