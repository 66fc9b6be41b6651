// The settings of the user: one JSON file, strictly checked, so that a misspelt key is told and not ignored. Checked by hand: every
// hook reads it, and loading a schema library costs more than the rest of a hook. Nothing is ever read from the project.
//
//   {"directory": "/path", "checkpointing": {"enabled": true}, "limits": {"fileBytes": 33554432, "hookMs": 20000}}

import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { DEFAULT_LIMITS, type Limits } from '../session/limits.ts';
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

interface Range {
  readonly min: number;
  readonly max?: number;
  readonly unit: 'bytes' | 'files' | 'milliseconds';
}

const MIB = 1024 * 1024;

/** Below the minimum gsess would be of no use, above the maximum of `hookMs` the agent ends the hook before it has done. */
export const LIMIT_RANGES: Readonly<Record<keyof Limits, Range>> = {
  fileBytes: { min: 64 * 1024, unit: 'bytes' },
  treeBytes: { min: MIB, unit: 'bytes' },
  treeFiles: { min: 100, unit: 'files' },
  growthBytes: { min: MIB, unit: 'bytes' },
  hookMs: { min: 1000, max: 25_000, unit: 'milliseconds' },
  freeBytes: { min: 16 * MIB, unit: 'bytes' },
};
const LIMIT_NAMES = Object.keys(LIMIT_RANGES) as (keyof Limits)[];

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
  retention: GROUP,
  'retention.trashDays': {
    isValid: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
    wanted: 'a whole number of days',
  },
  gc: GROUP,
  'gc.auto': { isValid: (value) => typeof value === 'boolean', wanted: 'true or false' },
  ...Object.fromEntries(LIMIT_NAMES.map((name) => [`limits.${name}`, ruleOf(name)])),
};

function ruleOf(name: keyof Limits): Rule {
  return {
    isValid: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
    wanted: `a whole number of ${LIMIT_RANGES[name].unit}`,
  };
}

/** Reads the file; without one, everything is as it is by default. Throws `settings-invalid` naming the key. */
export function readSettingsFile(path: string): SettingsFile {
  const values = new Map<string, unknown>();
  collect(parse(path), '', { path, values });
  const directory = values.get('directory') as string | undefined;
  const { limits, warnings } = limitsOf(values);
  const trashDays = values.get('retention.trashDays') as number | undefined;
  if (trashDays === 0) {
    warnings.push(`setting 'retention.trashDays' is 0, raised to its minimum 1`);
  }
  return {
    settings: {
      snapshots: values.get('checkpointing.enabled') !== false,
      limits,
      trashDays: Math.max(1, trashDays ?? DEFAULT_SETTINGS.trashDays),
      gcAuto: values.get('gc.auto') !== false,
    },
    ...(directory === undefined ? {} : { directory }),
    warnings,
  };
}

/** The limits as they hold, and what was changed to make them so. */
function limitsOf(values: ReadonlyMap<string, unknown>): {
  readonly limits: Limits;
  readonly warnings: string[];
} {
  const limits = { ...DEFAULT_LIMITS };
  const warnings: string[] = [];
  for (const name of LIMIT_NAMES) {
    const wished = values.get(`limits.${name}`) as number | undefined;
    if (wished === undefined) continue;
    const { min, max = Number.MAX_SAFE_INTEGER } = LIMIT_RANGES[name];
    const setting = `setting 'limits.${name}' is ${wished}`;
    if (wished < min) warnings.push(`${setting}, raised to its minimum ${min}`);
    if (wished > max) warnings.push(`${setting}, lowered to its maximum ${max}`);
    limits[name] = Math.min(max, Math.max(min, wished));
  }
  return { limits, warnings };
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
