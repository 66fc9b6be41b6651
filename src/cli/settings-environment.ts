// What the environment says in place of a setting, for one run or for one machine. It comes before the file.

import type { Environment } from './environment.ts';
import type { SettingKey, SettingValue } from './setting-rules.ts';
import type { SettingValues } from './settings-file.ts';

export type SettingVariable =
  | 'GSESS_CHECKPOINTING'
  | 'GSESS_DATA_DIR'
  | 'GSESS_DISABLE'
  | 'GSESS_GC_AUTO';

interface Override {
  readonly variable: SettingVariable;
  /** Undefined where it says nothing that counts. */
  readonly read: (text: string) => SettingValue | undefined;
}

export const SETTING_VARIABLES: Partial<Readonly<Record<SettingKey, Override>>> = {
  autoSave: { variable: 'GSESS_DISABLE', read: (text) => (text === '0' ? undefined : false) },
  'checkpointing.enabled': {
    variable: 'GSESS_CHECKPOINTING',
    read: (text) => (text === '0' ? false : text === '1' ? true : undefined),
  },
  directory: { variable: 'GSESS_DATA_DIR', read: (text) => text },
  'gc.auto': { variable: 'GSESS_GC_AUTO', read: (text) => (text === '0' ? false : undefined) },
};

/** Whether nothing is to be recorded in this run, whatever the settings say. */
export function isDisabled(environment: Environment): boolean {
  return environmentValue('autoSave', environment) === false;
}

export function environmentValue(
  key: SettingKey,
  environment: Environment,
): SettingValue | undefined {
  const override = SETTING_VARIABLES[key];
  const text = override && environment[override.variable];
  return text === undefined ? undefined : override?.read(text);
}

/** What is set, by the environment or else by the file. */
export function withEnvironment(values: SettingValues, environment: Environment): SettingValues {
  const all = new Map(values);
  for (const key of Object.keys(SETTING_VARIABLES) as SettingKey[]) {
    const value = environmentValue(key, environment);
    if (value !== undefined) all.set(key, value);
  }
  return all;
}
