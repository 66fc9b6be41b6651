// Where an application keeps its files for a user, by the custom of each platform. Given from outside, because nothing here reads the
// environment.

import { join } from 'node:path';
import type { AgentPlaces } from './agent.ts';

/** The directory of an application's settings. */
export function userConfigDirectory(
  { home, variables, platform }: AgentPlaces,
  application: string,
): string {
  if (platform === 'darwin') return join(home, 'Library', 'Preferences', application);
  if (platform === 'win32') return join(variables.APPDATA ?? home, application, 'Config');
  return join(variables.XDG_CONFIG_HOME ?? join(home, '.config'), application);
}

/** The directory of what an application writes down as it runs. */
export function userLogDirectory(
  { home, variables, platform }: AgentPlaces,
  application: string,
): string {
  if (platform === 'darwin') return join(home, 'Library', 'Logs', application);
  if (platform === 'win32') return join(variables.LOCALAPPDATA ?? home, application, 'Log');
  return join(variables.XDG_STATE_HOME ?? join(home, '.local', 'state'), application);
}

/** The directory of an application's data. */
export function userDataDirectory(
  { home, variables, platform }: AgentPlaces,
  application: string,
): string {
  if (variables.XDG_DATA_HOME !== undefined) return join(variables.XDG_DATA_HOME, application);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', application);
  if (platform === 'win32') {
    return join(variables.APPDATA ?? join(home, 'AppData', 'Roaming'), application);
  }
  return join(home, '.local', 'share', application);
}
