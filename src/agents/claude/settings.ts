// Adds gsess's hooks to the text of a Claude Code settings file, and takes them out again. Text to text: reading, keeping a copy
// and writing durably are the caller's. Nothing but our own entries is ever touched, and a text that is not JSON, or whose
// `hooks` are of another shape than Claude's, is refused with nothing changed.

import { GsessError } from '../../errors.ts';
import { type InstalledHook, installedHooks, isOurCommand, type Place } from './installed-hooks.ts';
import { appendItem, removeItem, replaceScalar } from './json-edit.ts';
import { type JsonContainer, type JsonValue, memberOf, scanJson } from './json-scan.ts';
import { READ_ONLY_TOOLS } from './tools.ts';

/** Claude ends a hook and all its children after this; gsess gives up long before. Without it SessionEnd would have 1.5 s. */
export const hookSecondsMax = 30;

export const HOOK_EVENTS: readonly string[] = [
  'SessionStart',
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'Stop',
  'SubagentStop',
  'PreCompact',
  'SessionEnd',
];

/** Keeps Claude from starting a process at all where a tool only reads. */
const CHANGING_TOOLS = `^(?!(?:${READ_ONLY_TOOLS.join('|')})$).*$`;

/** What the settings were before gsess was connected; `undefined` for no file. */
export interface SettingsBefore {
  readonly text: string | undefined;
}

/** Adds what is missing and gives the hooks of an older gsess this command. The same text comes back if nothing was to do. */
export function addHooks(before: string | undefined, command: string): string {
  if (!isOurCommand(command)) {
    throw new GsessError('usage', `the hook command '${command}' would not be recognised again`, {
      hint: "Let it be 'gsess hook claude', with the full path of gsess.",
    });
  }
  let text = isBlank(before) ? '{}\n' : before;
  for (const event of HOOK_EVENTS) text = addEvent(text, event, command);
  return installedHooks(text)
    .filter((hook) => hook.command.value !== command)
    .reduceRight((result, hook) => replaceScalar(result, hook.command, command), text);
}

/**
 * Takes our hooks out. With what was there before, that comes back to the byte if nothing else has changed since. Otherwise only
 * our entries go, and what held nothing else unless it was there before. `undefined`: there should be no file.
 */
export function removeHooks(text: string | undefined, before?: SettingsBefore): string | undefined {
  if (isBlank(text)) return text;
  const [installed] = installedHooks(text);
  if (installed === undefined) return text;
  if (before !== undefined && addHooks(before.text, String(installed.command.value)) === text) {
    return before.text;
  }
  const kept = containersIn(before?.text);
  let rest = text;
  for (let [hook] = installedHooks(rest); hook !== undefined; [hook] = installedHooks(rest)) {
    const { container, item } = placeToRemove(hook, kept);
    rest = removeItem(rest, container, item);
  }
  const isFileOurs = before !== undefined && before.text === undefined;
  return isFileOurs && /^\s*\{\s*\}\s*$/.test(rest) ? undefined : rest;
}

/** Our hooks in the text: which event starts which command. */
export function findHooks(
  text: string | undefined,
): readonly { readonly event: string; readonly command: string }[] {
  const hooks = isBlank(text) ? [] : installedHooks(text);
  return hooks.map(({ event, command }) => ({ event, command: String(command.value) }));
}

/** False where Claude ignores the whole file without a word: it takes no comments and no trailing commas. */
export function isReadByClaude(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''));
    return true;
  } catch {
    return false;
  }
}

/** Decodes a settings file and keeps its byte order mark. Bytes that are not UTF-8 would not survive, so they are refused. */
export function decodeSettings(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new GsessError('settings-invalid', 'the settings are not UTF-8 text', {
      hint: 'Save the file as UTF-8; nothing was changed.',
      cause,
    });
  }
}

function addEvent(text: string, event: string, command: string): string {
  if (installedHooks(text).some((hook) => hook.event === event)) return text;
  const root = expectContainer(scanJson(text), 'object', 'the settings');
  const group = groupFor(event, command);
  const hooks = memberOf(root, 'hooks');
  if (hooks === undefined) {
    return appendItem(text, root, { key: 'hooks', value: { [event]: [group] } });
  }
  const events = expectContainer(hooks.value, 'object', "'hooks'");
  const groups = memberOf(events, event);
  return groups === undefined
    ? appendItem(text, events, { key: event, value: [group] })
    : appendItem(text, expectContainer(groups.value, 'array', `'hooks.${event}'`), {
        value: group,
      });
}

function groupFor(event: string, command: string): object {
  const hooks = [{ type: 'command', command, timeout: hookSecondsMax }];
  return event.includes('ToolUse') ? { matcher: CHANGING_TOOLS, hooks } : { hooks };
}

/** The outermost thing that holds nothing but this hook and was not there before. */
function placeToRemove(hook: InstalledHook, kept: ReadonlySet<string | undefined>): Place {
  let place = hook.places[0];
  for (const outer of hook.places.slice(1)) {
    if (place.container.items.length > 1 || kept.has(outer.item.key)) break;
    place = outer;
  }
  return place;
}

/** The keys of what could hold hooks before: `hooks`, and the events in it. */
function containersIn(text: string | undefined): ReadonlySet<string | undefined> {
  const root = isBlank(text) ? undefined : scanJson(text);
  const hooks = root?.kind === 'object' ? memberOf(root, 'hooks') : undefined;
  if (hooks?.value.kind !== 'object') return new Set();
  return new Set(['hooks', ...hooks.value.items.map((item) => item.key)]);
}

function expectContainer(
  value: JsonValue,
  kind: JsonContainer['kind'],
  name: string,
): JsonContainer {
  if (value.kind === kind) return value;
  throw new GsessError('settings-invalid', `${name} should be an ${kind} and is something else`, {
    hint: 'Mend the file by hand; nothing was changed.',
  });
}

function isBlank(text: string | undefined): text is undefined | '' {
  return text === undefined || text.replace(/^\uFEFF/, '').trim() === '';
}
