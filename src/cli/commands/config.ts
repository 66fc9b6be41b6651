// gsess config: the settings, where each value comes from, and what it means; sets them and takes them back.

import { GsessError } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { changeSettings } from '../edit-settings.ts';
import { readForeignSettings } from '../foreign-settings.ts';
import { defaultOf, SETTING_MEANINGS, valueText } from '../setting-meanings.ts';
import {
  inRange,
  ruleOf,
  SETTING_KEYS,
  type SettingKey,
  type SettingValue,
  wrongValue,
} from '../setting-rules.ts';
import { environmentValue, SETTING_VARIABLES } from '../settings-environment.ts';
import { readSettingsFile, type SettingValues } from '../settings-file.ts';
import { renderPairs, renderTable } from '../table.ts';

interface Setting {
  readonly key: SettingKey;
  readonly value: SettingValue | null;
  readonly default: SettingValue | null;
  readonly source: 'default' | 'file' | 'environment';
  /** The variable that may say otherwise. */
  readonly variable: string | null;
  readonly file: string;
  readonly unit: string | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly meaning: string;
}

export const config = defineCommand({
  name: 'config',
  summary: 'show the settings and where they come from, or change them',
  details: `Without words all settings are listed; with a key its value is printed, and with a value it is set. A value comes
    from the environment, else from the settings file, else it is the default. Nothing is ever read
    from a project. The file is JSON and may be edited by hand; 'gsess where' tells its directory.

    A number below its minimum is raised to it, with a warning. A file with an unknown key or a value
    of the wrong kind is refused as a whole: no command runs until it is mended, and hooks keep that as
    their failure.

    No session is ever moved to the trash by itself unless maxSessions or retentionDays is set. Then
    'gsess gc' does it, in the background too, but never to one that has a name or a tag, that is
    running, or in which something happened within a day; 'gsess undo' brings back what it took.`,
  positionals: {
    key: { description: 'the setting', choices: SETTING_KEYS },
    value: {
      description: 'what it shall be: true or false, a number, a path, or patterns',
      variadic: true,
    },
  },
  options: {
    unset: { type: 'boolean', description: 'take it out of the file, so that the default holds' },
    add: { type: 'boolean', description: 'add the patterns to those that are set' },
    explain: { type: 'boolean', description: 'tell all there is to say about the setting' },
    from: {
      type: 'string',
      placeholder: 'FILE',
      description: "take over the block 'nanocoder.sessions' of Nanocoder's settings",
      completes: 'file',
    },
  },
  examples: [
    { command: 'gsess config', description: 'list the settings' },
    { command: 'gsess config retentionDays 90', description: 'let go of what is old' },
    {
      command: "gsess config privacy.exclude --add '*.sqlite' 'private/'",
      description: 'never capture some files',
    },
    { command: 'gsess config retentionDays --unset', description: 'keep everything again' },
  ],
  run: async (context, { key: word, value: words, unset, add, explain, from }) => {
    const { output, directories } = context;
    const key = word as SettingKey | undefined;
    const ways = [unset, add, explain, from !== undefined].filter(Boolean).length;
    const isMixed = ways > 1 || (words.length > 0 && (unset || explain));
    if (isMixed || (ways > 0 && (key === undefined) === (from === undefined))) {
      throw new GsessError('usage', 'These words do not go together', {
        hint: `Give a key and what shall become of it, or --from and nothing else.`,
      });
    }
    const path = directories.settingsFile;
    if (from !== undefined) return await takeOver(context, from);
    const { values } = readSettingsFile(path);
    if (key === undefined) return await listSettings(context, values);
    if (unset) changeSettings(path, new Map([[key, undefined]]));
    else if (words.length > 0) set(context, { key, words, add, values });
    else if (add) throw new GsessError('usage', `No pattern to add to '${key}'`);
    const changed = readSettingsFile(path).values;
    const setting = settingOf(context, key, changed);
    const isAsked = !unset && words.length === 0;
    if (!isAsked) tellEffect(context, setting);
    await output.result(setting, () => {
      if (explain) return explained(setting);
      return isAsked ? lines(setting.value) : `${key} is ${shown(setting)}`;
    });
  },
});

