// What of a transcript is no news to someone who begins to watch it: what is captured already, and of a session that nobody captured, what
// stands there at the beginning. Only looks.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent } from '../agents/agent.ts';
import { NativeIndex } from '../session/native-index.ts';
import type { SessionId } from '../session/session-id.ts';
import { transcriptOf } from '../session/session-record.ts';
import { openStoreDirectory, type Store } from '../session/store.ts';
import { readStored, storedPath } from '../session/stored-transcript.ts';
import type { Context } from './context.ts';
import { type Baseline, readIfThere } from './watched-file.ts';

export interface BoundSession {
  readonly store: Store;
  readonly session: SessionId;
}

/** The session that a native id talks in; undefined as long as nothing of it was captured. */
export function boundSession(
  { surroundings }: Pick<Context, 'surroundings'>,
  agent: string,
  nativeId: string,
): BoundSession | undefined {
  const { dataDirectory } = surroundings;
  const noted = new NativeIndex(dataDirectory).find(agent, nativeId);
  if (noted === undefined) return undefined;
  const store = openStoreDirectory(join(dataDirectory, 'projects', noted.store), surroundings);
  return store?.tip(noted.session) === undefined ? undefined : { store, session: noted.session };
}

/** `isFirst`: the watching begins, so that what nobody captured so far is let be. */
export function baselineOf(
  context: Context,
  met: { readonly agent: Agent; readonly nativeId: string; readonly path: string },
  { isFirst, since }: { readonly isFirst: boolean; readonly since: number },
): Baseline {
  const { agent, nativeId, path } = met;
  const bound = boundSession(context, agent.name, nativeId);
  const stored = bound && storedIn(bound, nativeId);
  if (stored !== undefined) {
    const { bytes, content } = stored;
    return { bytes: content, isCurrent: sizeOf(path) <= bytes };
  }
  // One that gsess wrote itself is known before anybody has said a word in it.
  if (isFirst || bound !== undefined) return asItStands(path, agent);
  return { bytes: () => Buffer.alloc(0), isCurrent: false, since };
}

function storedIn(
  { store, session }: BoundSession,
  nativeId: string,
): { readonly bytes: number; readonly content: () => Buffer } | undefined {
  const tip = store.checkpoint(store.tipOf(session).id);
  const record = transcriptOf(store.record(tip), nativeId);
  if (record === undefined) return undefined;
  const transcripts = store.entry(tip, 'transcript')?.id;
  const place = { transcripts, path: storedPath(nativeId) };
  return {
    bytes: record.bytes,
    content: () => Buffer.concat([...readStored(store.objects, place)]),
  };
}

/** Lines keep their beginning, so that it can be read when more comes; a document must be read while it is what it is. */
function asItStands(path: string, { capabilities }: Agent): Baseline {
  if (capabilities.transcript === 'lines') {
    const size = sizeOf(path);
    return { bytes: () => contentOf(path).subarray(0, size), isCurrent: true };
  }
  const content = contentOf(path);
  return { bytes: () => content, isCurrent: true };
}

function contentOf(path: string): Buffer {
  return readIfThere(path) ?? Buffer.alloc(0);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
