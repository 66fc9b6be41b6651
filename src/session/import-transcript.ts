// Brings transcripts in from files: sessions of their own, or what they add to ones that are there. Which session a file belongs to is
// told by its native id, and doubted where the file is not the one that was stored: one that tells the same story goes into the session
// that tells it, whatever the file is called; what has diverged from all becomes a session beside the first, never a mixture. What is
// added is one operation: killed before, nothing was added; killed after, all of it is.

import { readFileSync } from 'node:fs';
import type { ObjectBatch } from '../git/object-batch.ts';
import type { ObjectId } from '../git/object-id.ts';
import { putCheckpoint, writeCheckpoint } from './checkpoint-writer.ts';
import { type Basis, basisOf, draftImport, type Import } from './import-draft.ts';
import { operate } from './operate.ts';
import { newOperation, recordOperation } from './record-operation.ts';
import { handedOut } from './resume-session.ts';
import { retryMoved } from './retry-moved.ts';
import { derivedSessionId, type SessionId, sessionIdOf } from './session-id.ts';
import { transcriptOf } from './session-record.ts';
import { type Store, sessionRef } from './store.ts';

export interface ImportResult {
  readonly id: SessionId;
  readonly status: 'added' | 'updated' | 'unchanged';
  readonly checkpoint: ObjectId;
  readonly warnings: readonly string[];
}

/**
 * Imports files, one after the other as they are handed over. The sessions they add appear at once, when all are read: one operation,
 * which undo takes back. What they add to a session that is there is kept file by file, as any other event of it.
 */
export function importTranscripts(
  store: Store,
  { root, summary }: { readonly root: string; readonly summary: string },
  files: Iterable<Import>,
): Promise<ImportResult[]> {
  return store.withWriting('import', async () => {
    const run = new ImportRun(store);
    const results: ImportResult[] = [];
    for (const file of files) results.push(await run.take(file));
    if (run.added.size === 0) return results;
    await operate(store, { root, verb: 'import' }, async () => {
      const refs = [...run.added].map(([session, { tip }]) => ({
        name: sessionRef(session),
        before: null,
        after: tip,
      }));
      const count = refs.length === 1 ? '1 session' : `${refs.length} sessions`;
      const operation = newOperation(store, {
        verb: 'import',
        root,
        summary: `${summary}: ${count}`,
        refs,
      });
      await recordOperation(store, run.batch, operation);
    });
    const [newest] = [...run.added.keys()].slice(-1);
    if (newest !== undefined) await store.refs.setHead(sessionRef(newest));
    return results;
  });
}

type Added = Basis & { readonly tip: ObjectId };

class ImportRun {
  /** All that belongs to sessions that are not there yet, so that nothing of it is in the store before a ref holds it. */
  readonly batch: ObjectBatch;
  /** The sessions that are to come, with what is drafted of them. */
  readonly added = new Map<SessionId, Added>();
  readonly #store: Store;
  /** As the run found them; none of what it adds is asked for by another id. */
  #byNativeId: ReadonlyMap<string, readonly SessionId[]> | undefined;

  constructor(store: Store) {
    this.#store = store;
    this.batch = store.batch();
  }

