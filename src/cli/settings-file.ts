// The settings of the user: one JSON file, strictly checked, so that a misspelt key is told and not ignored. Checked by hand: every
// hook reads it, and loading a schema library costs more than the rest of a hook. Nothing is ever read from the project.
//
//   {"directory": "/path", "checkpointing": {"enabled": true}, "limits": {"fileBytes": 33554432, "hookMs": 20000}}

import { readFileSync } from 'node:fs';
import { GsessError, isSystemError } from '../errors.ts';
import type { Limits } from '../session/limits.ts';
import { DEFAULT_SETTINGS, type Settings } from '../session/surroundings.ts';
import {
  inRange,
  isSettingKey,
  SETTING_KEYS,
  type SettingKey,
  type SettingValue,
  wrongValue,
} from './setting-rules.ts';

/** What is set, by key; what is not is as it is by default. */
export type SettingValues = ReadonlyMap<SettingKey, SettingValue>;

export interface SettingsFile {
  /** As they hold: each in its range. */
  readonly values: SettingValues;
  readonly warnings: readonly string[];
}

/** Reads the file; without one nothing is set. Throws `settings-invalid` naming the key. */
export function readSettingsFile(path: string): SettingsFile {
  return checkSettings(readSettingsObject(path), path);
}

/** What the file holds, unchecked; an empty object where there is none. */
export function readSettingsObject(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return {};
    throw error;
  }
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw invalid(path, 'is not JSON', cause);
  }
}

/** Where the file says that the stores are, however wrong the rest of it may be. */
export function directoryIn(path: string): string | undefined {
  try {
    const { directory } = readSettingsObject(path) as { readonly directory?: unknown };
    return typeof directory === 'string' ? directory : undefined;
  } catch {
    return undefined;
  }
}

export function checkSettings(object: unknown, path: string): SettingsFile {
  const values = new Map<SettingKey, SettingValue>();
  const warnings: string[] = [];
  collect(object, '', { path, values, warnings });
  return { values, warnings };
}

/** All settings, with what is not set as it is by default. */
export function settingsOf(values: SettingValues): Settings {
  const ofBoolean = (key: SettingKey, otherwise: boolean) =>
    (values.get(key) as boolean | undefined) ?? otherwise;
  const ofNumber = (key: SettingKey, otherwise: number) =>
    (values.get(key) as number | undefined) ?? otherwise;
  const ofChoice = (key: SettingKey) => (values.get(key) as number | undefined) ?? null;
  const ofList = (key: SettingKey) => (values.get(key) as readonly string[] | undefined) ?? [];
  const initial = DEFAULT_SETTINGS;
  const limits = Object.entries(initial.limits).map(([name, value]) => [
    name,
    ofNumber(`limits.${name as keyof Limits}`, value),
  ]);
  return {
    autoSave: ofBoolean('autoSave', initial.autoSave),
    saveInterval: ofNumber('saveInterval', initial.saveInterval),
    maxSessions: ofChoice('maxSessions'),
    retentionDays: ofChoice('retentionDays'),
    maxMessages: ofNumber('maxMessages', initial.maxMessages),
    capsOwnFiles: values.has('maxMessages'),
    snapshots: ofBoolean('checkpointing.enabled', initial.snapshots),
    announce: ofBoolean('announce', initial.announce),
    exclude: ofList('privacy.exclude'),
    include: ofList('privacy.include'),
    limits: Object.fromEntries(limits) as unknown as Limits,
    trashDays: ofNumber('retention.trashDays', initial.trashDays),
    gcAuto: ofBoolean('gc.auto', initial.gcAuto),
  };
}

interface Reading {
  readonly path: string;
  readonly values: Map<SettingKey, SettingValue>;
  readonly warnings: string[];
}

function collect(group: unknown, prefix: string, reading: Reading): void {
  const { path, values, warnings } = reading;
  if (!isObject(group)) throw invalid(path, 'is not an object');
  for (const [name, value] of Object.entries(group)) {
    const key = `${prefix}${name}`;
    if (prefix === '' && isGroup(name)) {
      if (!isObject(value)) throw invalid(path, `key '${key}' is not an object`);
      collect(value, `${key}.`, reading);
      continue;
    }
    if (name.includes('.') || !isSettingKey(key)) {
      throw invalid(path, `has an unknown key '${key}'`);
    }
    const wanted = wrongValue(key, value);
    if (wanted !== undefined) throw invalid(path, `key '${key}' is not ${wanted}`);
    const ranged = typeof value === 'number' ? inRange(key, value) : undefined;
    if (ranged?.warning !== undefined) warnings.push(ranged.warning);
    if (value !== '') values.set(key, ranged?.value ?? (value as SettingValue));
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A key of several settings, such as `limits`. */
function isGroup(name: string): boolean {
  return !name.includes('.') && SETTING_KEYS.some((key) => key.startsWith(`${name}.`));
}

function invalid(path: string, fault: string, cause?: unknown): GsessError {
  return new GsessError('settings-invalid', `Settings '${path}': ${fault}`, {
    hint: `Correct the file or remove it; its keys are ${SETTING_KEYS.join(', ')}.`,
    ...(cause === undefined ? {} : { cause }),
  });
}
