// The settings there are, by key, and what a value of each must be. Read by every hook, so it holds no prose; that is in
// setting-meanings.ts. Below the minimum of a number gsess would be of no use, above the maximum of `hookMs` the agent ends the hook
// before it has done.

import { isAbsolute } from 'node:path';

export type SettingRule =
  | { readonly type: 'boolean' | 'path' | 'patterns' }
  | {
      readonly type: 'number';
      readonly unit: 'bytes' | 'days' | 'files' | 'messages' | 'milliseconds' | 'sessions';
      readonly min: number;
      readonly max?: number;
    };

export type SettingValue = boolean | number | string | readonly string[];

const MIB = 1024 * 1024;

export const SETTING_RULES = {
  autoSave: { type: 'boolean' },
  saveInterval: { type: 'number', unit: 'milliseconds', min: 1000 },
  maxSessions: { type: 'number', unit: 'sessions', min: 1 },
  maxMessages: { type: 'number', unit: 'messages', min: 1 },
  retentionDays: { type: 'number', unit: 'days', min: 1 },
  directory: { type: 'path' },
  'checkpointing.enabled': { type: 'boolean' },
  announce: { type: 'boolean' },
  'privacy.exclude': { type: 'patterns' },
  'privacy.include': { type: 'patterns' },
  'retention.trashDays': { type: 'number', unit: 'days', min: 1 },
  'gc.auto': { type: 'boolean' },
  'limits.fileBytes': { type: 'number', unit: 'bytes', min: 64 * 1024 },
  'limits.treeBytes': { type: 'number', unit: 'bytes', min: MIB },
  'limits.treeFiles': { type: 'number', unit: 'files', min: 100 },
  'limits.growthBytes': { type: 'number', unit: 'bytes', min: MIB },
  'limits.hookMs': { type: 'number', unit: 'milliseconds', min: 1000, max: 25_000 },
  'limits.freeBytes': { type: 'number', unit: 'bytes', min: 16 * MIB },
} as const satisfies Readonly<Record<string, SettingRule>>;

export type SettingKey = keyof typeof SETTING_RULES;

export const SETTING_KEYS = Object.keys(SETTING_RULES) as SettingKey[];

export function ruleOf(key: SettingKey): SettingRule {
  return SETTING_RULES[key];
}

export function isSettingKey(text: string): text is SettingKey {
  return Object.hasOwn(SETTING_RULES, text);
}

/** What a value has to be, in words; undefined for one that is. */
export function wrongValue(key: SettingKey, value: unknown): string | undefined {
  const rule = ruleOf(key);
  switch (rule.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'path':
      return isPath(value) ? undefined : 'an absolute path';
    case 'patterns':
      return Array.isArray(value) && value.every(isPattern) ? undefined : PATTERNS;
    case 'number': {
      const isWhole = Number.isSafeInteger(value) && Number(value) >= 0;
      return isWhole ? undefined : `a whole number of ${rule.unit}`;
    }
  }
}

const PATTERNS = 'a list of patterns as in a .gitignore, without negations';

/** The empty text is no choice: what it is by default. */
function isPath(value: unknown): boolean {
  return typeof value === 'string' && (value === '' || isAbsolute(value));
}

function isPattern(value: unknown): boolean {
  return typeof value === 'string' && /^(?![!#])(?=.*\S)[^\n\r\0]+$/.test(value);
}

/** A number brought into its range, and what was done to it. */
export function inRange(
  key: SettingKey,
  value: number,
): { readonly value: number; readonly warning?: string } {
  const rule = ruleOf(key);
  if (rule.type !== 'number') return { value };
  const { min, max = Number.MAX_SAFE_INTEGER } = rule;
  const told = `setting '${key}' is ${value}`;
  if (value < min) return { value: min, warning: `${told}, raised to its minimum ${min}` };
  if (value > max) return { value: max, warning: `${told}, lowered to its maximum ${max}` };
  return { value };
}
