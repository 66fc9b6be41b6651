import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gitText } from '../support/git-oracle.ts';
import { commandRunner } from '../support/run-command.ts';
import { type GsessOptions, type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { sealedSurroundings } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { assertStoreIsTidy } from '../support/tidy-store.ts';
import { leftoversIn, onlyStoreOf, storesOf } from '../support/user-store.ts';

const connect = suite('gsess connect');

const settingsOf = ({ home }: SealedUser) => join(home, '.claude', 'settings.json');

interface Connected {
  readonly agent: string;
  readonly settings: string;
  readonly status: string;
  readonly events: readonly string[];
}

function run(user: SealedUser, args: readonly string[], options?: GsessOptions): Connected {
  const [one] = user.json(['connect', 'claude', ...args], options) as Connected[];
  if (one === undefined) throw new Error('nothing was connected');
  return one;
}

function writeSettings(user: SealedUser, text: string): void {
  mkdirSync(join(user.home, '.claude'), { recursive: true });
  writeFileSync(settingsOf(user), text);
}

connect('puts the hooks in, takes them out, and leaves nothing where there was nothing', () =>
  withSealedUser((user) => {
    writeFileSync(join(user.project, 'a.txt'), 'one\n');
    const first = run(user, []);
    assert.is(first.settings, settingsOf(user));
    assert.is(first.status, 'added');
    assert.ok(first.events.includes('PreToolUse'));
    assert.is(statSync(settingsOf(user)).mode & 0o777, 0o600);
    assert.is(statSync(join(user.home, '.claude')).mode & 0o777, 0o700);
    const written = readFileSync(settingsOf(user), 'utf8');
    assert.is(run(user, []).status, 'unchanged');
    assert.is(readFileSync(settingsOf(user), 'utf8'), written);
    assert.is(run(user, ['--remove']).status, 'removed');
    assert.not.ok(existsSync(join(user.home, '.claude')));
    assert.is(run(user, ['--remove']).status, 'unchanged');
    assertStoreIsTidy(onlyStoreOf(user));
  }),
);

connect('takes the first snapshot, which the first event then only has to confirm', () =>
  withSealedUser((user) => {
    writeFileSync(join(user.project, 'a.txt'), 'one\n');
    const { stderr } = user.run(['connect', 'claude']);
    assert.match(stderr, 'First snapshot of');
    assert.match(stderr, 'after 30 days');
    const store = onlyStoreOf(user);
    const [base = ''] = gitText(store, [
      'for-each-ref',
      '--format=%(refname)',
      'refs/gsess/base',
    ]).split('\n');
    assert.is(gitText(store, ['show', `${base}:files/a.txt`]), 'one');
  }),
);

connect('gives the file back byte for byte, whatever it looked like', () =>
  withSealedUser((user) => {
    const texts = [
      '{}',
      '',
      '{\n\t"model" : "opus",\r\n\t"hooks": {"Stop": []}}',
      '\ufeff{"hooks":{"PreToolUse":[{"matcher":"Bash","hooks":[{"type":"command","command":"lint"}]}]}}\n\n',
      '{\n  // mine\n  "cleanupPeriodDays": 99,\n}\n',
    ];
    for (const text of texts) {
      writeSettings(user, text);
      chmodSync(settingsOf(user), 0o640);
      assert.is(run(user, []).status, 'added', text);
      assert.is(statSync(settingsOf(user)).mode & 0o777, 0o640);
      assert.is(run(user, ['--remove']).status, 'removed', text);
      assert.is(readFileSync(settingsOf(user), 'utf8'), text);
      assert.is(statSync(settingsOf(user)).mode & 0o777, 0o640);
    }
  }),
);

connect('takes out only its own where something else was changed since', () =>
  withSealedUser((user) => {
    writeSettings(user, '{"model": "opus"}\n');
    run(user, []);
    const settings = JSON.parse(readFileSync(settingsOf(user), 'utf8')) as { model: string };
    writeFileSync(settingsOf(user), JSON.stringify({ ...settings, model: 'sonnet' }));
    run(user, ['--remove']);
    assert.equal(JSON.parse(readFileSync(settingsOf(user), 'utf8')), { model: 'sonnet' });
  }),
);

connect('writes through a link, also one whose target is not there yet', () =>
  withSealedUser((user) => {
    const kept = join(user.directory, 'dotfiles');
    mkdirSync(kept);
    mkdirSync(join(user.home, '.claude'));
    symlinkSync(join(kept, 'claude.json'), settingsOf(user));
    run(user, []);
    assert.ok(lstatSync(settingsOf(user)).isSymbolicLink());
    assert.match(readFileSync(join(kept, 'claude.json'), 'utf8'), 'hook claude');
    run(user, ['--remove']);
    assert.ok(lstatSync(settingsOf(user)).isSymbolicLink());
    assert.not.ok(existsSync(join(kept, 'claude.json')));
    rmSync(settingsOf(user));
    symlinkSync('settings.json', settingsOf(user));
    assert.is(user.run(['connect', 'claude']).status, 1);
  }),
);

connect('mends hooks of a gsess that has moved', () =>
  withSealedUser((user) => {
    run(user, []);
    const text = readFileSync(settingsOf(user), 'utf8');
    const older = text.replaceAll(/[^ "]*\/cli\/main\.cjs/g, '/old/cli/main.js');
    assert.is.not(older, text);
    writeFileSync(settingsOf(user), older);
    const checked = user.run(['connect', 'claude', '--check']);
    assert.is(checked.status, 1);
    assert.match(checked.stdout, 'another gsess');
    assert.is(readFileSync(settingsOf(user), 'utf8'), older);
    assert.is(run(user, []).status, 'updated');
    assert.is(readFileSync(settingsOf(user), 'utf8'), text);
    run(user, ['--remove']);
    assert.not.ok(existsSync(settingsOf(user)));
  }),
);

connect('only looks with --check', () =>
  withSealedUser((user) => {
    const before = user.run(['connect', 'claude', '--check', '--json']);
    assert.is(before.status, 1);
    assert.is((JSON.parse(before.stdout) as Connected[])[0]?.status, 'added');
    assert.not.ok(existsSync(join(user.home, '.claude')));
    assert.equal(storesOf(user), []);
    run(user, []);
    const after = user.run(['connect', '--check']);
    assert.is(after.status, 0);
    assert.match(after.stdout, 'claude: connected');
  }),
);

connect('connects the agents it finds, and says where there are none', () =>
  withSealedUser((user) => {
    const none = { environment: { PATH: join(user.directory, 'bin') } };
    const { status, stderr } = user.run(['connect'], none);
    assert.is(status, 1);
    assert.match(stderr, 'gsess connect claude');
    assert.is(user.run(['connect', 'nobody']).status, 2);
    assert.is(user.run(['connect', '--remove', '--check']).status, 2);
    mkdirSync(join(user.directory, 'bin'));
    writeFileSync(join(user.directory, 'bin', 'claude'), '#!/bin/sh\n', { mode: 0o755 });
    assert.is(user.run(['connect'], none).status, 0);
    assert.ok(existsSync(settingsOf(user)));
  }),
);

connect('connects several agents at once, tells what each can do, and leaves all as it was', () =>
  withTemporaryDirectory(async (directory) => {
    const surroundings = sealedSurroundings(directory);
    const gsess = commandRunner({ project: join(directory, 'project'), surroundings });
    const files = {
      [join(surroundings.home, '.claude', 'settings.json')]: '{"model": "opus"}\n',
      [join(surroundings.home, '.codex', 'hooks.json')]:
        '{\n "hooks": {\n  "Stop": [ {"hooks": [{"type": "command", "command": "beep"}]} ]\n }\n}\n',
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(path));
      writeFileSync(path, text);
    }
    const refused = await gsess(['connect'], { terminal: 80, answers: [false] });
    assert.is(refused.status, 1);
    assert.match(refused.stderr, /Codex: put 7 hooks into .*hooks\.json/);
    for (const [path, text] of Object.entries(files)) assert.is(readFileSync(path, 'utf8'), text);
    const agreed = await gsess(['connect'], { terminal: 80, answers: [true] });
    assert.is(agreed.status, 0);
    assert.match(agreed.stderr, 'until you have trusted them');
    const { status, stdout } = await gsess(['connect', '--check']);
    assert.is(status, 0);
    assert.match(stdout, /^codex: connected, 7 hooks in /m);
    assert.match(stdout, 'does not tell: end');
    assert.match(stdout, 'only after you have trusted them');
    const changes = (await gsess.json(['connect', '--remove'])) as Connected[];
    assert.equal(
      changes.map(({ agent, status: what }) => [agent, what]),
      [
        ['claude', 'removed'],
        ['codex', 'removed'],
      ],
    );
    for (const [path, text] of Object.entries(files)) assert.is(readFileSync(path, 'utf8'), text);
  }),
);

connect("puts the hooks into the project's settings, or where CLAUDE_CONFIG_DIR says", () =>
  withSealedUser((user) => {
    const file = join(user.project, '.claude', 'settings.json');
    assert.is(run(user, ['--project']).settings, file);
    assert.is(statSync(file).mode & 0o777, 0o644);
    assert.not.ok(existsSync(settingsOf(user)));
    run(user, ['--project', '--remove']);
    assert.not.ok(existsSync(join(user.project, '.claude')));
    const elsewhere = join(user.directory, 'elsewhere');
    const options = { environment: { CLAUDE_CONFIG_DIR: elsewhere } };
    assert.is(run(user, [], options).settings, join(elsewhere, 'settings.json'));
  }),
);

connect('warns of a file that Claude ignores, and refuses one it cannot read', () =>
  withSealedUser((user) => {
    writeSettings(user, '{\n  // mine\n  "cleanupPeriodDays": 99\n}\n');
    const { stderr } = user.run(['connect', 'claude']);
    assert.match(stderr, 'takes no comments');
    assert.match(stderr, 'after 99 days');
    writeSettings(user, 'not json');
    const refused = user.run(['connect', 'claude']);
    assert.is(refused.status, 2);
    assert.is(readFileSync(settingsOf(user), 'utf8'), 'not json');
  }),
);

connect('takes no snapshot of a directory that is no project', () =>
  withSealedUser((user) => {
    const { status, stderr } = user.run(['connect', 'claude'], { cwd: user.home });
    assert.is(status, 0);
    assert.match(stderr, 'No first snapshot');
    assert.equal(storesOf(user), []);
  }),
);

connect(
  'connects a project that is too large for a snapshot too, says so, and leaves nothing of it',
  () =>
    withSealedUser((user) => {
      const config = join(user.home, '.config', 'gsess');
      mkdirSync(config, { recursive: true });
      writeFileSync(join(config, 'config.json'), '{"limits": {"treeFiles": 100}}');
      for (let index = 0; index < 101; index += 1) {
        writeFileSync(join(user.project, `${index}`), `file ${index}`);
      }
      const { status, stderr } = user.run(['connect', 'claude']);
      assert.is(status, 0);
      assert.match(stderr, /No first snapshot: .* it has more than 100 files\. Leave out /);
      assert.equal(leftoversIn(user.data), { locks: [], temporary: [] });
    }),
);

connect('gives agents a command that works from any shell and any place', () =>
  withSealedUser((user) => {
    run(user, []);
    const { hooks } = JSON.parse(readFileSync(settingsOf(user), 'utf8')) as {
      hooks: Record<string, { hooks: { command: string }[] }[]>;
    };
    const command = hooks['Stop']?.[0]?.hooks[0]?.command ?? '';
    assert.match(command, /^NODE_EXTRA_CA_CERTS= \S+ \S+main\.cjs hook claude$/);
  }),
);

connect.run();
