// What gsess leaves on the disk is for its user alone, what is secret is not in it, nothing goes over a network, and nobody who looks at
// the list of processes or at a log reads what was said.

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { differences, manifestOf } from '../support/disk-manifest.ts';
import { forgeBlob, forgeCheckpoint } from '../support/forged-checkpoint.ts';
import { assertFsckClean, git, gitText } from '../support/git-oracle.ts';
import { HookScript } from '../support/hook-agent.ts';
import { runOnTerminal, terminalTool } from '../support/pseudo-terminal.ts';
import { commandRunner } from '../support/run-command.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { startSession } from '../support/session-driver.ts';
import { skipHere } from '../support/skip-here.ts';
import { onlyStoreOf } from '../support/user-store.ts';

const privacy = suite('privacy');
const ALL_COMMANDS = fileURLToPath(new URL('./all-commands-child.js', import.meta.url));

/** What is not for its user alone, by path and mode. */
function openPaths(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).flatMap((path) => {
    const stat = lstatSync(join(directory, path));
    const mode = stat.mode & 0o777;
    // git makes its packs read-only.
    const isPrivate = stat.isDirectory() ? mode === 0o700 : mode === 0o600 || mode === 0o400;
    return isPrivate ? [] : [`${path} ${mode.toString(8)}`];
  });
}

interface Watched {
  readonly outcomes: Readonly<Record<string, number>>;
  /** What strace saw; undefined where there is none. */
  readonly calls: string | undefined;
}

