// What is refused where a session is to be named, gone on with or called something: message, code and exit status, in a shell and as a
// slash command, and that no ref, no file of the project and no transcript is another one afterwards. The rows are those of
// docs/features.md.

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { manifestOf } from '../support/disk-manifest.ts';
import { forgeCheckpoint } from '../support/forged-checkpoint.ts';
import { type CommandOptions, type CommandRunner, commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const ONE = '11111111-1111-4111-8111-111111111111';
const TWO = '11112222-2222-4222-8222-222222222222';
const LONG = 'é'.repeat(101);

interface Refusal {
  readonly title: string;
  /** Of each the same is expected; one that begins with a slash is a slash command. */
  readonly lines: readonly (readonly string[])[];
  readonly status: number;
  readonly code: string;
  readonly message: RegExp;
  readonly hint?: RegExp;
  /** Which sessions are listed. */
  readonly candidates?: readonly string[];
}

const words = (line: string): readonly string[] =>
  line.startsWith('/') ? [line] : line.split(' ');
const all = (...lines: string[]) => lines.map(words);

const REFUSALS: readonly Refusal[] = [
  {
    title: 'row 6: nothing is called so',
    lines: all(
      'resume nobody',
      'continue nobody',
      '-r nobody',
      '--resume=nobody',
      '-c nobody',
      '-C nobody',
      '/resume nobody',
      '/continue nobody',
    ),
    status: 3,
    code: 'not-found',
    message: /^No session or checkpoint 'nobody' in this project$/,
    hint: /'gsess list' shows the sessions/,
  },
  {
    title: 'row 6: no session is called so',
    lines: all(
      '--delete-session nobody',
      'delete nobody --yes',
      '/delete nobody --yes',
      'rename nobody x',
    ),
    status: 3,
    code: 'not-found',
    message: /^No session 'nobody' in this project$/,
  },
  {
    title: 'row 6: the list is shorter',
    lines: all('resume 9', '-C 9', '/resume 9', '--delete-session 9'),
    status: 3,
    code: 'not-found',
    message: /^No session '9' in a list of 2$/,
  },
  {
    title: 'row 6: two ids begin so',
    lines: all('resume 1111', '-r 1111', '/resume 1111', '--delete-session 1111', 'fork 1111'),
    status: 2,
    code: 'ambiguous',
    message: /^'1111' names 2 sessions$/,
    candidates: [ONE, TWO],
  },
  {
    title: 'row 16: both, to go on with one that is named and with the latest',
    lines: all('-r -c', '-c -r', '--resume auth --continue', '-C --resume=auth'),
    status: 2,
    code: 'guard',
    message: /^--resume and --continue cannot be used together$/,
    hint: /'gsess help'/,
  },
  {
    title: 'row 68: an id that is no UUID',
    lines: all('--session-id x', `-r ${ONE} --fork-session --session-id=x`),
    status: 2,
    code: 'usage',
    message: /^--session-id is no UUID: 'x'$/,
  },
  {
    title: 'row 68: an id that is taken',
    lines: all(
      `-r ${ONE} --fork-session --session-id ${TWO}`,
      `resume ${ONE} --fork --session-id ${TWO}`,
    ),
    status: 2,
    code: 'guard',
    message: new RegExp(`^There is a session '${TWO}' already$`),
    hint: /^Take another id, or none/,
  },
  {
    title: 'row 68: an id for a session that has one',
    lines: all(`-r ${ONE} --session-id ${TWO}`, `-c --session-id ${TWO}`),
    status: 2,
    code: 'guard',
    message: /^--session-id with --resume or --continue requires --fork-session$/,
  },
  {
    title: 'row 73: a message to end with, and no session',
    lines: all('--resume-session-at m', '-c --resume-session-at m'),
    status: 2,
    code: 'guard',
    message: /^--resume-session-at requires --resume$/,
  },
  {
    title: 'row 75: a prompt to take the files back to, and no session',
    lines: all('--rewind-files m', '-c --rewind-files m'),
    status: 2,
    code: 'guard',
    message: /^--rewind-files requires --resume$/,
  },
  {
    title: 'row 76: files to take back, and something to say',
    lines: all(`-r ${ONE} --rewind-files m and go on`, `--rewind-files=m --resume=${ONE} go`),
    status: 2,
    code: 'guard',
    message: /^--rewind-files stands alone and takes no prompt$/,
  },
  {
    title: 'row 76: files to take back, and another thing to do',
    lines: all(`-r ${ONE} --rewind-files m --fork-session`),
    status: 2,
    code: 'guard',
    message: /^--rewind-files and --fork-session do not go together$/,
  },
  {
    title: 'row 112: no name at all',
    lines: [['rename'], ['/rename'], ['/rename    ']],
    status: 2,
    code: 'usage',
    message: /needs <name>$/,
  },
  {
    title: 'row 112: a name of nothing',
    lines: [
      ['rename', ONE, ''],
      ['rename', ONE, '   '],
    ],
    status: 2,
    code: 'name-invalid',
    message: /is empty$/,
    hint: /^A name has 1 to 100 characters/,
  },
  {
    title: 'row 113: a name of 101 characters',
    lines: [
      ['rename', ONE, LONG],
      [`/rename ${LONG}`, '--session', ONE],
      ['resume', ONE, '--session-name', LONG],
      ['fork', ONE, '--name', LONG],
    ],
    status: 2,
    code: 'name-invalid',
    message: /is longer than 100 characters$/,
    hint: /^A name has 1 to 100 characters/,
  },
  {
    title: 'row 12: two sessions are called so',
    lines: all('resume twin', '-r twin', '/resume twin', '--delete-session twin'),
    status: 2,
    code: 'ambiguous',
    message: /^'twin' names 2 sessions$/,
    candidates: [ONE, TWO],
  },
];

interface Scene {
  readonly driver: SessionDriver;
  readonly run: CommandRunner;
}

/** Two sessions whose ids begin alike. */
async function twoSessions(directory: string): Promise<Scene> {
  const driver = await startSession(directory, { nativeId: ONE });
  const other = await startSession(directory, {
    nativeId: TWO,
    surroundings: driver.surroundings,
  });
  for (const one of [driver, other]) {
    driver.write('a.txt', `${one.nativeId}\n`);
    await one.prompt('begin');
    await one.turn('begun');
    await one.event({ subject: 'end', final: true });
  }
  return { driver, run: commandRunner(driver) };
}

/** As another gsess that knew nothing of the first would have named it. */
function callBothTwin({ store }: SessionDriver): void {
  for (const session of [ONE, TWO]) {
    forgeCheckpoint(store.repository.directory, session, {
      record: (record) => ({ ...record, name: 'twin' }),
      message: (message) => `${message}\nGsess-Name: twin`,
    });
  }
}

const stateOf = ({ store, project, home }: SessionDriver) => ({
  refs: store.refs.list('refs/').map(({ name, id }) => [name, id]),
  files: manifestOf(project, { times: true }),
  transcripts: manifestOf(home),
});

const refusals = suite('what is refused');

// One scene for all of them, since none changes anything.
let scene: Scene;
let isOver: () => void;
let cleared: Promise<void>;

refusals.before(
  () =>
    new Promise<void>((resolve, reject) => {
      cleared = withTemporaryDirectory(async (directory) => {
        scene = await twoSessions(directory);
        resolve();
        await new Promise<void>((end) => {
          isOver = end;
        });
        assertStoreIsSound(scene.driver.store);
      });
      cleared.catch(reject);
    }),
);

refusals.after(async () => {
  isOver();
  await cleared;
});

for (const { title, lines, ...expected } of REFUSALS) {
  refusals(title, async () => {
    if (title.startsWith('row 12')) callBothTwin(scene.driver);
    const before = stateOf(scene.driver);
    for (const line of lines) {
      await assertRefused(line[0]?.startsWith('/') ? ['slash', ...line] : line, expected);
    }
    assert.equal(stateOf(scene.driver), before);
  });
}

async function assertRefused(
  line: readonly string[],
  { status, code, message, hint, candidates }: Omit<Refusal, 'title' | 'lines'>,
): Promise<void> {
  const what = line.join(' ');
  const inside: CommandOptions = { environment: { GSESS_SESSION: ONE } };
  const { status: ended, stdout } = await scene.run([...line, '--json'], inside);
  const { error } = JSON.parse(stdout) as { error: Record<string, unknown> };
  assert.equal([ended, error['code']], [status, code], what);
  assert.match(String(error['message']), message, what);
  if (hint !== undefined) assert.match(String(error['hint']), hint, what);
  if (candidates !== undefined) {
    const listed = (error['data'] as { candidates: { id: string }[] }).candidates;
    assert.equal(listed.map(({ id }) => id).sort(), candidates, what);
  }
  const shown = await scene.run(line, inside);
  assert.equal([shown.status, shown.stdout], [status, ''], what);
  assert.match(shown.stderr, `gsess: ${String(error['message'])}`, what);
}

refusals.run();
