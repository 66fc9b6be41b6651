// Which sessions of the list are shown: those that the filter, the branch and the tags let through. What is typed ranks them; without
// it they stand newest first, with the lines of their forks.

import type { BrowserState, SessionList, ShownSession } from './browser-state.ts';
import { forkLanes } from './fork-lanes.ts';
import { foldCase, fuzzyMatch } from './fuzzy-match.ts';
import { safeText } from './safe-text.ts';
import { typedText } from './typed-line.ts';

const NONE: readonly number[] = [];

/** The list with what it shows chosen anew; the cursor stays on its session, or goes to the first. */
export function filterSessions(
  list: SessionList,
  { branch }: Pick<BrowserState, 'branch'>,
  { keepsCursor = true }: { readonly keepsCursor?: boolean } = {},
): SessionList {
  const candidates = list.sessions.filter(
    ({ session }) =>
      (!list.onlyBranch || session.branch === (branch ?? null)) &&
      (!list.onlyTagged || list.tagged.has(session.id)),
  );
  const typed = foldCase(safeText(typedText(list.filter).replaceAll(' ', '')));
  const shown =
    typed === ''
      ? candidates.map((listed) => ({ ...listed, title: titleOf(listed), matched: NONE }))
      : ranked(candidates, typed);
  const present = keepsCursor ? list.shown[list.cursor]?.session.id : undefined;
  const cursor =
    present === undefined ? 0 : shown.findIndex(({ session }) => session.id === present);
  return {
    ...list,
    shown,
    lanes: typed === '' ? forkLanes(shown.map(({ session }) => session)) : [],
    cursor: Math.max(0, cursor),
    top: keepsCursor ? list.top : 0,
  };
}

function ranked(candidates: SessionList['sessions'], typed: string): ShownSession[] {
  const found = candidates.flatMap((listed) => {
    const title = titleOf(listed);
    const match = fuzzyMatch(typed, foldCase(title));
    return match === undefined ? [] : [{ ...listed, title, matched: match.at, score: match.score }];
  });
  // The order among equals stays: newest first.
  return found.sort((a, b) => b.score - a.score);
}

function titleOf({ session }: SessionList['sessions'][number]): string {
  return safeText(session.name ?? session.title);
}
