// The sessions and tags of this project, as words that the shell can offer.

import { locateProject } from '../session/project.ts';
import { shortSessionId } from '../session/session-id.ts';
import { openStoreOf, type Store } from '../session/store.ts';
import { listTags } from '../session/tag.ts';
import type { Candidate } from './completion.ts';
import { createContext } from './context.ts';
import { createProcessOutput } from './process-output.ts';

/** Names where there are some, else the beginning of the id; a checkpoint may be named by its tag or its session. */
export async function referenceCandidates(
  what: 'session' | 'checkpoint' | 'tag',
): Promise<readonly Candidate[]> {
  const output = createProcessOutput({ json: false, isColoured: false });
  const { surroundings, cwd } = createContext({ output });
  const store = openStoreOf(locateProject(cwd, surroundings), surroundings);
  return store === undefined ? [] : candidatesIn(store, what);
}

/** The same of a store that is open. */
export function candidatesIn(
  store: Store,
  what: 'session' | 'checkpoint' | 'tag',
): readonly Candidate[] {
  const tags = () =>
    listTags(store).map(({ name, at }) => ({ word: name, description: `tag, ${at.slice(0, 10)}` }));
  if (what === 'tag') return tags();
  const sessions = store.sessions().map(({ id, name, title }) => ({
    word: name ?? shortSessionId(id),
    description: title,
  }));
  return what === 'session' ? sessions : [...tags(), ...sessions];
}
