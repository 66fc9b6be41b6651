// What is done with mounts, each by its name, in a process that may mount: `mounts.test.ts` starts it. Throws at the first thing amiss.
//
//     node mounts-child.js SCENARIO DIRECTORY

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { capture } from '../../src/session/capture.ts';
import { locateProject } from '../../src/session/project.ts';
import { sessionIdOf } from '../../src/session/session-id.ts';
import { skippedOf } from '../../src/session/skipped-files.ts';
import { openStoreOf, type Store } from '../../src/session/store.ts';
import { differences, type Manifest } from '../support/disk-manifest.ts';
import { git } from '../support/git-oracle.ts';
import { shell } from '../support/mount-namespace.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { checkpointAt, filesOf, restoreTo, takeBack } from '../support/session-verbs.ts';

const OTHER = '22222222-2222-4222-8222-222222222222';

/** One state of the files a turn, made by lines of shell; what each state was. */
async function statesOf(driver: SessionDriver, lines: readonly string[]): Promise<Manifest[]> {
  const states: Manifest[] = [];
  for (const line of lines) {
    await driver.prompt('work');
    shell(`cd '${driver.project}'; ${line}`);
    await driver.turn('done');
    states.push(filesOf(driver));
  }
  return states;
}

async function assertAllComeBack(driver: SessionDriver, states: readonly Manifest[]) {
  for (const [index, state] of states.entries()) {
    await restoreTo(driver, `@${index + 1}`, { conversation: false });
    assert.equal(differences(state, filesOf(driver)), [], `state ${index + 1}`);
  }
  assertStoreIsSound(driver.store);
}

function storeAt(driver: SessionDriver, directory: string): Store | undefined {
  return openStoreOf(locateProject(directory, driver.surroundings), driver.surroundings);
}

async function prompt(driver: SessionDriver, cwd: string): Promise<void> {
  const event = { agent: 'claude', nativeId: OTHER, kind: 'prompt', subject: 'hi' } as const;
  await capture({ ...event, cwd, prompt: 'hi' }, driver.surroundings);
}

/** Where the sessions of the only store there is say that their root is. */
function rootsIn(driver: SessionDriver): string[] {
  const { dataDirectory } = driver.surroundings;
  const stores = readdirSync(join(dataDirectory, 'projects'));
  assert.is(stores.length, 1, stores.join(' '));
  return driver.store.sessions().map(({ root }) => root);
}

async function boundAfter(driver: SessionDriver, bound: string, isGit: boolean): Promise<void> {
  const { project } = driver;
  mkdirSync(bound);
  mkdirSync(join(project, 'src'));
  if (isGit) git(project, ['init', '-q']);
  shell(`mount --bind '${project}' '${bound}'`);
  const states = await statesOf(driver, ['echo one > a', 'echo two > a']);
  const known = storeAt(driver, bound);
  assert.equal([known?.project.root, known?.sessions().length], [project, 1]);
  await restoreTo(driver, '@1', {
    conversation: false,
    root: storeAt(driver, bound)?.project.root ?? '',
  });
  assert.equal(differences(states[0] ?? {}, filesOf(driver)), []);
  await takeBack(driver, 'undo');
  assert.equal(differences(states[1] ?? {}, filesOf(driver)), []);
  await prompt(driver, join(bound, isGit ? '' : 'src'));
  assert.equal(rootsIn(driver), [project, project]);
  shell(`umount '${bound}'`);
  // There is just an empty directory by now, which is nobody's project.
  assert.is(storeAt(driver, bound), undefined);
  assertStoreIsSound(driver.store);
}

/** Resolves to 'not possible' where the machine does not allow it, else to nothing. */
type Scenario = (driver: SessionDriver, directory: string) => Promise<unknown>;

function isDone(line: string): boolean {
  return spawnSync('sh', ['-ec', line]).status === 0;
}