  async take(request: Import): Promise<ImportResult> {
    const { facts } = request;
    const own = sessionIdOf(facts.agent, facts.nativeId);
    const holder = this.#isThere(own) ? undefined : this.#holderOf(facts);
    const waiting = holder && waitingIn(this.#store, holder, request);
    if (waiting !== undefined) return waiting;
    const owner = holder ?? own;
    for (const session of this.#tellingOf(owner, request)) {
      const taken = await this.#takeInto(session, request);
      if (taken === 'diverged') continue;
      if (session === owner) return taken;
      const warning = `Session '${owner}' has the same native id and other contents; this one is kept beside it`;
      return { ...taken, warnings: [warning, ...taken.warnings] };
    }
    throw new Error('a session that is new cannot diverge');
  }

  /** The sessions that may tell the story of the file: the first, those beside it that have the same native id, and new ones. */
  *#tellingOf(owner: SessionId, { source, facts }: Import): Generator<SessionId> {
    yield owner;
    const { agent, nativeId } = facts;
    const text = `${agent}\0${nativeId}\0${source.path}`;
    const named = derivedSessionId(text);
    if (this.#isBeside(named, facts)) yield named;
    this.#byNativeId ??= sessionsByNativeId(this.#store);
    for (const id of [...(this.#byNativeId.get(nativeId) ?? []), ...this.added.keys()]) {
      if (id !== owner && id !== named && this.#isBeside(id, facts)) yield id;
    }
    // That of the path may have gone on in another file since.
    for (let number = 1; ; number += 1) {
      const id = number === 1 ? named : derivedSessionId(`${text}\0${number}`);
      if (!this.#isThere(id)) yield id;
    }
  }

  #isThere(session: SessionId): boolean {
    return this.added.has(session) || this.#store.tip(session) !== undefined;
  }

  /** What was forked here shares what it was forked from, and is nobody's copy. */
  #isBeside(session: SessionId, { agent, nativeId }: Import['facts']): boolean {
    if (!this.#isThere(session)) return false;
    const record =
      this.added.get(session)?.record ?? this.#store.record(this.#store.tipOf(session));
    return (
      record.agent === agent &&
      record.forkedFrom === null &&
      record.activeNativeId === nativeId &&
      transcriptOf(record, nativeId) !== undefined
    );
  }

  /**
   * The session that an id was handed out for, or that goes on under it, where the id is not its own. One that has left the id behind is
   * not asked: what is said under it since is a conversation of its own.
   */
  #holderOf({ agent, nativeId }: Import['facts']): SessionId | undefined {
    this.#byNativeId ??= sessionsByNativeId(this.#store);
    return (this.#byNativeId.get(nativeId) ?? [])
      .map((id) => this.#store.record(this.#store.tipOf(id)))
      .filter((one) => one.agent === agent)
      .find((one) => one.activeNativeId === nativeId || one.pending?.nativeId === nativeId)?.id;
  }

  #takeInto(session: SessionId, request: Import): Promise<ImportResult | 'diverged'> {
    const drafted = this.added.get(session);
    if (drafted !== undefined) return Promise.resolve(this.#add(session, drafted, request));
    return retryMoved(async () => {
      const basis = basisOf(this.#store, session, request.facts);
      if (basis.tip === undefined) return this.#add(session, basis, request);
      return this.#update(session, { ...basis, tip: basis.tip }, request);
    });
  }

  #add(session: SessionId, basis: Basis, request: Import): ImportResult | 'diverged' {
    const found = draftImport(this.batch, basis, request);
    if (found.kind === 'diverged') return 'diverged';
    const { warnings } = found;
    if (found.kind === 'unchanged') {
      return { id: session, status: 'unchanged', checkpoint: found.tip, warnings };
    }
    const { draft } = found;
    const tip = putCheckpoint(this.#store, this.batch, draft);
    const { files, transcripts } = draft.content;
    const { coverage } = basis;
    this.added.set(session, { tip, record: draft.record, transcripts, files, coverage });
    const status = basis.tip === undefined ? 'added' : 'updated';
    return { id: session, status, checkpoint: tip, warnings };
  }

  async #update(
    session: SessionId,
    basis: Added,
    request: Import,
  ): Promise<ImportResult | 'diverged'> {
    const batch = this.#store.batch();
    const found = draftImport(batch, basis, request);
    if (found.kind !== 'drafted') batch.discard();
    if (found.kind === 'diverged') return 'diverged';
    const { kind, warnings } = found;
    if (kind === 'unchanged') {
      return { id: session, status: 'unchanged', checkpoint: found.tip, warnings };
    }
    const checkpoint = await writeCheckpoint(this.#store, batch, { draft: found.draft });
    return { id: session, status: 'updated', checkpoint, warnings };
  }
}

function sessionsByNativeId(store: Store): ReadonlyMap<string, readonly SessionId[]> {
  const found = new Map<string, SessionId[]>();
  for (const { id, nativeIds } of store.sessions()) {
    for (const nativeId of nativeIds) found.set(nativeId, [...(found.get(nativeId) ?? []), id]);
  }
  return found;
}

/** What was handed out and is as it was has nothing that the session has not. */
function waitingIn(
  store: Store,
  session: SessionId,
  { source, facts, form }: Import,
): ImportResult | undefined {
  const tip = store.tipOf(session);
  const { pending } = store.record(tip);
  if (form === undefined || pending?.nativeId !== facts.nativeId) return undefined;
  const bytes = readFileSync(source.path);
  if (!handedOut(store, session, { pending, form }).some((one) => one.equals(bytes))) {
    return undefined;
  }
  return { id: session, status: 'unchanged', checkpoint: tip.id, warnings: [] };
}
