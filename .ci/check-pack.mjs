// Shows that what would be published works for somebody who installs it: packs it, installs the archive in an empty project, and there
// imports it, compiles against its types, runs its command and looks for its man pages. Needs a registry for the dependencies and for
// the versions of TypeScript, so it is no part of `npm test`.
//
//     npm run test:pack

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
/** The oldest TypeScript whose users may embed gsess, and one that is new. */
const COMPILERS = ['5.0.4', '5.9.3'];

const place = mkdtempSync(join(tmpdir(), 'gsess-pack-'));
const project = join(place, 'project');
const environment = {
  ...process.env,
  HOME: place,
  GSESS_DATA_DIR: join(place, 'data'),
  npm_config_cache: process.env.npm_config_cache ?? join(process.env.HOME ?? place, '.npm'),
};
const run = (program, args, cwd = project) =>
  execFileSync(program, args, {
    cwd,
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
const say = (text) => process.stdout.write(`${text}\n`);

function expect(what, is) {
  if (!is) throw new Error(`not so: ${what}`);
  say(`ok  ${what}`);
}

const RECORD = `
import { openStore } from 'gsess';
const store = await openStore({ directory: '.', agent: 'packed' });
store.create({ name: 'from the archive' }).append({ role: 'user', content: 'hello' });
await store.close();
const taken = await store.resume('latest');
await store.close();
process.stdout.write(JSON.stringify(taken.messages));
`;

try {
  mkdirSync(project);
  const [{ filename, files }] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', place], top),
  );
  writeFileSync(
    join(project, 'package.json'),
    '{ "name": "empty", "type": "module", "private": true }\n',
  );
  run('npm', ['install', '--no-audit', '--no-fund', join(place, filename)]);
  const installed = join(project, 'node_modules', 'gsess');
  expect(`packed ${files.length} files and installed them`, existsSync(installed));

  expect(
    'it is imported and records',
    run(process.execPath, ['--input-type=module', '-e', RECORD]).includes('hello'),
  );
  const listed = JSON.parse(run('npx', ['--no-install', 'gsess', 'list', '--json']));
  expect(
    'its command lists what was recorded',
    JSON.stringify(listed).includes('from the archive'),
  );
  const { version, man } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect(
    'its command tells its version',
    run('npx', ['--no-install', 'gsess', '--version']).includes(version),
  );
  expect(
    `its ${man.length} man pages are there`,
    man.every((page) => existsSync(join(installed, page))),
  );
  const example = join(installed, 'docs', 'examples', 'agent.mjs');
  expect('the example is in it', existsSync(example));

  const types = join(top, 'fixtures', 'types');
  for (const name of readdirSync(types)) copyFileSync(join(types, name), join(project, name));
  for (const compiler of COMPILERS) {
    run('npx', ['--yes', '--package', `typescript@${compiler}`, 'tsc', '-p', '.']);
    expect(`its types are taken by TypeScript ${compiler}`, true);
  }
  say(run('npx', ['--yes', 'publint@0.3.25', installed]));
} finally {
  rmSync(place, { recursive: true, force: true });
}
