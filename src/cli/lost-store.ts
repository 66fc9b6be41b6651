// Tells a project that gsess never knew from one whose store was taken away.

import { basename } from 'node:path';
import { GsessError } from '../errors.ts';
import { NativeIndex } from '../session/native-index.ts';
import type { Project } from '../session/project.ts';
import type { Surroundings } from '../session/surroundings.ts';

/** Someone removed the store; what was kept in it would otherwise seem never to have been. */
export function refuseLostStore(
  { root, storeDirectory }: Project,
  { dataDirectory }: Surroundings,
): void {
  if (!new NativeIndex(dataDirectory).knowsStore(basename(storeDirectory))) return;
  throw new GsessError('not-found', `The store of '${root}' is gone: '${storeDirectory}'`, {
    hint: 'Put it back from a backup; else a new one begins with the next event of an agent. The project itself is as it was.',
    data: { store: storeDirectory },
  });
}
