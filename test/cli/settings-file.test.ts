import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readEnvironment } from '../../src/cli/environment.ts';
import { FILE_BYTES_MIN, readSettingsFile } from '../../src/cli/settings-file.ts';
import { GsessError } from '../../src/errors.ts';
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
        settings: { snapshots: false, fileBytesMax: 70000 },
        directory: '/d',
        warnings: [],
      });
    },
  ),
);

settings('raises a value under its minimum, and says so', () =>
  withSettings(`{"limits": {"fileBytes": ${FILE_BYTES_MIN - 1}}}`, (path) => {
    const read = readSettingsFile(path);
    assert.is(read.settings.fileBytesMax, FILE_BYTES_MIN);
    assert.match(
      read.warnings[0] ?? '',
      "'limits.fileBytes' is 65535, raised to its minimum 65536",
    );
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
