import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ownDirectories } from '../../src/cli/own-directories.ts';

const directories = suite('own directories');

function on<T>(platform: NodeJS.Platform, look: () => T): T {
  const own = Object.getOwnPropertyDescriptor(process, 'platform') ?? {};
  Object.defineProperty(process, 'platform', { ...own, value: platform });
  try {
    return look();
  } finally {
    Object.defineProperty(process, 'platform', own);
  }
}

directories('are where each platform has such, and in no project', () => {
  const home = homedir();
  const { env } = process;
  const local = env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local');
  const roaming = env['APPDATA'] ?? join(home, 'AppData', 'Roaming');
  const found = (platform: NodeJS.Platform) => {
    const { data, config } = on(platform, ownDirectories);
    return { data, config };
  };
  assert.equal(found('linux'), {
    data: join(env['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'gsess'),
    config: join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'gsess'),
  });
  assert.equal(found('darwin'), {
    data: join(home, 'Library', 'Application Support', 'gsess'),
    config: join(home, 'Library', 'Preferences', 'gsess'),
  });
  assert.equal(found('win32'), {
    data: join(local, 'gsess', 'Data'),
    config: join(roaming, 'gsess', 'Config'),
  });
});

directories.run();
