import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GSESS_PROGRAM, type SealedUser, withSealedUser } from '../support/run-gsess.ts';

const program = suite('gsess');

function writeSettings(user: SealedUser, text: string): void {
  const directory = settingsDirectory(user);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'config.json'), text);
}

function settingsDirectory({ home }: SealedUser): string {
  return process.platform === 'darwin'
    ? join(home, 'Library', 'Preferences', 'gsess')
    : join(home, '.config', 'gsess');
}

program('prints its version, in text and in JSON', () =>
  withSealedUser((user) => {
    const packageFile = new URL('../../../package.json', import.meta.url);
    const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
    assert.equal(user.run(['--version']), { status: 0, stdout: `${version}\n`, stderr: '' });
    assert.is(user.run(['-v']).stdout, `${version}\n`);
    assert.equal(user.json(['--version']), { version });
  }),
);

program('lists where no command is given, and says that there is nothing yet', () =>
  withSealedUser((user) => {
    const outcome = { status: 0, stdout: '', stderr: 'No sessions in this project yet.\n' };
    assert.equal(user.run([]), outcome);
    assert.equal(user.run(['list']), outcome);
    assert.equal(user.json([]), []);
  }),
);

program('tells where things are, and makes nothing by looking', () =>
  withSealedUser((user) => {
    const places = user.json(['where']) as Record<string, string>;
    assert.is(places['data'], user.data);
    assert.is(places['config'], settingsDirectory(user));
    assert.match(places['store'] ?? '', /\/data\/projects\/project-[0-9a-f]{8}\.git$/);
    const lines = user.run(['where']).stdout.split('\n');
    assert.is(lines[1], `data    ${user.data}`);
    rmdirSync(user.data);
    assert.is((user.json(['where']) as Record<string, string>)['data'], user.data);
  }),
);

program('takes the data directory from the settings, and by its real path', () =>
  withSealedUser((user) => {
    const elsewhere = join(user.directory, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(user.directory, 'link'));
    const directory = join(user.directory, 'link', 'not-yet');
    writeSettings(user, JSON.stringify({ directory, limits: { fileBytes: 1 } }));
    const { status, stdout, stderr } = user.run(['where', '--json'], {
      environment: { GSESS_DATA_DIR: '' },
    });
    assert.is(status, 0);
    assert.is(JSON.parse(stdout).data, join(elsewhere, 'not-yet'));
    assert.is(
      stderr,
      "gsess: warning: setting 'limits.fileBytes' is 1, raised to its minimum 65536\n",
    );
    assert.is((user.json(['where']) as Record<string, string>)['data'], user.data);
  }),
);

program('refuses broken settings by name, but still gives help', () =>
  withSealedUser((user) => {
    writeSettings(user, '{"limit": 1}');
    const { status, stderr } = user.run(['where']);
    assert.is(status, 2);
    assert.match(stderr, /^gsess: Settings '.*config\.json': has an unknown key 'limit'\nCorrect/);
    assert.is(user.run(['help', 'where']).status, 0);
    assert.is(user.run(['where', '--help']).status, 0);
  }),
);

program('refuses a data directory that depends on where it is called', () =>
  withSealedUser((user) => {
    const outcome = user.run(['where'], { environment: { GSESS_DATA_DIR: 'relative' } });
    assert.is(outcome.status, 2);
    assert.match(outcome.stderr, "GSESS_DATA_DIR is not an absolute path: 'relative'");
  }),
);

program('gives an error as text on stderr, or as JSON on stdout', () =>
  withSealedUser((user) => {
    assert.equal(user.run(['lits']), {
      status: 2,
      stdout: '',
      stderr: "gsess: There is no command 'lits'\nDid you mean 'gsess list'?\n",
    });
    const { status, stdout, stderr } = user.run(['list', '--bad', '--json']);
    assert.is(status, 2);
    assert.is(stderr, '');
    assert.equal(JSON.parse(stdout), {
      error: {
        code: 'usage',
        message: "'gsess list' does not take '--bad'",
        hint: "See 'gsess help list'.",
      },
    });
  }),
);

program('shows hostile words of a command line as escapes', () =>
  withSealedUser((user) => {
    const { stderr } = user.run(['\u001b]0;x\u0007\u202e']);
    assert.match(stderr, "There is no command '\\x1b]0;x\\x07\\u202e'");
  }),
);

program('explains itself and its commands, in text and in JSON', () =>
  withSealedUser((user) => {
    assert.is(user.run(['help']).stdout, user.run(['--help']).stdout);
    assert.is(user.run(['help', 'list']).stdout, user.run(['list', '-h']).stdout);
    assert.is((user.json(['help', 'list']) as { name: string }).name, 'list');
    assert.is((user.json(['list', '--help']) as { name: string }).name, 'list');
    assert.ok((user.json(['help']) as unknown[]).length > 2);
    assert.is(user.run(['help', 'nothing-like-it']).status, 3);
    assert.match(user.run(['help', 'nothing-like-it']).stderr, "'gsess help' lists the commands.");
  }),
);