function settingOf(context: Context, key: SettingKey, values: SettingValues): Setting {
  const { environment, directories } = context;
  const override = environmentValue(key, environment);
  const inFile = values.get(key);
  const initial = defaultOf(key, directories.platformData);
  const rule = ruleOf(key);
  const {
    unit = null,
    min = null,
    max = null,
  } = rule.type === 'number' ? { max: undefined, ...rule } : {};
  return {
    key,
    value: override ?? inFile ?? initial,
    default: initial,
    source: override !== undefined ? 'environment' : inFile !== undefined ? 'file' : 'default',
    variable: SETTING_VARIABLES[key]?.variable ?? null,
    file: directories.settingsFile,
    unit,
    minimum: min,
    maximum: max,
    meaning: SETTING_MEANINGS[key],
  };
}

async function listSettings(context: Context, values: SettingValues): Promise<void> {
  const { output } = context;
  const settings = SETTING_KEYS.map((key) => settingOf(context, key, values));
  await output.result(settings, () =>
    renderTable(
      [
        { heading: 'SETTING' },
        { heading: 'VALUE' },
        { heading: 'UNIT' },
        { heading: 'FROM' },
        { heading: 'MEANING', isFlexible: true },
      ],
      settings.map((setting) => [
        setting.key,
        valueText(setting.value) || '-',
        setting.unit ?? '',
        sourceText(setting),
        setting.meaning,
      ]),
      output.columns,
    ),
  );
}

function sourceText({ source, variable }: Setting): string {
  return source === 'environment' ? `$${variable}` : source;
}

function explained(setting: Setting): string {
  const { key, unit, minimum, maximum, variable, source, file, meaning } = setting;
  return renderPairs([
    ['setting', key],
    ['value', shown(setting)],
    ['from', source === 'file' ? file : sourceText(setting)],
    ['default', valueText(setting.default) || 'none'],
    ['unit', unit ?? ''],
    ['minimum', minimum === null ? '' : String(minimum)],
    ['maximum', maximum === null ? '' : String(maximum)],
    ['environment', variable ?? ''],
    ['meaning', meaning],
  ]);
}

function shown({ value }: Setting): string {
  return valueText(value) || 'not set';
}

/** For a script: one pattern a line. */
function lines(value: Setting['value']): string {
  return Array.isArray(value) ? value.join('\n') : valueText(value);
}

function set(
  { output, directories }: Context,
  wish: {
    readonly key: SettingKey;
    readonly words: readonly string[];
    readonly add: boolean;
    readonly values: SettingValues;
  },
): void {
  const { key, words, add, values } = wish;
  const isList = ruleOf(key).type === 'patterns';
  if (!isList && (add || words.length > 1)) {
    throw new GsessError('usage', `'${key}' takes one value`);
  }
  const before = add ? ((values.get(key) as readonly string[] | undefined) ?? []) : [];
  const value = isList ? [...new Set([...before, ...words])] : parsed(key, words[0] ?? '');
  const wanted = wrongValue(key, value);
  if (wanted !== undefined) {
    throw new GsessError('usage', `'${key}' has to be ${wanted}: '${words.join(' ')}'`);
  }
  const ranged = typeof value === 'number' ? inRange(key, value) : undefined;
  if (ranged?.warning !== undefined) output.warn(ranged.warning);
  changeSettings(directories.settingsFile, new Map([[key, ranged?.value ?? value]]));
}

/** The value a word stands for; the word itself where it is none of its kind, which is told then. */
function parsed(key: SettingKey, word: string): SettingValue {
  const { type } = ruleOf(key);
  if (type === 'boolean' && (word === 'true' || word === 'false')) return word === 'true';
  return type === 'number' && /^\d{1,15}$/.test(word) ? Number(word) : word;
}

/** What a person may not expect of the change. */
function tellEffect({ output, directories: { data } }: Context, setting: Setting): void {
  const { key, value, source, variable } = setting;
  if (source === 'environment') {
    output.warn(`${variable} is set and comes before the settings file`);
  } else if (key === 'directory' && value !== data) {
    output.note(`What is kept in '${data}' stays there, until you move it by hand.`);
  }
}

async function takeOver(context: Context, from: string): Promise<void> {
  const { output, directories } = context;
  const { values, warnings } = readForeignSettings(context, from);
  for (const warning of warnings) output.warn(warning);
  changeSettings(directories.settingsFile, values);
  const all = readSettingsFile(directories.settingsFile).values;
  const settings = [...values.keys()].map((key) => settingOf(context, key, all));
  await output.result(settings, () =>
    settings.map((setting) => `${setting.key} is ${shown(setting)}`).join('\n'),
  );
}
