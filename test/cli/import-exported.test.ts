// opencode has its sessions in a database. `gsess import` asks it for them; here something that answers as it does is installed.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { opencode } from '../../src/agents/opencode/opencode.ts';
import { copyExported } from '../../src/cli/copy-exported.ts';
import { Output } from '../../src/cli/output.ts';
import { locateProject } from '../../src/session/project.ts';
import { openStoreOf } from '../../src/session/store.ts';
import { FakeStream } from '../support/fake-stream.ts';
import { type CommandOutcome, commandRunner, contextOf } from '../support/run-command.ts';
import { assertStoreIsSound, sealedSurroundings } from '../support/session-driver.ts';
import { IN_MEMORY, withTemporaryDirectory } from '../support/temporary-directory.ts';

const PROGRAM = `#!/bin/sh
echo "$PWD: $*" >> "$HOME/asked"
case "$1" in
  debug) cat "$HOME/answers/projects" ;;
  session) cat "$HOME/answers/sessions" ;;
  export) echo "Exporting session" >&2; cat "$HOME/answers/$2" ;;
esac
`;

interface Place {
  readonly project: string;
  readonly home: string;
  readonly copies: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly place: Parameters<typeof contextOf>[0];
  gsess(...words: string[]): Promise<CommandOutcome>;
  /** Sets what is answered to a question. */
  answer(name: string, value: unknown): void;
  /** What was asked since the last look. */
  asked(): string[];
}

function withOpencode(use: (place: Place) => Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const surroundings = sealedSurroundings(directory);
    const { home, dataDirectory } = surroundings;
    const project = join(directory, 'project');
    const programs = join(directory, 'programs');
    for (const path of [project, programs, join(home, 'answers')]) {
      mkdirSync(path, { recursive: true });
    }
    writeFileSync(join(programs, 'opencode'), PROGRAM);
    chmodSync(join(programs, 'opencode'), 0o755);
    const environment = { PATH: `${programs}:/usr/bin:/bin`, HOME: home };
    const run = commandRunner({ project, surroundings });
    let read = 0;
    await use({
      project,
      home,
      environment,
      place: { project, surroundings },
      copies: join(dataDirectory, 'copies', 'opencode'),
      gsess: (...words) => run(words, { environment }),
      answer: (name, value) => {
        const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
        writeFileSync(join(home, 'answers', name), text);
      },
      asked: () => {
        const path = join(home, 'asked');
        const all = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
        const news = all.slice(read);
        read = all.length;
        return news.map((line) => line.replace(/.*: /, ''));
      },
    });
    const store = openStoreOf(locateProject(project, surroundings), surroundings);
    if (store !== undefined) assertStoreIsSound(store);
  }, IN_MEMORY);
}

const ONE = 'ses_20c6850000ffAAAAbbbb';
const TWO = 'ses_20c6850000ffAAAAcccc';
const HELP = 'ses_20c6850000ffAAAAdddd';
const LIST = 'session list --format json --max-count 1000000 --pure';

function session(id: string, directory: string, said: readonly string[], rest: object[] = []) {
  const message = (text: string, index: number) => ({
    info: { id: `msg_${index}`, sessionID: id, role: 'user', time: { created: 1_000 + index } },
    parts: [{ id: `prt_${index}`, type: 'text', text }],
  });
  const info = {
    id,
    directory,
    title: 'T',
    cost: said.length,
    time: { created: 1_000, updated: 2 },
  };
  return { info, messages: [...said.map(message), ...rest] };
}

const listed = (id: string, directory: string, updated: number) => ({ id, directory, updated });

const asking = suite('importing what an agent has in a database');

asking('brings in each session of the project once, and again only what changed', () =>
  withOpencode(async ({ project, gsess, answer, asked, copies }) => {
    answer('sessions', [
      listed(ONE, project, 5_000),
      listed(TWO, join(project, '..', 'elsewhere'), 5_000),
    ]);
    answer(ONE, session(ONE, project, ['Hello there', 'And more']));
    const [first] = JSON.parse((await gsess('import', 'opencode', '--json')).stdout);
    assert.equal(
      [first.status, first.nativeId, first.records, first.warnings],
      ['added', ONE, 3, []],
    );
    assert.equal(asked(), [LIST, `export ${ONE} --pure`]);
    const { turns } = JSON.parse((await gsess('show', first.id, '--json')).stdout);
    assert.is(turns, 2);
    assert.equal(readdirSync(copies), [`${ONE}.json`]);

    const again = await gsess('import', '--json');
    assert.equal(asked(), [LIST]);
    assert.is(JSON.parse(again.stdout)[0].status, 'unchanged');

    answer('sessions', [listed(ONE, project, 6_000)]);
    answer(ONE, session(ONE, project, ['Hello there', 'And more', 'And on']));
    const [grown] = JSON.parse((await gsess('import', 'opencode', '--json')).stdout);
    assert.equal([grown.status, grown.id], ['updated', first.id]);
    assert.equal(asked(), [LIST, `export ${ONE} --pure`]);
  }),
);

