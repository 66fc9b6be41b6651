// Turns a drafted checkpoint into a commit and moves the session's branch to it, in that order and durably: when this resolves, the
// checkpoint survives a power cut; when it throws, the branch is where it was. Written by: every verb that adds to a session.

import { encodeCommit } from '../git/commit.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import { EMPTY_TREE, type ObjectId } from '../git/object-id.ts';
import { rawName } from '../git/raw-path.ts';
import type { RefEdit } from '../git/ref-store.ts';
import { encodeTree, type TreeEntry, type TreeMode } from '../git/tree.ts';
import { type CheckpointFacts, checkpointCommit } from './checkpoint.ts';
import { putJson } from './put-json.ts';
import { encodeSessionRecord, type PendingCall, type SessionRecord } from './session-record.ts';
import { type Store, sessionRef } from './store.ts';

/** The trees and blobs of a checkpoint that are there already, or in the batch. */
export interface Content {
  readonly files: {
    readonly files: ObjectId;
    readonly odd?: ObjectId;
    readonly skipped?: ObjectId;
  };
  readonly transcripts: ObjectId | undefined;
  readonly call?: PendingCall;
}

export interface Draft {
  readonly record: SessionRecord;
  readonly content: Content;
  readonly facts: CheckpointFacts;
  readonly parents: readonly ObjectId[];
  /** What the branch must be at for the draft to hold. */
  readonly expect: ObjectId | 'absent';
}

/** Writes the commit into the batch and returns its id; nothing points at it yet. */
export function putCheckpoint(store: Store, batch: ObjectBatch, draft: Draft): ObjectId {
  const { record, content, facts, parents } = draft;
  const tree = batch.put('tree', encodeTree(entriesOf(batch, record, content)));
  const at = store.surroundings.now();
  return batch.put('commit', encodeCommit(checkpointCommit(facts, record, { tree, parents, at })));
}

/**
 * Makes the checkpoint durable, then moves the branch to it, `alongside` moving other refs after it. Throws `ref-moved` if the
 * branch is no longer where the draft expects it.
 */
export async function writeCheckpoint(
  store: Store,
  batch: ObjectBatch,
  { draft, alongside = [] }: { readonly draft: Draft; readonly alongside?: readonly RefEdit[] },
): Promise<ObjectId> {
  const commit = putCheckpoint(store, batch, draft);
  await publishCheckpoint(store, batch, { commit, draft, alongside });
  return commit;
}

/** Makes the batch with the commit durable and moves the branch to it. */
export async function publishCheckpoint(
  store: Store,
  batch: ObjectBatch,
  {
    commit,
    draft,
    alongside,
  }: {
    readonly commit: ObjectId;
    readonly draft: Draft;
    readonly alongside: readonly RefEdit[];
  },
): Promise<void> {
  const branch = sessionRef(draft.record.id);
  const move = { name: branch, value: commit, expect: draft.expect };
  await store.publish(batch, [move, ...alongside], draft.facts.kind);
  // HEAD names the newest session, for those who look with git; it is a convenience, so nothing waits for it.
  if (!store.refs.headIs(branch)) await store.refs.setHead(branch);
}

function entriesOf(batch: ObjectBatch, record: SessionRecord, content: Content): TreeEntry[] {
  const entry = (name: string, mode: TreeMode, id: ObjectId): TreeEntry => ({
    name: rawName(name),
    mode,
    id,
  });
  const { files, transcripts, call } = content;
  const entries = [
    entry('files', '40000', files.files),
    entry('session.json', '100644', batch.put('blob', encodeSessionRecord(record))),
  ];
  if (files.files === EMPTY_TREE) batch.put('tree', Buffer.alloc(0));
  if (transcripts !== undefined) entries.push(entry('transcript', '40000', transcripts));
  if (files.odd !== undefined) entries.push(entry('odd', '40000', files.odd));
  if (files.skipped !== undefined) entries.push(entry('skipped.json', '100644', files.skipped));
  if (call !== undefined) entries.push(entry('call.json', '100644', putJson(batch, call)));
  return entries;
}
