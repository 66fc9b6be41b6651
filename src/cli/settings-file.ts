// The settings of the user: one JSON file, strictly checked, so that a misspelt key is told and not ignored. Checked by hand: every
// hook reads it, and loading a schema library costs more than the rest of a hook. Nothing is ever read from the project.
//
//   {"directory": "/path", "checkpointing": {"enabled": true}, "limits": {"fileBytes": 33554432}}

import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { DEFAULT_SETTINGS, type Settings } from '../session/surroundings.ts';

export interface SettingsFile {
  readonly settings: Settings;
  /** Where the stores are kept, if the user chose. */
  readonly directory?: string;
  readonly warnings: readonly string[];
}

type Check = (value: unknown) => boolean;
interface Rule {
  readonly isValid: Check;
  readonly wanted: string;
}

export const FILE_BYTES_MIN = 64 * 1024;

const isObject: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const GROUP: Rule = { isValid: isObject, wanted: 'an object' };

const RULES: Readonly<Record<string, Rule>> = {
  directory: {
    isValid: (value) => typeof value === 'string' && isAbsolute(value),
    wanted: 'an absolute path',
  },
  checkpointing: GROUP,
  'checkpointing.enabled': {
    isValid: (value) => typeof value === 'boolean',
    wanted: 'true or false',
  },
  limits: GROUP,
  'limits.fileBytes': {
    isValid: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
    wanted: 'a whole number of bytes',
  },
};

/** Reads the file; without one, everything is as it is by default. Throws `settings-invalid` naming the key. */
export function readSettingsFile(path: string): SettingsFile {
  const values = new Map<string, unknown>();
  collect(parse(path), '', { path, values });
  const directory = values.get('directory') as string | undefined;
  const wished = values.get('limits.fileBytes') as number | undefined;
  const isRaised = wished !== undefined && wished < FILE_BYTES_MIN;
  return {
    settings: {
      snapshots: values.get('checkpointing.enabled') !== false,
      fileBytesMax: Math.max(FILE_BYTES_MIN, wished ?? DEFAULT_SETTINGS.fileBytesMax),
    },
    ...(directory === undefined ? {} : { directory }),
    warnings: isRaised
      ? [`setting 'limits.fileBytes' is ${wished}, raised to its minimum ${FILE_BYTES_MIN}`]
      : [],
  };
}

function parse(path: string): unknown {
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

function collect(
  group: unknown,
  prefix: string,
  file: { readonly path: string; readonly values: Map<string, unknown> },
): void {
  if (!isObject(group)) throw invalid(file.path, 'is not an object');
  for (const [name, value] of Object.entries(group as object)) {
    const key = `${prefix}${name}`;
    const isKnown = !name.includes('.') && Object.hasOwn(RULES, key);
    const rule = isKnown ? RULES[key] : undefined;
    if (rule === undefined) throw invalid(file.path, `has an unknown key '${key}'`);
    if (!rule.isValid(value)) throw invalid(file.path, `key '${key}' is not ${rule.wanted}`);
    if (rule === GROUP) collect(value, `${key}.`, file);
    else file.values.set(key, value);
  }
}

function invalid(path: string, fault: string, cause?: unknown): GsessError {
  const known = Object.keys(RULES).filter((key) => RULES[key] !== GROUP);
  return new GsessError('settings-invalid', `Settings '${path}': ${fault}`, {
    hint: `Correct the file or remove it; its keys are ${known.join(', ')}.`,
    ...(cause === undefined ? {} : { cause }),
  });
}
