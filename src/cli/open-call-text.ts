// A call that was about to run where a session was left or went back to, in words. No agent can be made to propose it again, so it is
// shown, and left to the user to say what shall become of it.

import type { PendingCall } from '../session/session-record.ts';
import { oneLine } from '../session/title.ts';
import { safeText } from '../ui/safe-text.ts';

const INPUT_LENGTH_MAX = 300;

export const RETRY_OR_SKIP = 'Ask for it again to retry it, or say that it shall be skipped.';

/** Its name and what it was given, in one line. */
export function callText({ name, input }: PendingCall): string {
  return safeText(`${name} ${oneLine(JSON.stringify(input) ?? '', INPUT_LENGTH_MAX)}`);
}
