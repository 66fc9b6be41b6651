// What each setting means, for help, man pages and `gsess config`, and what it is where nobody sets it.

import type { Limits } from '../session/limits.ts';
import { DEFAULT_SETTINGS } from '../session/surroundings.ts';
import type { Entry } from './help.ts';
import { ruleOf, SETTING_KEYS, type SettingKey, type SettingValue } from './setting-rules.ts';

export const SETTING_MEANINGS: Readonly<Record<SettingKey, string>> = {
  autoSave: 'If false, hooks and watching record nothing; what you ask for by hand is done.',
  saveInterval:
    'How long watching waits after a save until it saves what is neither prompt, call nor answer.',
  maxSessions:
    'So many sessions a project keeps in its list; gsess gc moves older ones to the trash. All unless set.',
  maxMessages:
    "So many messages a model is given of a conversation that gsess hands to an agent; all are kept. If set, of the agent's own file too.",
  retentionDays:
    'Sessions in which nothing happened for so long are moved to the trash by gsess gc. Never unless set.',
  directory: 'Where the stores are kept. Those in another directory stay there.',
  'checkpointing.enabled': 'If false, conversations are kept without files.',
  announce: 'If false, an agent is not told at the start of a session that gsess is there.',
  'privacy.exclude':
    'Files that are never captured besides secrets, as patterns of a .gitignore; .gsessignore comes before it.',
  'privacy.include': 'Files that are captured although a default pattern takes them for secrets.',
  'retention.trashDays': 'How long what was deleted can be had back.',
  'gc.auto': 'If false, gsess gc is never started by itself.',
  'limits.fileBytes': 'Larger files are left out of snapshots, and listed.',
  'limits.treeBytes': 'Where all files together are larger, the conversation is kept without them.',
  'limits.treeFiles': 'Where there are more files, the conversation is kept without them.',
  'limits.growthBytes':
    'Where more is new at one event, the conversation is kept without the files.',
  'limits.hookMs': 'How long a hook may take before it gives up the files.',
  'limits.freeBytes': 'Disk space that stays free; where there is less, no files are captured.',
};

type Default = SettingValue | null;

const limitsByKey = Object.fromEntries(
  Object.keys(DEFAULT_SETTINGS.limits).map((name) => [
    `limits.${name}`,
    DEFAULT_SETTINGS.limits[name as keyof Limits],
  ]),
) as Readonly<Record<`limits.${keyof Limits}`, number>>;

const DEFAULTS: Readonly<Record<Exclude<SettingKey, 'directory'>, Default>> = {
  autoSave: DEFAULT_SETTINGS.autoSave,
  saveInterval: DEFAULT_SETTINGS.saveInterval,
  maxSessions: DEFAULT_SETTINGS.maxSessions,
  maxMessages: DEFAULT_SETTINGS.maxMessages,
  retentionDays: DEFAULT_SETTINGS.retentionDays,
  'checkpointing.enabled': DEFAULT_SETTINGS.snapshots,
  announce: DEFAULT_SETTINGS.announce,
  'privacy.exclude': DEFAULT_SETTINGS.exclude,
  'privacy.include': DEFAULT_SETTINGS.include,
  'retention.trashDays': DEFAULT_SETTINGS.trashDays,
  'gc.auto': DEFAULT_SETTINGS.gcAuto,
  ...limitsByKey,
};

/** Null where there is no such bound; `directory` is that of the platform. */
export function defaultOf(key: SettingKey, directory: string): Default {
  return key === 'directory' ? directory : DEFAULTS[key];
}

export function valueText(value: Default): string {
  if (value === null) return '';
  return Array.isArray(value) ? value.join(' ') : String(value);
}

/** As help and man pages list them. */
export function settingEntries(): Entry[] {
  return SETTING_KEYS.map((key) => {
    const rule = ruleOf(key);
    const initial = key === 'directory' ? '' : valueText(DEFAULTS[key]);
    const range = rule.type === 'number' ? [`in ${rule.unit}`, `at least ${rule.min}`] : [];
    const facts = [...range, ...(initial === '' ? [] : [`${initial} unless set`])].join(', ');
    const meaning = SETTING_MEANINGS[key];
    return { term: key, description: facts === '' ? meaning : `${meaning} (${facts})` };
  });
}
