// Which sessions of the list are shown: those that the filter, the branch and the tags let through. What is typed ranks them; without
// it they stand newest first, with the lines of their forks.

import type { SessionSummary } from '../session/session-summary.ts';
import type { BrowserState, ListedSession, SessionList } from './browser-state.ts';
import { forkLanes } from './fork-lanes.ts';
import { foldCase, fuzzyScore } from './fuzzy-match.ts';
import { safeText } from './safe-text.ts';
import { typedText } from './typed-line.ts';

export interface ShownTitle {
  /** Safe to show. */
  readonly title: string;
  /** What the filter is looked for in: as long as the title. */
  readonly folded: string;
}

/** A summary is never changed, and its title is needed for every key. */
const titles = new WeakMap<SessionSummary, ShownTitle>();

export function titleOf(session: SessionSummary): ShownTitle {
  const known = titles.get(session);
  if (known !== undefined) return known;
  const title = safeText(session.name ?? session.title);
  const made = { title, folded: foldCase(title) };
  titles.set(session, made);
  return made;
}

/** What is looked for: blanks are only there for who types. */
export function soughtText({ filter }: Pick<SessionList, 'filter'>): string {
  return foldCase(safeText(typedText(filter).replaceAll(' ', '')));
}

/** The list with what it shows chosen anew; the cursor stays on its session, or goes to the first. */
export function filterSessions(
  list: SessionList,
  { branch }: Pick<BrowserState, 'branch'>,
  { keepsCursor = true }: { readonly keepsCursor?: boolean } = {},
): SessionList {
  const candidates =
    list.onlyBranch || list.onlyTagged
      ? list.sessions.filter(({ session }) => isLetThrough(session, list, branch))
      : list.sessions;
  const sought = soughtText(list);
  const shown = sought === '' ? candidates : ranked(candidates, sought);
  const present = keepsCursor ? list.shown[list.cursor]?.session.id : undefined;
  const cursor =
    present === undefined ? 0 : shown.findIndex(({ session }) => session.id === present);
  return {
    ...list,
    shown,
    lanes: sought === '' ? forkLanes(shown) : [],
    cursor: Math.max(0, cursor),
    top: keepsCursor ? list.top : 0,
  };
}

function isLetThrough(
  { id, branch }: SessionSummary,
  { onlyBranch, onlyTagged, tagged }: SessionList,
  present: string | undefined,
): boolean {
  return (!onlyBranch || branch === (present ?? null)) && (!onlyTagged || tagged.has(id));
}

/** Best first; the order among equals stays: newest first. */
function ranked(candidates: readonly ListedSession[], sought: string): readonly ListedSession[] {
  const byScore = new Map<number, ListedSession[]>();
  for (const listed of candidates) {
    const score = fuzzyScore(sought, titleOf(listed.session).folded);
    if (score === undefined) continue;
    const equals = byScore.get(score);
    if (equals === undefined) byScore.set(score, [listed]);
    else equals.push(listed);
  }
  return [...byScore.keys()].sort((a, b) => b - a).flatMap((score) => byScore.get(score) ?? []);
}
