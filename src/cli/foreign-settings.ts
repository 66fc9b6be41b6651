// The settings for sessions that Nanocoder has, taken over on a person's word. They have the names and meanings of ours; its documents name
// one file, its program another, and either is read.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import type { Context } from './context.ts';
import type { SettingKey } from './setting-rules.ts';
import { checkSettings, type SettingsFile } from './settings-file.ts';

/** Not its directory, which holds files of its own. */
const FOREIGN_KEYS = [
  'autoSave',
  'saveInterval',
  'maxSessions',
  'maxMessages',
  'retentionDays',
] as const satisfies readonly SettingKey[];

/** Throws `not-found` for no file or no such block in it, `settings-invalid` for one that cannot be taken over. */
export function readForeignSettings({ cwd }: Context, file: string): SettingsFile {
  const path = resolve(cwd, file);
  const block = blockIn(readJson(path));
  if (block === undefined) {
    throw new GsessError('not-found', `'${path}' has no block 'nanocoder.sessions'`);
  }
  const known = FOREIGN_KEYS.filter((key) => Object.hasOwn(block, key));
  const read = checkSettings(Object.fromEntries(known.map((key) => [key, block[key]])), path);
  if (typeof block['directory'] !== 'string' || block['directory'] === '') return read;
  const left = `its directory '${block['directory']}' is not taken over: gsess keeps its stores apart`;
  return { ...read, warnings: [...read.warnings, left] };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) throw new GsessError('not-found', `No file '${path}'`);
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new GsessError('settings-invalid', `Settings '${path}': is not JSON`, { cause });
  }
}

function blockIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const sessions = memberOf(memberOf(value, 'nanocoder'), 'sessions');
  return typeof sessions === 'object' && sessions !== null
    ? (sessions as Readonly<Record<string, unknown>>)
    : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
