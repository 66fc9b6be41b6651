import {
  existsSync,
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
import { config as command } from '../../src/cli/commands/config.ts';
import { completeWords } from '../../src/cli/completion.ts';
import { SETTING_KEYS } from '../../src/cli/setting-rules.ts';
import { type CommandRunner, commandRunner } from '../support/run-command.ts';
import { sealedSurroundings } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

interface Scene {
  readonly gsess: CommandRunner;
  readonly file: string;
  readonly project: string;
  write(text: string): void;
}

function withScene(use: (scene: Scene) => Promise<void>): Promise<void> {
  return withTemporaryDirectory((directory) => {
    const surroundings = sealedSurroundings(directory);
    const project = join(directory, 'project');
    const file = join(surroundings.home, '.config', 'gsess', 'config.json');
    const write = (text: string) => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    };
    return use({ gsess: commandRunner({ project, surroundings }), file, project, write });
  });
}

interface Setting {
  readonly key: string;
  readonly value: unknown;
  readonly source: string;
  readonly minimum: number | null;
}

const config = suite('gsess config');

config('lists every setting with its value, and where that comes from', () =>
  withScene(async ({ gsess, write }) => {
    write('{"saveInterval": 5000}');
    const environment = { GSESS_DISABLE: '1' };
    const all = (await gsess.json(['config'], { environment })) as Setting[];
    assert.equal(
      all.map(({ key }) => key),
      SETTING_KEYS,
    );
    const told = (key: string) => {
      const { value, source, minimum } = all.find((one) => one.key === key)!;
      return [value, source, minimum];
    };
    assert.equal(told('saveInterval'), [5000, 'file', 1000]);
    assert.equal(told('autoSave'), [false, 'environment', null]);
    assert.equal(told('maxSessions'), [null, 'default', 1]);
    assert.equal(told('retention.trashDays'), [30, 'default', 1]);
    const { stdout } = await gsess(['config'], { environment });
    assert.match(stdout, /^saveInterval +5000 +milliseconds +file +How long watching waits/m);
    assert.match(stdout, /^autoSave +false +\$GSESS_DISABLE +If false, hooks/m);
    assert.match(stdout, /^retentionDays +- +days +default +Sessions in which nothing/m);
  }),
);

config('prints one value, sets it, and takes it back', () =>
  withScene(async ({ gsess, file }) => {
    assert.is((await gsess(['config', 'checkpointing.enabled'])).stdout, 'true\n');
    const set = await gsess(['config', 'checkpointing.enabled', 'false']);
    assert.equal([set.status, set.stdout], [0, 'checkpointing.enabled is false\n']);
    assert.equal(JSON.parse(readFileSync(file, 'utf8')), { checkpointing: { enabled: false } });
    assert.is(statSync(file).mode & 0o777, 0o600);
    assert.is((await gsess(['config', 'maxSessions', '50'])).stdout, 'maxSessions is 50\n');
    const unset = await gsess(['config', 'checkpointing.enabled', '--unset']);
    assert.is(unset.stdout, 'checkpointing.enabled is true\n');
    assert.equal(JSON.parse(readFileSync(file, 'utf8')), { maxSessions: 50 });
    assert.is((await gsess(['config', 'retentionDays'])).stdout, '');
  }),
);

config('sets patterns, and adds to them', () =>
  withScene(async ({ gsess }) => {
    await gsess(['config', 'privacy.exclude', '*.sqlite']);
    await gsess(['config', 'privacy.exclude', '--add', 'private/', '*.sqlite']);
    const { stdout } = await gsess(['config', 'privacy.exclude']);
    assert.is(stdout, '*.sqlite\nprivate/\n');
    const other = (await gsess.json(['config', 'privacy.exclude', '*.x'])) as Setting;
    assert.equal(other.value, ['*.x']);
  }),
);

config('explains a setting', () =>
  withScene(async ({ gsess, file }) => {
    await gsess(['config', 'limits.hookMs', '5000']);
    const { stdout } = await gsess(['config', 'limits.hookMs', '--explain']);
    const facts = [`from +${file}`, 'default +20000', 'unit +milliseconds', 'maximum +25000'];
    for (const fact of facts) assert.match(stdout, new RegExp(`^${fact}$`, 'm'));
  }),
);

