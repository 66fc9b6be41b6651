// Which refs of a store are damaged: those that hold no id, and those whose id leads to nothing that can be read. Only looks.

import { GsessError } from '../errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { SESSION_REFS, type Store } from './store.ts';

export interface RefDamage {
  /** A ref, `HEAD` or `packed-refs`. */
  readonly ref: string;
  readonly reason: string;
  /** What it holds, where that is an id. */
  readonly holds: ObjectId | undefined;
}

/** The damaged refs, by name. */
export function findRefDamage(store: Store): RefDamage[] {
  const { refs, damaged } = store.refs.scan('');
  const unreadable = damaged.map(({ name, reason }) => ({ ref: name, reason, holds: undefined }));
  const headFault = faultOf(() => store.refs.head());
  const head =
    headFault === undefined ? [] : [{ ref: 'HEAD', reason: headFault, holds: undefined }];
  const leading = refs.flatMap(({ name, id }) => {
    const reason = faultOf(() => lookAt(store, name, id));
    return reason === undefined ? [] : [{ ref: name, reason, holds: id }];
  });
  return [...head, ...unreadable, ...leading];
}

/** The object and what stands right behind it; `gsess verify` reads the rest. */
function lookAt({ objects }: Store, ref: string, id: ObjectId): void {
  const { type } = objects.sizeOf(id);
  if (type === 'tag') objects.sizeOf(objects.readTag(id).object);
  if (type !== 'commit') return;
  const { tree } = objects.readCommit(id);
  const session = objects.readTree(tree).find(({ name }) => name === 'session.json');
  if (ref.startsWith(SESSION_REFS) && session !== undefined) objects.read(session.id);
}

function faultOf(look: () => unknown): string | undefined {
  try {
    look();
    return undefined;
  } catch (error) {
    if (!(error instanceof GsessError)) throw error;
    return String(error.data['reason'] ?? error.message);
  }
}
