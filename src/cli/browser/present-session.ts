// A list may be old by the time something is done with a session in it.

import { GsessError } from '../../errors.ts';
import type { SessionSummary } from '../../session/session-summary.ts';
import type { ListedSession } from '../../ui/browser-state.ts';
import type { BrowserDesk } from './browser-desk.ts';

/** The session as it stands now; throws `not-found` if it is gone. */
export function presentSession(desk: BrowserDesk, listed: ListedSession): SessionSummary {
  const { id, title } = listed.session;
  const session = desk.placeFor(listed).store.summary(id);
  if (session !== undefined) return session;
  throw new GsessError('not-found', `The session '${title}' is gone`);
}
