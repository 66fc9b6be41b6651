// What the browser wants done, and what came of it: the one seam between the keys and the store. Whoever opens the browser carries
// effects out; each ends in one event. Both are plain values, so a test plays either side.

import type { ObjectId } from '../git/object-id.ts';
import type { Checkpoint } from '../session/checkpoint.ts';
import type { SessionId } from '../session/session-id.ts';
import type {
  Binding,
  Candidate,
  ChangeCounts,
  ListedSession,
  Notice,
  Scope,
} from './browser-state.ts';
import type { KeyPress } from './key-press.ts';

/** What a moment is compared with: the one before it, the files on the disk, or another moment. */
export type Against = 'before' | 'now' | ObjectId;

/** Which halves of a checkpoint go back. */
export interface RestorePart {
  readonly files: boolean;
  readonly conversation: boolean;
}

export type TakeBack = 'undo' | 'redo';

interface OfMoment {
  readonly listed: ListedSession;
  readonly checkpoint: ObjectId;
}

/** `ticket` names who waits for the answer: a text or a plan that is on the screen. */
export type Effect = { readonly ticket?: number } & (
  | { readonly do: 'list'; readonly scope: Scope }
  | { readonly do: 'bind' }
  | {
      readonly do: 'preview';
      readonly listed: ListedSession;
      readonly checkpoint?: ObjectId | undefined;
    }
  | {
      readonly do: 'moments';
      readonly listed: ListedSession;
      /** The next to be read; the newest of the session where it is left out. */
      readonly from?: ObjectId | undefined;
      readonly count: number;
    }
  | { readonly do: 'tags'; readonly listed: ListedSession | undefined }
  | {
      readonly do: 'count';
      readonly listed: ListedSession;
      readonly checkpoints: readonly Checkpoint[];
    }
  | ({ readonly do: 'diff'; readonly against: Against } & OfMoment)
  | ({ readonly do: 'plan-restore'; readonly part: RestorePart } & OfMoment)
  | ({
      readonly do: 'restore';
      readonly part: RestorePart;
      readonly agreed: number;
    } & OfMoment)
  | { readonly do: 'plan-take-back'; readonly direction: TakeBack }
  | {
      readonly do: 'take-back';
      readonly direction: TakeBack;
      readonly agreed: number;
    }
  | ({ readonly do: 'tag'; readonly name: string } & OfMoment)
  | ({
      readonly do: 'fork';
      readonly name: string;
      readonly directory?: string;
      /** Where the session stands, not one of its moments. */
      readonly isSession: boolean;
    } & OfMoment)
  | { readonly do: 'rename'; readonly listed: ListedSession; readonly name: string }
  | { readonly do: 'plan-delete'; readonly listed: ListedSession }
  | { readonly do: 'delete'; readonly listed: ListedSession }
  | { readonly do: 'elsewhere'; readonly listed: ListedSession }
  /** `fills`: what all candidates begin with is put in. */
  | { readonly do: 'complete'; readonly line: string; readonly fills: boolean }
  | { readonly do: 'line'; readonly line: string }
);

export type Answer =
  | {
      readonly type: 'listed';
      readonly scope: Scope;
      readonly sessions: readonly ListedSession[];
      readonly isWhole: boolean;
      readonly tagged: ReadonlySet<SessionId>;
      readonly now: number;
    }
  | { readonly type: 'bound'; readonly bindings: readonly Binding[] }
  | {
      readonly type: 'moments';
      readonly session: SessionId;
      readonly from: ObjectId | undefined;
      readonly moments: readonly Checkpoint[];
      readonly isWhole: boolean;
    }
  | { readonly type: 'tags'; readonly tags: ReadonlyMap<ObjectId, readonly string[]> }
  | { readonly type: 'counted'; readonly counts: ReadonlyMap<ObjectId, ChangeCounts> }
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'planned';
      readonly text: string;
      /** Undefined where there is nothing to do. */
      readonly carriesOut: Effect | undefined;
      /** Of a restore: what of it can go back at all. */
      readonly part?: RestorePart;
    }
  /** Something was changed: what, and how to take it back. */
  | { readonly type: 'done'; readonly notice: Notice }
  /** Nothing was changed. */
  | { readonly type: 'told'; readonly notice: Notice; readonly text?: string }
  /** The browser is left for this session. */
  | { readonly type: 'leave'; readonly session: SessionId }
  /** Refused because so many files would be deleted; asked anew with that. */
  | { readonly type: 'deletes'; readonly deleted: number; readonly of: number }
  | {
      readonly type: 'completed';
      readonly line: string;
      readonly fills: boolean;
      readonly candidates: readonly Candidate[];
    }
  | { readonly type: 'failed'; readonly message: string; readonly hint: string | undefined };

export type BrowserEvent =
  | { readonly type: 'key'; readonly key: KeyPress }
  | { readonly type: 'resized'; readonly columns: number; readonly rows: number }
  | (Answer & { readonly ticket?: number | undefined });
