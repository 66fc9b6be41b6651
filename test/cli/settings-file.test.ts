import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hookSecondsMax } from '../../src/agents/hooks-file/hooks-in-json.ts';
import { readEnvironment } from '../../src/cli/environment.ts';
import { defaultOf } from '../../src/cli/setting-meanings.ts';
import { inRange, ruleOf, SETTING_KEYS, wrongValue } from '../../src/cli/setting-rules.ts';
import { readSettingsFile, settingsOf } from '../../src/cli/settings-file.ts';
import { GsessError } from '../../src/errors.ts';
import { DEFAULT_LIMITS } from '../../src/session/limits.ts';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const settings = suite('settings file');

function withSettings<T>(text: string, use: (path: string) => T): Promise<T> {
  return withTemporaryDirectory((directory) => {
    const path = join(directory, 'config.json');
    writeFileSync(path, text);
    return use(path);
  });
}

settings('is everything by default where there is none', () =>
  withTemporaryDirectory((directory) => {
    const { values, warnings } = readSettingsFile(join(directory, 'none.json'));
    assert.equal(settingsOf(values), DEFAULT_SETTINGS);
    assert.equal([values.size, warnings], [0, []]);
  }),
);

settings('gives what it says', () =>
  withSettings(
    `{"directory": "/d", "checkpointing": {"enabled": false}, "limits": {"fileBytes": 70000},
      "autoSave": false, "saveInterval": 5000, "maxSessions": 7, "maxMessages": 40, "retentionDays": 9,
      "announce": false, "privacy": {"exclude": ["*.x"], "include": ["y.key"]}}`,
    (path) => {
      const { values, warnings } = readSettingsFile(path);
      assert.equal(settingsOf(values), {
        ...DEFAULT_SETTINGS,
        snapshots: false,
        limits: { ...DEFAULT_LIMITS, fileBytes: 70000 },
        autoSave: false,
        saveInterval: 5000,
        maxSessions: 7,
        maxMessages: 40,
        capsOwnFiles: true,
        retentionDays: 9,
        announce: false,
        exclude: ['*.x'],
        include: ['y.key'],
      });
      assert.equal([values.get('directory'), warnings], ['/d', []]);
    },
  ),
);

settings('raises a number to its minimum, and says so', () =>
  withTemporaryDirectory((directory) => {
    const path = join(directory, 'config.json');
    const numbers = SETTING_KEYS.filter((key) => ruleOf(key).type === 'number');
    assert.ok(numbers.length > 10);
    for (const key of numbers) {
      const rule = ruleOf(key);
      if (rule.type !== 'number') continue;
      const small = rule.min - 1;
      const object = key
        .split('.')
        .reduceRight<unknown>((value, name) => ({ [name]: value }), small);
      writeFileSync(path, JSON.stringify(object));
      const { values, warnings } = readSettingsFile(path);
      assert.is(values.get(key), rule.min);
      const told = `setting '${key}' is ${small}, raised to its minimum ${rule.min}`;
      assert.equal(warnings, [told]);
    }
  }),
);

settings('gives a hook no longer than the agent does', () =>
  withSettings('{"limits": {"hookMs": 600000}}', (path) => {
    const { values, warnings } = readSettingsFile(path);
    const { limits } = settingsOf(values);
    assert.is(limits.hookMs, 25_000);
    assert.ok(limits.hookMs < hookSecondsMax * 1000);
    assert.match(warnings[0] ?? '', /'limits\.hookMs' is 600000, lowered to its maximum 25000/);
  }),
);

settings('has a default for everything that lies in its range', () => {
  for (const key of SETTING_KEYS) {
    const value = defaultOf(key, '/d');
    if (value === null) continue;
    assert.is(wrongValue(key, value), undefined, key);
    if (typeof value === 'number') assert.equal(inRange(key, value), { value }, key);
  }
});

settings('takes an empty directory for none', () =>
  withSettings('{"directory": "", "gc": {"auto": false}}', (path) => {
    const { values } = readSettingsFile(path);
    assert.is(values.get('directory'), undefined);
    assert.is(settingsOf(values).gcAuto, false);
  }),
);

const INVALID: readonly (readonly [string, string])[] = [
  ['{', 'is not JSON'],
  ['[]', 'is not an object'],
  ['null', 'is not an object'],
  ['{"dir": "/x"}', "unknown key 'dir'"],
  ['{"__proto__": 1}', "unknown key '__proto__'"],
  ['{"limits": {"files": 1}}', "unknown key 'limits.files'"],
  ['{"limits.fileBytes": 70000}', "unknown key 'limits.fileBytes'"],
  ['{"directory": "relative"}', "'directory' is not an absolute path"],
  ['{"directory": 1}', "'directory' is not an absolute path"],
  ['{"checkpointing": true}', "'checkpointing' is not an object"],
  ['{"checkpointing": {"enabled": "no"}}', "'checkpointing.enabled' is not true or false"],
  ['{"limits": {"fileBytes": 1.5}}', "'limits.fileBytes' is not a whole number of bytes"],
  ['{"limits": {"fileBytes": -1}}', "'limits.fileBytes' is not a whole number of bytes"],
  ['{"limits": {"hookMs": "20s"}}', "'limits.hookMs' is not a whole number of milliseconds"],
  ['{"autoSave": "no"}', "'autoSave' is not true or false"],
  ['{"maxSessions": null}', "'maxSessions' is not a whole number of sessions"],
  ['{"sessions": {"autoSave": true}}', "unknown key 'sessions'"],
  ['{"gc": {"auto": {"auto": true}}}', "'gc.auto' is not true or false"],
  ['{"privacy": {"exclude": "*.x"}}', "'privacy.exclude' is not a list of patterns"],
  ['{"privacy": {"include": ["!x"]}}', "'privacy.include' is not a list of patterns"],
  ['{"privacy": {"include": ["a\\nb"]}}', "'privacy.include' is not a list of patterns"],
  ['{"limits": {"treeFiles": null}}', "'limits.treeFiles' is not a whole number of files"],
];

for (const [text, fault] of INVALID) {
  settings(`is refused where it holds ${text}`, () =>
    withSettings(text, (path) => {
      try {
        readSettingsFile(path);
        assert.unreachable();
      } catch (error) {
        assert.instance(error, GsessError);
        assert.is((error as GsessError).code, 'settings-invalid');
        assert.match((error as GsessError).message, fault);
      }
    }),
  );
}

settings('may begin with a byte order mark', () =>
  withSettings('\ufeff{"directory": "/d"}', (path) => {
    assert.is(readSettingsFile(path).values.get('directory'), '/d');
  }),
);

settings('is not passed over where it cannot be read', () =>
  withTemporaryDirectory((directory) => {
    assert.throws(() => readSettingsFile(directory), /EISDIR/);
  }),
);

const environment = suite('environment');

environment('takes an empty variable as unset, but for an empty pager', () => {
  const read = readEnvironment({ GSESS_SESSION: '', PAGER: '', HOME: '/h', OTHER: 'x' });
  assert.is(read.GSESS_SESSION, undefined);
  assert.is(read.PAGER, '');
  assert.is(read.HOME, '/h');
  assert.not('OTHER' in read);
});

settings.run();
environment.run();