asking('leaves to the plugin what it has a newer copy of', () =>
  withOpencode(async ({ project, gsess, answer, asked, copies }) => {
    answer('sessions', [listed(ONE, project, 5_000)]);
    mkdirSync(copies, { recursive: true });
    writeFileSync(join(copies, `${ONE}.json`), JSON.stringify(session(ONE, project, ['Hello'])));
    utimesSync(join(copies, `${ONE}.json`), 6, 6);
    const [taken] = JSON.parse((await gsess('import', 'opencode', '--json')).stdout);
    assert.is(taken.status, 'added');
    assert.equal(asked(), [LIST]);
  }),
);

asking('takes subagents along, each beside the session it worked for', () =>
  withOpencode(async ({ project, gsess, answer, asked, copies }) => {
    const call = {
      info: { id: 'msg_9', sessionID: ONE, role: 'assistant', time: { created: 3_000 } },
      parts: [
        {
          id: 'prt_9',
          type: 'tool',
          callID: 'c',
          tool: 'task',
          state: { metadata: { sessionId: HELP } },
        },
      ],
    };
    answer('sessions', [listed(ONE, project, 5_000)]);
    answer(ONE, session(ONE, project, ['Get help'], [call]));
    answer(HELP, session(HELP, project, ['Help']));
    const [{ id, status }] = JSON.parse((await gsess('import', 'opencode', '--json')).stdout);
    assert.is(status, 'added');
    assert.equal(asked(), [LIST, `export ${ONE} --pure`, `export ${HELP} --pure`]);
    const { bytes } = JSON.parse((await gsess('show', id, '--json')).stdout);
    const sizes = [`${ONE}.json`, join(ONE, `${HELP}.json`)].map(
      (name) => statSync(join(copies, name)).size,
    );
    assert.is(
      bytes,
      sizes.reduce((sum, size) => sum + size, 0),
    );
  }),
);

asking('asks in every project where all are wanted', () =>
  withOpencode(async ({ project, home, gsess, answer, asked }) => {
    answer('projects', [{ worktree: project }, { worktree: home }, { worktree: '/gone/away' }]);
    answer('sessions', [listed(ONE, project, 5_000), listed(TWO, '/gone/away', 5_000)]);
    answer(ONE, session(ONE, project, ['Hello']));
    answer(TWO, session(TWO, '/gone/away', ['Hello']));
    const all = JSON.parse((await gsess('import', 'opencode', '--all', '--json')).stdout);
    assert.equal(
      all.map((one: Record<string, string>) => `${one['status']} ${one['project']}`).sort(),
      [`added ${project}`, 'added /gone/away'].sort(),
    );
    assert.equal(asked(), [
      'debug scrap --pure',
      LIST,
      LIST,
      `export ${ONE} --pure`,
      `export ${TWO} --pure`,
    ]);
  }),
);

asking('tells what fails, and changes nothing by it', () =>
  withOpencode(async ({ project, home, gsess, answer, copies }) => {
    const failed = async (words: readonly string[], told: RegExp) => {
      const { status, stderr } = await gsess('import', ...words);
      assert.is(status, 1);
      assert.match(stderr, told);
      assert.equal(existsSync(copies) ? readdirSync(copies) : [], []);
    };
    await failed(['opencode'], /does not tell its sessions: .*failed: cat: .*sessions/);
    answer('sessions', 'Database is locked');
    await failed([], /The answer to 'session list .*' is not known/);
    answer('sessions', [listed(ONE, project, 5_000), listed(TWO, project, 5_000)]);
    await failed(['opencode'], new RegExp(`Session '${ONE}' is not taken in: .*failed: `));
    answer(ONE, session(TWO, project, ['Hello']));
    answer(TWO, '{"info": {');
    await failed(['opencode'], new RegExp(`What it exports of '${TWO}' is no session`));
    answer(TWO, session(TWO, project, ['Hello']));
    const { status, stdout } = await gsess('import', 'opencode', '--json');
    assert.equal([status, JSON.parse(stdout)[0].status], [1, 'added']);
    assert.ok(existsSync(join(home, 'asked')));
  }),
);

asking('says where it is not installed, and runs none that the project ships', () =>
  withOpencode(async ({ project, home, environment, place, copies }) => {
    const PATH = `${project}:/usr/bin:/bin`;
    writeFileSync(join(project, 'opencode'), PROGRAM, { mode: 0o755 });
    const run = commandRunner(place);
    const named = await run(['import', 'opencode'], { environment: { ...environment, PATH } });
    assert.is(named.status, 1);
    assert.match(named.stderr, 'opencode is not installed here');
    mkdirSync(join(home, '.local', 'share', 'opencode'), { recursive: true });
    const among = await run(['import'], { environment: { ...environment, PATH } });
    assert.is(among.status, 0);
    assert.not.ok(existsSync(join(home, 'asked')) || existsSync(copies));
  }),
);

asking('does not wait for ever', () =>
  withOpencode(async ({ project, environment, place, copies }) => {
    const program = join(project, '..', 'slow');
    writeFileSync(program, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
    const output = new Output({
      stdout: new FakeStream(),
      stderr: new FakeStream(),
      json: true,
      colour: false,
    });
    const context = contextOf(place, output, { environment, session: undefined });
    const here = locateProject(project, place.surroundings);
    const agent = { ...opencode, sessionExport: opencode.sessionExport! };
    assert.throws(
      () => copyExported(context, agent, { here, all: false, program, msMax: 50 }),
      /'slow session list .*' failed: no answer in 0.05 seconds/,
    );
    assert.equal(readdirSync(copies), []);
  }),
);

asking.run();
