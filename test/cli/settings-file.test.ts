import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hookSecondsMax } from '../../src/agents/hooks-file/hooks-in-json.ts';
import { readEnvironment } from '../../src/cli/environment.ts';
import { LIMIT_RANGES, readSettingsFile } from '../../src/cli/settings-file.ts';
import { GsessError } from '../../src/errors.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/session/limits.ts';
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
    assert.equal(readSettingsFile(join(directory, 'none.json')), {
      settings: DEFAULT_SETTINGS,
      warnings: [],
    });
  }),
);

settings('gives what it says', () =>
  withSettings(
    '{"directory": "/d", "checkpointing": {"enabled": false}, "limits": {"fileBytes": 70000}}',
    (path) => {
      assert.equal(readSettingsFile(path), {
        settings: {
          ...DEFAULT_SETTINGS,
          snapshots: false,
          limits: { ...DEFAULT_LIMITS, fileBytes: 70000 },
        },
        directory: '/d',
        warnings: [],
      });
    },
  ),
);

for (const name of Object.keys(LIMIT_RANGES) as (keyof Limits)[]) {
  const { min } = LIMIT_RANGES[name];
  settings(`raises limits.${name} to its minimum, and says so`, () =>
    withSettings(`{"limits": {"${name}": ${min - 1}}}`, (path) => {
      const read = readSettingsFile(path);
      assert.equal(read.settings.limits, { ...DEFAULT_LIMITS, [name]: min });
      const told = `setting 'limits.${name}' is ${min - 1}, raised to its minimum ${min}`;
      assert.equal(read.warnings, [told]);
    }),
  );
}

settings('gives a hook no longer than the agent does', () =>
  withSettings('{"limits": {"hookMs": 600000}}', (path) => {
    const read = readSettingsFile(path);
    assert.is(read.settings.limits.hookMs, 25_000);
    assert.ok(read.settings.limits.hookMs < hookSecondsMax * 1000);
    assert.match(
      read.warnings[0] ?? '',
      /'limits\.hookMs' is 600000, lowered to its maximum 25000/,
    );
  }),
);

settings('allows by default what a setting may ask for', () => {
  for (const name of Object.keys(LIMIT_RANGES) as (keyof Limits)[]) {
    const { min, max = Number.MAX_SAFE_INTEGER } = LIMIT_RANGES[name];
    assert.ok(DEFAULT_LIMITS[name] > min && DEFAULT_LIMITS[name] < max, name);
  }
});

settings('keeps what was deleted for a day at least, and tidies up by itself unless told', () =>
  withSettings('{"retention": {"trashDays": 0}, "gc": {"auto": false}}', (path) => {
    const { settings: read, warnings } = readSettingsFile(path);
    assert.equal([read.trashDays, read.gcAuto, warnings.length], [1, false, 1]);
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
    assert.is(readSettingsFile(path).directory, '/d');
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