config('raises a value under its minimum, and says so', () =>
  withScene(async ({ gsess, file }) => {
    const { status, stdout, stderr } = await gsess(['config', 'saveInterval', '10']);
    assert.equal([status, stdout], [0, 'saveInterval is 1000\n']);
    assert.match(stderr, "warning: setting 'saveInterval' is 10, raised to its minimum 1000");
    assert.equal(JSON.parse(readFileSync(file, 'utf8')), { saveInterval: 1000 });
  }),
);

config('refuses what is no value of a setting, and changes nothing', () =>
  withScene(async ({ gsess, file }) => {
    const refused: readonly (readonly [readonly string[], string])[] = [
      [['autoSave', 'yes'], "'autoSave' has to be true or false: 'yes'"],
      [['maxSessions', '-1'], '-1'],
      [['maxSessions', '1.5'], "'maxSessions' has to be a whole number of sessions: '1.5'"],
      [['directory', 'relative'], "'directory' has to be an absolute path: 'relative'"],
      [['privacy.exclude', '!x'], "'privacy.exclude' has to be a list of patterns"],
      [['autoSave', 'true', 'false'], "'autoSave' takes one value"],
      [['autoSave', '--add', 'true'], "'autoSave' takes one value"],
      [['privacy.exclude', '--add'], "No pattern to add to 'privacy.exclude'"],
      [['nothing'], 'is none of autoSave'],
      [['--unset'], 'These words do not go together'],
      [['autoSave', 'true', '--unset'], 'These words do not go together'],
    ];
    for (const [words, told] of refused) {
      const { status, stderr } = await gsess(['config', ...words]);
      assert.is(status, 2, words.join(' '));
      assert.ok(stderr.includes(told), stderr);
    }
    assert.not(existsSync(file));
  }),
);

config('names the file and the key that are wrong, and leaves the file as it is', () =>
  withScene(async ({ gsess, file, write }) => {
    const text = '{"autoSave": true, "maxSession": 3}';
    write(text);
    for (const words of [[], ['autoSave'], ['autoSave', 'false'], ['autoSave', '--unset']]) {
      const { status, stderr } = await gsess(['config', ...words]);
      assert.is(status, 2);
      assert.ok(stderr.includes(`'${file}': has an unknown key 'maxSession'`), stderr);
    }
    assert.is(readFileSync(file, 'utf8'), text);
  }),
);

config('writes through a link, and says that the environment comes first', () =>
  withScene(async ({ gsess, file, project, write }) => {
    const real = join(project, 'dotfiles.json');
    writeFileSync(real, '{"announce": false}');
    write('');
    rmSync(file);
    symlinkSync(real, file);
    const environment = { GSESS_CHECKPOINTING: '0' };
    const { stderr } = await gsess(['config', 'checkpointing.enabled', 'true'], { environment });
    assert.match(stderr, 'GSESS_CHECKPOINTING is set and comes before the settings file');
    assert.equal(JSON.parse(readFileSync(real, 'utf8')), {
      announce: false,
      checkpointing: { enabled: true },
    });
  }),
);

config('takes over what Nanocoder has set, but not its directory', () =>
  withScene(async ({ gsess, file, project }) => {
    const sessions = { autoSave: true, saveInterval: 500, retentionDays: 30, directory: '/n' };
    writeFileSync(join(project, 'agents.config.json'), JSON.stringify({ nanocoder: { sessions } }));
    const { stdout, stderr } = await gsess(['config', '--from', 'agents.config.json']);
    assert.is(stdout, 'autoSave is true\nsaveInterval is 1000\nretentionDays is 30\n');
    assert.match(stderr, /raised to its minimum 1000/);
    assert.match(stderr, /its directory '\/n' is not taken over/);
    const taken = { autoSave: true, saveInterval: 1000, retentionDays: 30 };
    assert.equal(JSON.parse(readFileSync(file, 'utf8')), taken);
    writeFileSync(join(project, 'none.json'), '{"nanocoder": {}}');
    assert.is((await gsess(['config', '--from', 'none.json'])).status, 3);
    assert.is((await gsess(['config', '--from', 'absent.json'])).status, 3);
  }),
);

config('completes the keys', () => {
  const { candidates } = completeWords(['config', ''], [command]);
  assert.equal(
    candidates.map(({ word }) => word),
    SETTING_KEYS,
  );
});

config.run();
