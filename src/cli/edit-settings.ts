// Changes one setting in the file of the user. What the file holds is checked before and after, so that an invalid file is told and left
// alone, and it is replaced in one durable step; where it is a link, what it leads to is.

import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makePrivateDirectory, writeDurably } from '../git/durable-file.ts';
import { linkTarget } from './connected-settings.ts';
import type { SettingKey, SettingValue } from './setting-rules.ts';
import { checkSettings, readSettingsObject } from './settings-file.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** The values that are to be set; undefined takes one out. */
export type SettingChanges = ReadonlyMap<SettingKey, SettingValue | undefined>;

/** Throws `settings-invalid` where the file is, and changes nothing then. */
export function changeSettings(path: string, changes: SettingChanges): void {
  const before = readSettingsObject(path);
  checkSettings(before, path);
  let object = before as JsonObject;
  for (const [key, value] of changes) object = withSetting(object, key, value);
  checkSettings(object, path);
  const text = `${JSON.stringify(object, null, 2)}\n`;
  if (text === `${JSON.stringify(before, null, 2)}\n`) return;
  const target = linkTarget(path);
  const present = statSync(target, { throwIfNoEntry: false });
  if (present === undefined) makePrivateDirectory(dirname(target));
  writeDurably(target, text, present === undefined ? {} : { mode: present.mode & 0o7777 });
}

function withSetting(
  object: JsonObject,
  key: SettingKey,
  value: SettingValue | undefined,
): JsonObject {
  const [group = '', name] = key.split('.');
  if (name === undefined) return withMember(object, group, value);
  const members = (object[group] ?? {}) as JsonObject;
  const changed = withMember(members, name, value);
  return withMember(object, group, Object.keys(changed).length === 0 ? undefined : changed);
}

function withMember(object: JsonObject, name: string, value: unknown): JsonObject {
  if (value !== undefined) return { ...object, [name]: value };
  const { [name]: _, ...others } = object;
  return others;
}
