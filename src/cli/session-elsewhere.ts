// Sessions of other projects, for a word that names none here: nobody is taken to another directory unasked, but whoever names a session
// is told where it is and how to go on there.

import { allStores } from '../session/all-stores.ts';
import { ambiguousSessions, matchingSessions } from '../session/reference.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import type { Store } from '../session/store.ts';
import type { Context } from './context.ts';

export interface Elsewhere {
  readonly store: Store;
  readonly session: SessionSummary;
}

/** The session of another project than this that the word names; throws `ambiguous` where several do. */
export function findElsewhere(
  { surroundings }: Context,
  text: string,
  here: Store | undefined,
): Elsewhere | undefined {
  const own = here?.repository.directory;
  const found = allStores(surroundings)
    .filter(({ repository }) => repository.directory !== own)
    .flatMap((store) => {
      const matches = matchingSessions(text, store.sessions());
      // There may be hundreds.
      store.objects.close();
      return matches.map((match) => ({ store, ...match }));
    });
  const best = Math.min(...found.map(({ level }) => level));
  const matches = found.filter(({ level }) => level === best);
  if (matches.length > 1) {
    throw ambiguousSessions(
      text,
      matches.map(({ session }) => session),
    );
  }
  return matches[0];
}
