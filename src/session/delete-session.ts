// Takes a session out of the list. Its branch goes into the trash, from where undo brings it back; tags keep what they name.

import { GsessError } from '../errors.ts';
import { pointHeadElsewhere } from './head.ts';
import { operate } from './operate.ts';
import { newOperation, recordOperation } from './record-operation.ts';
import type { SessionSummary } from './session-summary.ts';
import { type Store, sessionRef } from './store.ts';

/** Throws `live` if an agent is talking in it. */
export async function deleteSession(
  store: Store,
  { session, root }: { readonly session: SessionSummary; readonly root: string },
): Promise<void> {
  if (session.live) {
    throw new GsessError('live', `Session '${session.title}' is live`, {
      hint: 'End it in its agent first.',
      data: { session: session.id },
    });
  }
  await operate(store, { root, verb: 'delete' }, () =>
    recordOperation(
      store,
      store.batch(),
      newOperation(store, {
        verb: 'delete',
        root,
        summary: `delete ${session.id}`,
        refs: [{ name: sessionRef(session.id), before: session.tip, after: null }],
      }),
    ),
  );
  store.leases.release(session.id);
  await pointHeadElsewhere(store);
}