const SCENARIOS: Record<string, Scenario> = {
  'bound, with git': (driver, directory) => boundAfter(driver, join(directory, 'bound'), true),
  'bound, without git': (driver, directory) => boundAfter(driver, join(directory, 'bound'), false),
  'bound first': async (driver, directory) => {
    const bound = join(directory, 'bound');
    mkdirSync(bound);
    shell(`mount --bind '${driver.project}' '${bound}'`);
    driver.write('a', 'one\n');
    await prompt(driver, bound);
    await statesOf(driver, ['echo two > a']);
    assert.equal(rootsIn(driver), [bound, bound]);
    // The mount and its place gone, as after the end of a container, the project goes on under the name it has.
    shell(`umount '${bound}'; rmdir '${bound}'`);
    assert.is(storeAt(driver, driver.project)?.project.root, driver.project);
    const checkpoint = driver.store.tipOf(sessionIdOf('claude', OTHER));
    assert.is(driver.store.presentRoot(driver.store.record(checkpoint).root), driver.project);
    driver.write('a', 'three\n');
    await restoreTo(driver, '@1', { conversation: false });
    assert.is(filesOf(driver)['a'], 'file 644 "two\\n"');
    assertStoreIsSound(driver.store);
  },
  'another file system in the root': async (driver) => {
    const { project } = driver;
    mkdirSync(join(project, 'mnt'));
    shell(`mount -t tmpfs tmpfs '${project}/mnt'; echo inside > '${project}/mnt/x'`);
    const states = await statesOf(driver, [
      'echo one > a; mkdir d; echo deep > d/e',
      'echo two > a; rm -r d; echo more > f',
    ]);
    const { listed } = skippedOf(driver.store, checkpointAt(driver, '@2'));
    assert.equal(listed, [{ path: 'mnt', reason: 'other-filesystem' }]);
    shell(`echo changed > '${project}/mnt/x'`);
    const changed = { 'mnt/x': 'file 644 "changed\\n"' };
    await assertAllComeBack(
      driver,
      states.map((state) => ({ ...state, ...changed })),
    );
  },
  tmpfs: async (driver) => {
    const { project } = driver;
    const dated = 'touch -d 2020-01-02T03:04:05 a b';
    shell(`mount -t tmpfs tmpfs '${project}'`);
    const states = await statesOf(driver, [
      `echo one > a; echo 111 > b; ${dated}`,
      `echo two > a; ${dated}`,
      `cd /; umount '${project}'; mount -t tmpfs tmpfs '${project}'; cd '${project}'
       echo six > a; echo 222 > b; ${dated}`,
    ]);
    assert.is(states[2]?.['b'], 'file 644 "222\\n"');
    await assertAllComeBack(driver, states);
  },
  overlay: async (driver, directory) => {
    const layers = join(directory, 'layers');
    mkdirSync(layers);
    shell(`mount -t tmpfs tmpfs '${layers}'; cd '${layers}'; mkdir lower upper work lower/d
      echo one > lower/a; echo run > lower/run; echo deep > lower/d/e
      touch -d 2020-01-02T03:04:05 lower/a`);
    // Mounting is allowed, but not everywhere this.
    const layered = 'lowerdir=lower,upperdir=upper,workdir=work';
    if (!isDone(`cd '${layers}'; mount -t overlay overlay -o ${layered} '${driver.project}'`)) {
      return 'not possible';
    }
    const states = await statesOf(driver, [
      'true',
      'echo two > a; touch -d 2020-01-02T03:04:05 a',
      'chmod +x run; echo deeper > d/e; mkdir f; echo new > f/file',
    ]);
    assert.equal(
      [states[0]?.['a'], states[1]?.['a'], states[2]?.['run']],
      ['file 644 "one\\n"', 'file 644 "two\\n"', 'file 755 "run\\n"'],
    );
    await assertAllComeBack(driver, states);
  },
};

const [, , name = '', directory = ''] = process.argv;
const scenario = SCENARIOS[name];
if (scenario === undefined) throw new Error(`no scenario '${name}'`);
const said = await scenario(await startSession(directory), directory);
process.stdout.write(said === undefined ? 'done' : String(said));
