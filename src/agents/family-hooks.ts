// How Gemini CLI and its forks are told to start gsess at their events: hooks in their settings, with a time limit in milliseconds. They
// read settings with comments in them.

import { GsessError } from '../errors.ts';
import type { ConnectedByFile } from './agent.ts';
import { hookSecondsMax, hooksInJson } from './hooks-file/hooks-in-json.ts';
import { type JsonValue, memberOf, scanJson } from './hooks-file/json-scan.ts';

/** What of a connection is the same in all of them. */
export function familyHooks(own: {
  readonly agent: string;
  readonly events: readonly string[];
  readonly readOnlyTools: readonly string[];
}): Omit<ConnectedByFile, 'files' | 'advice'> {
  // Keeps the agent from starting a process at all where a tool only reads.
  const changingTools = `^(?!(?:${own.readOnlyTools.join('|')})$).*$`;
  return {
    way: 'hooks',
    events: own.events,
    ...hooksInJson({
      agent: own.agent,
      events: own.events,
      matcher: (event) => (event.includes('Tool') ? changingTools : undefined),
      timeout: hookSecondsMax * 1000,
    }),
    isRead,
  };
}

/** The value that the settings give to a key within others; undefined where they give it none. */
export function settingIn(text: string | undefined, ...keys: readonly string[]): unknown {
  if (text === undefined || text.trim() === '' || !isRead(text)) return undefined;
  let value: JsonValue | undefined = scanJson(text);
  for (const key of keys)
    value = value?.kind === 'object' ? memberOf(value, key)?.value : undefined;
  return value?.kind === 'scalar' ? value.value : undefined;
}

function isRead(text: string): boolean {
  try {
    scanJson(text);
    return true;
  } catch (error) {
    if (error instanceof GsessError && error.code === 'settings-invalid') return false;
    throw error;
  }
}
