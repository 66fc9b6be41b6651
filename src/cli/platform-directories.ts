// Where this platform keeps what belongs to a user: the settings of a program, and its data. What the platform's own variables name
// counts; nothing is looked up on disk.

import { join } from 'node:path';

export interface PlatformDirectories {
  readonly config: string;
  readonly data: string;
}

const NAME = 'gsess';

export function platformDirectories(
  platform: string,
  home: string,
  variables: Readonly<Record<string, string | undefined>>,
): PlatformDirectories {
  if (platform === 'darwin') {
    const library = join(home, 'Library');
    return {
      config: join(library, 'Preferences', NAME),
      data: join(library, 'Application Support', NAME),
    };
  }
  if (platform === 'win32') {
    const { APPDATA: roaming, LOCALAPPDATA: local } = variables;
    return {
      config: join(roaming || join(home, 'AppData', 'Roaming'), NAME, 'Config'),
      data: join(local || join(home, 'AppData', 'Local'), NAME, 'Data'),
    };
  }
  const { XDG_CONFIG_HOME: config, XDG_DATA_HOME: data } = variables;
  return {
    config: join(config || join(home, '.config'), NAME),
    data: join(data || join(home, '.local', 'share'), NAME),
  };
}
