// Where things are for the user of this process, for programs that tell nothing of it themselves.

import { homedir, tmpdir } from 'node:os';
import process from 'node:process';
import { realPathOf } from './real-path.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

export interface UserPlaces {
  readonly variables: Variables;
  readonly userId: number | undefined;
  readonly home: string;
  readonly temporaryDirectory: string;
}

/** An empty variable counts as unset. */
export function userPlaces(variables: Variables = process.env): UserPlaces {
  return {
    variables,
    userId: process.getuid?.(),
    home: variables['HOME'] || homedir(),
    temporaryDirectory: realPathOf(tmpdir()),
  };
}

/** Whether the user wants nothing to be recorded. */
export function isDisabled({ GSESS_DISABLE: told }: Variables = process.env): boolean {
  return told !== undefined && told !== '' && told !== '0';
}

/** Where the platform wants the data of a program. */
export async function platformDataDirectory(): Promise<string> {
  // Seldom needed, as the place is mostly told.
  const { default: envPaths } = await import('env-paths');
  return envPaths('gsess', { suffix: '' }).data;
}
