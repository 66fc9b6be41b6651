// Captures one event of an agent after the other, all of one session, as a library call in this process.

import type { ObjectId } from '../src/git/object-id.ts';
import { capture } from '../src/session/capture.ts';
import { newBenchUser } from './bench-user.ts';

const NATIVE_ID = '11111111-1111-4111-8111-111111111111';

/** `paths`: all that has changed since the last call; without them everything is looked at. */
export function sessionSnapshots(cwd: string): (paths?: readonly string[]) => Promise<void> {
  const { surroundings } = newBenchUser('session');
  let last: ObjectId | undefined;
  return async (paths) => {
    const since = last;
    const changed = paths === undefined || since === undefined ? {} : { changed: { since, paths } };
    const { checkpoint } = await capture(
      {
        agent: 'claude',
        nativeId: NATIVE_ID,
        kind: 'tool',
        subject: 'before Edit',
        call: { name: 'Edit', input: {} },
        cwd,
        ...changed,
      },
      surroundings,
    );
    last = checkpoint;
  };
}
