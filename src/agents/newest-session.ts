// Which of several files that hold one session counts. A hook needs this, so it loads nothing else.

import { statSync } from 'node:fs';
import type { NativeSession } from './agent.ts';

/** The session with this id; where several files hold it, the one written last. */
export function newestSession(
  sessions: readonly NativeSession[],
  nativeId: string,
): NativeSession | undefined {
  return sessions
    .filter((session) => session.nativeId === nativeId)
    .map((session) => ({
      session,
      at: statSync(session.path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
    }))
    .sort((a, b) => b.at - a.at)[0]?.session;
}
