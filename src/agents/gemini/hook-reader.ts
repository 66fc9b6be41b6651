// What Gemini CLI tells at its events. Loaded at every hook.

import type { HookReader, HookReading } from '../agent.ts';
import { familyDialect } from '../gemini-family.ts';
import { readPayload } from '../hook-payload.ts';
import { sideFilesOf } from './locate.ts';
import { canChangeFiles } from './tools.ts';

const dialect = familyDialect({ agent: 'gemini', canChangeFiles });

export const geminiHook: HookReader = {
  read: (input) => withoutNewFile(readPayload(input, dialect)),
  sideFiles: sideFilesOf,
  // Context that is given at the start is put in front of the first prompt of a headless session, which then is no command any more.
  replies: { context: { at: 'first-prompt', event: 'BeforeAgent' }, slashPrefix: '/gsess:' },
};

/** As Gemini starts to resume a session it names a new, empty file; the session's own file is named only from the first prompt on. */
function withoutNewFile(reading: HookReading): HookReading {
  if (reading.kind !== 'event' || reading.event.kind !== 'start') return reading;
  const { transcriptPath: _, ...event } = reading.event;
  return { kind: 'event', event };
}