program('prints a completion script', () =>
  withSealedUser((user) => {
    const { script } = user.json(['completion', 'fish']) as { script: string };
    assert.is(user.run(['completion', 'fish']).stdout, script);
  }),
);

program('says so where its directory is gone', () =>
  withSealedUser((user) => {
    const gone = join(user.directory, 'gone');
    mkdirSync(gone);
    const script = 'rmdir "$PWD" && exec "$0" "$1" where';
    const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, GSESS_PROGRAM], {
      cwd: gone,
      env: user.environment,
      encoding: 'utf8',
    });
    assert.is(stderr, 'gsess: The working directory is gone\nChange to a directory that exists.\n');
    assert.is(status, 3);
  }),
);

program('ends quietly when nobody reads on', () =>
  withSealedUser((user) => {
    const script = '"$0" "$1" help | true; "$0" "$1" help 2>&1 >&- ; echo "$?"';
    const { stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, GSESS_PROGRAM], {
      cwd: user.project,
      env: user.environment,
      encoding: 'utf8',
    });
    assert.is(stderr, '');
    assert.not.match(stdout, /Error|EPIPE/);
  }),
);

program('fails where its output cannot be written', () =>
  withSealedUser((user) => {
    if (process.platform !== 'linux') return;
    const script = 'exec "$0" "$1" help >/dev/full';
    const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, GSESS_PROGRAM], {
      cwd: user.project,
      env: user.environment,
      encoding: 'utf8',
    });
    assert.is(status, 1);
    assert.match(stderr, /^gsess: .*ENOSPC/);
  }),
);

program('shows where an unexpected error came from only with GSESS_DEBUG', () =>
  withSealedUser((user) => {
    mkdirSync(join(settingsDirectory(user), 'config.json'), { recursive: true });
    const plain = user.run(['where']);
    assert.is(plain.status, 1);
    assert.match(plain.stderr, /^gsess: EISDIR[^\n]*\n$/);
    const debugging = user.run(['where'], { environment: { GSESS_DEBUG: '1' } });
    assert.match(debugging.stderr, /\n {4}at .*readSettingsFile/);
  }),
);

/** Runs a command line on a terminal of its own, typing `keys`; undefined where the system has no `script`. */
async function onTerminal(user: SealedUser, line: string, keys = ''): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: user.project,
    env: { ...user.environment, NODE: process.execPath, GSESS: GSESS_PROGRAM },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (printed.includes('[y/N]')) child.stdin.end(keys);
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('close', () => resolve(printed));
  });
}

const terminal = suite('gsess on a terminal');

terminal('shows what is longer than the screen through the pager of the user', () =>
  withSealedUser(async (user) => {
    const line = 'stty rows 5; GSESS_PAGER="tr a-z A-Z" "$NODE" "$GSESS" help';
    const printed = await onTerminal(user, line);
    if (printed !== undefined) assert.match(printed, 'USAGE: GSESS');
  }),
);

terminal('prints it where there is no such pager, or none is wanted', () =>
  withSealedUser(async (user) => {
    for (const pager of ['no-such-program-here', '', 'cat']) {
      const line = `stty rows 5; PAGER='${pager}' "$NODE" "$GSESS" help`;
      const printed = await onTerminal(user, line);
      if (printed !== undefined) assert.match(printed, 'usage: gsess');
    }
  }),
);

terminal('opens no browser where there is nothing to browse yet', () =>
  withSealedUser(async (user) => {
    const printed = await onTerminal(user, 'stty rows 9 cols 70; "$NODE" "$GSESS"; echo left=$?');
    if (printed === undefined) return;
    assert.match(printed, /^No sessions in this project yet\.\s+left=0\s*$/);
  }),
);

terminal('asks, and takes nothing but a yes for a yes', () =>
  withSealedUser(async (user) => {
    const url = new URL('./confirm-child.js', import.meta.url).pathname;
    for (const [keys, answer] of [
      ['y\n', 'true'],
      ['yes\n', 'true'],
      ['\n', 'false'],
      ['nay\n', 'false'],
    ] as const) {
      const printed = await onTerminal(user, `"$NODE" '${url}'`, keys);
      if (printed !== undefined) assert.match(printed, `answer: ${answer}`);
    }
  }),
);

const context = suite('context');

context('refuses to go on without a yes where nobody can answer', () =>
  withSealedUser((user) => {
    const url = new URL('./confirm-child.js', import.meta.url).pathname;
    const { stdout } = spawnSync(process.execPath, [url], {
      env: user.environment,
      input: 'y\n',
      encoding: 'utf8',
    });
    assert.is(stdout, 'confirmation-needed: Not done without a yes: Do it\\x07?\n');
  }),
);

context('reads its input up to a limit', () =>
  withSealedUser((user) => {
    const url = new URL('./confirm-child.js', import.meta.url).pathname;
    const read = (input: string) =>
      spawnSync(process.execPath, [url, 'read'], {
        env: user.environment,
        input,
        encoding: 'utf8',
      }).stdout;
    assert.is(read('12345678'), '8 bytes\n');
    assert.is(read('123456789'), 'guard: The standard input is longer than 8 bytes\n');
  }),
);

program.run();
terminal.run();
context.run();