function runAll(
  { directory, environment }: SealedUser,
  umask: string,
  isWatched: boolean,
): Watched {
  const log = join(directory, 'calls');
  const watch = ['strace', '-f', '-qq', '-s', '4096', '-e', 'trace=network,execve', '-o', log];
  const [program = '', ...args] = [
    ...(isWatched ? watch : []),
    ...[process.execPath, ALL_COMMANDS, directory, umask, isWatched ? 'all' : 'few'],
  ];
  const { status, stderr } = spawnSync(program, args, {
    cwd: directory,
    env: { ...environment, NODE_V8_COVERAGE: undefined },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  assert.is(status, 0, stderr.toString());
  const { outcomes } = JSON.parse(readFileSync(join(directory, 'outcomes.json'), 'utf8'));
  return { outcomes, calls: isWatched ? readFileSync(log, 'utf8') : undefined };
}

function canWatch(): boolean {
  return spawnSync('strace', ['-e', 'trace=none', 'true']).status === 0;
}

for (const umask of ['000', '077']) {
  privacy(`PR-01: with umask ${umask} every directory is 0700 and every file 0600`, () =>
    withSealedUser((user) => {
      runAll(user, umask, false);
      assertPrivate(user, umask);
    }),
  );
}

function assertPrivate(user: SealedUser, umask: string): void {
  assert.equal(openPaths(user.data), []);
  assert.is(lstatSync(join(user.directory, 'exported.jsonl')).mode & 0o777, 0o600);
  assertFsckClean(onlyStoreOf(user));
  // Files of the project are the project's: they follow the umask.
  const restored = lstatSync(join(user.directory, 'fork', 'a.txt')).mode & 0o777;
  assert.is(restored, 0o666 & ~Number.parseInt(umask, 8));
}

privacy('PR-01: what a hook writes from its first call on is private, its failures too', () =>
  withSealedUser((user) => {
    const agent = new HookScript(user, { nativeId: '11111111-1111-4111-8111-111111111111' });
    const data = join(user.directory, 'not', 'made', 'yet');
    const script = `umask 000; exec "$0" "$@"`;
    for (const payload of [agent.payload('UserPromptSubmit', { prompt: 'hi' }), {}]) {
      const words = [process.execPath, gsessProgram(), 'hook', 'claude'];
      const { status } = spawnSync('/bin/sh', ['-c', script, ...words], {
        cwd: user.project,
        env: { ...user.environment, GSESS_DATA_DIR: data },
        input: JSON.stringify(payload),
      });
      assert.is(status, 0);
    }
    assert.ok(existsSync(join(data, 'failures.jsonl')));
    assert.equal(openPaths(join(user.directory, 'not')), []);
  }),
);

function gsessProgram(): string {
  return fileURLToPath(new URL('../../src/cli/main.cjs', import.meta.url));
}

privacy(
  'PR-01, PR-06, PR-11: every command keeps to private files, opens no socket, and tells no process what was said',
  () =>
    withSealedUser((user) => {
      const isWatched = canWatch();
      const { outcomes, calls } = runAll(user, '022', isWatched);
      const done = Object.values(outcomes).filter((status) => status === 0);
      assert.ok(done.length >= (isWatched ? 28 : 10), JSON.stringify(outcomes));
      assertPrivate(user, '022');
      if (calls === undefined) {
        skipHere('PR-06, PR-11: strace cannot watch for sockets and arguments here');
        return;
      }
      const lines = calls.split('\n');
      assert.equal(
        lines.filter((line) => /AF_(INET6?|NETLINK|PACKET)/.test(line)),
        [],
      );
      // Node talks with its children over pairs of local sockets.
      assert.not.match(calls, / socket\(/, 'no local service is asked either');
      const started = lines.filter((line) => line.includes('execve('));
      assert.ok(
        started.some((line) => line.includes('"git"') || line.includes('/git"')),
        'git ran',
      );
      for (const line of started) assert.not.match(line, /words of|secret|TOKEN/);
    }),
);

privacy('PR-06: what no watcher saw, a tripwire in the process would', () =>
  withSealedUser((user) => {
    const tripwire = join(user.directory, 'tripwire.cjs');
    const marker = join(user.directory, 'tripped');
    writeFileSync(
      tripwire,
      `const trip = (name) => () => { require('node:fs').appendFileSync(${JSON.stringify(marker)}, name); throw new Error(name); };
const watched = {
  net: ['connect', 'createConnection', 'createServer'],
  dgram: ['createSocket'],
  dns: ['lookup', 'resolve'],
  tls: ['connect'],
  http: ['request', 'get'],
  https: ['request', 'get'],
  http2: ['connect'],
};
for (const [module, names] of Object.entries(watched))
  for (const name of names) require('node:' + module)[name] = trip(module + '.' + name);
require('node:net').Socket.prototype.connect = trip('connect');
require('node:module').syncBuiltinESMExports();
globalThis.fetch = trip('fetch');
`,
    );
    const environment = { NODE_OPTIONS: `--require=${tripwire}` };
    const agent = new HookScript(user, { nativeId: '11111111-1111-4111-8111-111111111111' });
    const input = JSON.stringify(agent.payload('UserPromptSubmit', { prompt: 'hi' }));
    assert.is(user.run(['hook', 'claude'], { environment, input }).status, 0);
    for (const words of [['verify']]) {
      assert.is(user.run(words, { environment }).status, 0, words.join(' '));
    }
    assert.is(existsSync(marker), false);
  }),
);

const SECRETS = [
  ...['.env', 'app/.env.production', 'tls/server.pem', 'id_rsa', 'keys/id_ed25519'],
  ...['credentials.json', '.netrc', '.npmrc', '.aws/credentials', 'service-account-x.json'],
];

privacy(
  'PR-02, PR-03: secrets and ignored files are listed, left alone, and nowhere in the data',
  () =>
    withSealedUser(async (user) => {
      const driver = await startSession(user.directory);
      const gsess = commandRunner(driver);
      const secret = (path: string, version: number) => `SECRET-${version} of ${path}\n`;
      const hidden = [...SECRETS, 'ignored/deep/file.txt', 'a.log'];
      driver.write('.gitignore', 'ignored/\n*.log\n');
      const write = (version: number) => {
        for (const path of hidden) driver.write(path, secret(path, version));
        driver.write('kept.txt', `version ${version}\n`);
      };
      write(1);
      await driver.prompt('one');
      await driver.turn('done');
      write(2);
      await driver.prompt('two');
      await driver.tool('Bash', { command: 'cat' }, () => write(3));
      await driver.turn('done');
      const isHidden = (path: string) => hidden.includes(path);
      const before = manifestOf(user.project, {
        times: true,
        without: (path) => !isHidden(path) && !hidden.some((one) => one.startsWith(`${path}/`)),
      });
      for (const words of [
        ['diff', '@1', '--now', '--stat'],
        ['restore', '@1', '--files', '--yes'],
        ['undo'],
        ['redo'],
        ['fork', '@1', '--worktree', join(user.directory, 'fork')],
        ['verify'],
      ]) {
        const { status, stderr } = await gsess(words);
        assert.is(status, 0, `${words.join(' ')}: ${stderr}`);
      }
      const after = manifestOf(user.project, {
        times: true,
        without: (path) => !isHidden(path) && !hidden.some((one) => one.startsWith(`${path}/`)),
      });
      assert.equal(differences(before, after), []);
      const store = onlyStoreOf(user);
      const skipped = JSON.parse(
        gitText(store, ['cat-file', 'blob', `${driver.session}:skipped.json`]),
      ) as { path: string; reason: string }[];
      for (const path of SECRETS) {
        const why = skipped.find((one) => one.path === path || path.startsWith(`${one.path}/`));
        assert.is(why?.reason, 'secret', path);
      }
      assertNowhere(user, /SECRET-\d/);
    }),
);

/** Looks at every object inflated, and at every other file as it is. */
function assertNowhere(user: SealedUser, pattern: RegExp): void {
  const objects = git(onlyStoreOf(user), ['cat-file', '--batch-all-objects', '--batch']);
  assert.not.match(objects.toString('latin1'), pattern);
  for (const path of readdirSync(user.data, { recursive: true, encoding: 'utf8' })) {
    const place = join(user.data, path);
    if (lstatSync(place).isFile()) assert.not.match(readFileSync(place, 'latin1'), pattern, path);
  }
}

privacy(
  'PR-10: failures, errors and GSESS_DEBUG repeat neither what was said nor the environment',
  () =>
    withSealedUser(async (user) => {
      const words = 'WORDS-OF-THE-PROMPT';
      const value = 'VALUE-OF-A-VARIABLE';
      const environment = { GSESS_DEBUG: '1', MY_TOKEN: value, ANTHROPIC_API_KEY: value };
      const driver = await startSession(user.directory);
      driver.write('a.txt', `${words} in a file\n`);
      await driver.prompt(words);
      await driver.turn(words);
      const store = onlyStoreOf(user);
      const good = gitText(store, ['rev-parse', driver.session]);
      const hook = (input: string) => user.run(['hook', 'claude'], { environment, input });
      const said: string[] = [];
      const note = ({ stdout, stderr }: { stdout: string; stderr: string }) =>
        said.push(stdout, stderr);
      for (const input of [
        `{"prompt":"${words}`,
        `{"hook_event_name":"Stop","session_id":"${words}/","cwd":"/"}`,
      ]) {
        note(hook(input));
      }
      // Each part of a checkpoint as text that is no JSON, holding what was said.
      const broken = forgeBlob(store, `{"x": ${words} ${value}`);
      const readers = {
        'session.json': () => ['show'],
        'skipped.json': (commit: string) => ['restore', commit, '--files', '--yes'],
        'call.json': (commit: string) => ['show', commit],
      };
      for (const [part, reader] of Object.entries(readers)) {
        const entries = gitText(store, ['ls-tree', good])
          .split('\n')
          .filter((line) => !line.endsWith(`\t${part}`));
        const tree = gitText(store, ['mktree'], {
          input: [...entries, `100644 blob ${broken}\t${part}`].join('\n'),
        });
        const message = gitText(store, ['log', '-1', '--format=%B', good]).trimEnd();
        const commit = gitText(store, ['commit-tree', tree, '-p', good, '-F', '-'], {
          input: message,
        });
        gitText(store, ['update-ref', `refs/heads/${driver.session}`, commit]);
        const outcome = user.run(reader(commit), { environment });
        if (outcome.status !== 0) note(outcome);
        if (part !== 'session.json') continue;
        const agent = new HookScript(user, { nativeId: driver.nativeId });
        note(hook(JSON.stringify(agent.payload('Stop', { last_assistant_message: words }))));
      }
      assert.ok(
        said.some((text) => text.includes('no JSON')),
        said.join(''),
      );
      forgeCheckpoint(store, driver.session, {
        message: (text) => text.replace(/^Gsess-Session: .*$/m, 'Gsess-Session: x'),
      });
      note(user.run(['show'], { environment }));
      const told = said.filter((text) => !text.startsWith('session ')).join('');
      assert.not.match(told, /VALUE-OF/);
      assert.not.match(told.replace(/^Session .*$|'WORDS[^']*' is/gm, ''), /WORDS-OF/);
      const log = readFileSync(join(user.data, 'failures.jsonl'), 'utf8');
      assert.match(log, 'session.json');
      assert.not.match(log, /VALUE-OF|WORDS-OF-THE-PROMPT (in|VALUE)/);
      assert.not.match(log.replace(/"cwd":"[^"]*"/g, ''), /WORDS-OF/);
    }),
);

privacy(
  'PR-11: a pager and an agent are given what they are to show or to do, and no words as arguments',
  () =>
    withSealedUser(async (user) => {
      const driver = await startSession(user.directory);
      await driver.prompt('words of the prompt');
      await driver.turn('words of the answer');
      const told = join(user.directory, 'told');
      const bin = join(user.directory, 'bin');
      mkdirSync(bin);
      for (const name of ['claude', 'less']) {
        const tell = (pid: string) => `tr '\\0' ' ' < /proc/${pid}/cmdline >> '${told}'`;
        const drain = '[ -t 0 ] || cat > /dev/null';
        const script = `#!/bin/sh\n${tell('$$')}\n${tell('$PPID')}\n${drain}\n`;
        writeFileSync(join(bin, name), script, { mode: 0o755 });
      }
      if (!existsSync('/proc/self/cmdline') || terminalTool() === undefined) {
        skipHere('PR-11: there is no /proc, or no terminal to be had');
        return;
      }
      const environment = { PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin` };
      runOnTerminal(user, ['show', '--conversation'], { environment, rows: 3 });
      runOnTerminal(user, ['resume', '1'], { environment });
      const seen = readFileSync(told, 'utf8');
      assert.match(seen, '--resume');
      assert.match(seen, 'less');
      assert.not.match(seen, 'words of');
    }),
);

privacy.run();
