// Adds gsess's hooks to the text of a settings file that is JSON and holds them as Claude Code does (`hooks: {EVENT: [{matcher, hooks:
// [{type, command, timeout}]}]}`), and takes them out again. Text to text: reading, keeping a copy and writing durably are
// the caller's. Nothing but our own entries is ever touched, and a text that is not JSON, or whose `hooks` are of another shape, is
// refused with nothing changed.

import { GsessError } from '../../errors.ts';
import type { ConnectedByFile, FileBefore } from '../agent.ts';
import { type InstalledHook, installedHooks, isOurCommand, type Place } from './installed-hooks.ts';
import { appendItem, removeItem, replaceScalar } from './json-edit.ts';
import { type JsonContainer, type JsonValue, memberOf, scanJson } from './json-scan.ts';

/** The agents end a hook and all its children after this; gsess gives up long before. */
export const hookSecondsMax = 30;

/** What of the hooks differs from agent to agent. */
export interface HooksDialect {
  readonly agent: string;
  readonly events: readonly string[];
  /** The tools an event is told of, as the agent's own pattern; undefined for all, and for events without a tool. */
  matcher(event: string): string | undefined;
  /** The time limit of a hook, in the agent's unit. */
  readonly timeout: number;
}

type HooksInJson = Pick<ConnectedByFile, 'add' | 'remove' | 'find'>;

/** What connecting and disconnecting make of a settings file. */
export function hooksInJson(dialect: HooksDialect): HooksInJson {
  return {
    add: (before, command) => addHooks(before, command, dialect),
    remove: (text, before) => removeHooks(text, before, dialect),
    find: (text) =>
      (isBlank(text) ? [] : installedHooks(text, dialect.agent)).map(({ event, command }) => ({
        event,
        command: String(command.value),
      })),
  };
}

/** Adds what is missing and gives the hooks of an older gsess this command. The same text comes back if nothing was to do. */
function addHooks(before: string | undefined, command: string, dialect: HooksDialect): string {
  const { agent, events } = dialect;
  if (!isOurCommand(command, agent)) {
    throw new GsessError('usage', `the hook command '${command}' would not be recognised again`, {
      hint: `Let it be 'gsess hook ${agent}', with the full path of gsess.`,
    });
  }
  let text = isBlank(before) ? '{}\n' : before;
  for (const event of events) text = addEvent(text, { event, command, dialect });
  return installedHooks(text, agent)
    .filter((hook) => hook.command.value !== command)
    .reduceRight((result, hook) => replaceScalar(result, hook.command, command), text);
}

/**
 * Takes our hooks out. With what was there before, that comes back to the byte if nothing else has changed since. Otherwise only
 * our entries go, and what held nothing else unless it was there before. `undefined`: there should be no file.
 */
function removeHooks(
  text: string | undefined,
  before: FileBefore | undefined,
  dialect: HooksDialect,
): string | undefined {
  const { agent } = dialect;
  if (isBlank(text)) return text;
  const [installed] = installedHooks(text, agent);
  if (installed === undefined) return text;
  if (
    before !== undefined &&
    addHooks(before.text, String(installed.command.value), dialect) === text
  ) {
    return before.text;
  }
  const kept = containersIn(before?.text);
  let rest = text;
  for (
    let [hook] = installedHooks(rest, agent);
    hook !== undefined;
    [hook] = installedHooks(rest, agent)
  ) {
    const { container, item } = placeToRemove(hook, kept);
    rest = removeItem(rest, container, item);
  }
  const isFileOurs = before !== undefined && before.text === undefined;
  return isFileOurs && /^\s*\{\s*\}\s*$/.test(rest) ? undefined : rest;
}

/** False for what JSON.parse refuses: comments and trailing commas, which some agents do not take. */
export function isPlainJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''));
    return true;
  } catch {
    return false;
  }
}

interface Wanted {
  readonly event: string;
  readonly command: string;
  readonly dialect: HooksDialect;
}

function addEvent(text: string, wanted: Wanted): string {
  const { event, dialect } = wanted;
  if (installedHooks(text, dialect.agent).some((hook) => hook.event === event)) return text;
  const root = expectContainer(scanJson(text), 'object', 'the settings');
  const group = groupFor(wanted);
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

function groupFor({ event, command, dialect }: Wanted): object {
  const hooks = [{ type: 'command', command, timeout: dialect.timeout }];
  const matcher = dialect.matcher(event);
  return matcher === undefined ? { hooks } : { matcher, hooks };
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
