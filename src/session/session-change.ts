// A change of a session that leaves its files alone (a new name, another place in its conversation): a commit on its tip with the same
// trees and another record. Shared by rename, resume, undo.

import type { ObjectId } from '../git/object-id.ts';
import type { CheckpointKind } from './checkpoint.ts';
import type { Draft } from './checkpoint-writer.ts';
import type { RootSnapshot } from './root-snapshot.ts';
import type { SessionId } from './session-id.ts';
import type { PendingConversation, SessionRecord } from './session-record.ts';
import type { Store } from './store.ts';

export interface SessionChange {
  readonly session: SessionId;
  readonly kind: CheckpointKind;
  readonly subject: string;
  readonly operation?: string;
  /** A checkpoint it goes back to, named as second parent. */
  readonly goesBackTo?: ObjectId;
  /** The files as they are now, where they changed too. */
  readonly snapshot?: RootSnapshot;
  change(record: SessionRecord): SessionRecord;
}

/** Drafts the change on the session's present tip. */
export function draftChange(store: Store, change: SessionChange): Draft {
  const tip = store.tipOf(change.session);
  const { id } = tip;
  const record = store.record(tip);
  const back =
    change.goesBackTo === undefined || change.goesBackTo === id ? [] : [change.goesBackTo];
  return {
    record: { ...change.change(record), checkpoints: record.checkpoints + 1 },
    expect: id,
    parents: [id, ...back],
    content: {
      files: change.snapshot?.content ?? filesOf(store, tip),
      transcripts: store.entry(tip, 'transcript')?.id,
    },
    facts: {
      kind: change.kind,
      subject: change.subject,
      turn: tip.turn,
      files: change.snapshot?.coverage ?? tip.files,
      ...(change.operation === undefined ? {} : { operation: change.operation }),
    },
  };
}

/** Hands out another native id, or none; an id that was out before stays known, so that speaking under it begins a fork. */
export function withPending(
  record: SessionRecord,
  pending: PendingConversation | null,
): SessionRecord {
  const dropped = record.pending?.nativeId;
  const isKnown = dropped === undefined || dropped === pending?.nativeId;
  const nativeIds = isKnown ? record.nativeIds : [...new Set([...record.nativeIds, dropped])];
  return { ...record, pending, nativeIds };
}

/** The trees of files that a checkpoint holds, to be held again. */
export function filesOf(
  store: Store,
  checkpoint: { readonly tree: ObjectId },
): Draft['content']['files'] {
  const odd = store.entry(checkpoint, 'odd')?.id;
  const skipped = store.entry(checkpoint, 'skipped.json')?.id;
  return {
    files: store.files(checkpoint),
    ...(odd === undefined ? {} : { odd }),
    ...(skipped === undefined ? {} : { skipped }),
  };
}

/** Whether a checkpoint holds exactly these files, those beside with odd names too. */
export function holdsFiles(
  store: Store,
  checkpoint: { readonly tree: ObjectId },
  content: RootSnapshot['content'],
): boolean {
  const held = filesOf(store, checkpoint);
  return held.files === content.files && held.odd === content.odd;
}
