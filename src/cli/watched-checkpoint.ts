// What is printed of a checkpoint that watching made, while the watching goes on.

import { shortSessionId } from '../session/session-id.ts';
import type { Context } from './context.ts';
import type { WatchedCheckpoint } from './session-watch.ts';

/** One line each; with `--json` one value each. */
export function tellWatched({
  output,
}: Pick<Context, 'output'>): (made: WatchedCheckpoint) => Promise<void> {
  return ({ agent, nativeId, path, checkpoint }) => {
    const { id, session, kind, turn, subject, at } = checkpoint;
    const time = new Date(at).toISOString();
    const value = { checkpoint: id, session, agent, nativeId, path, kind, turn, subject, at: time };
    return output.line(
      value,
      [time.slice(11, 19), shortSessionId(session), agent, subject].join('  '),
    );
  };
}
