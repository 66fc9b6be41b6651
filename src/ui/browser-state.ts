// All that the browser knows at a moment, as plain values: what is listed, what is looked at, what is being typed. The reducers make a
// new one of it for every key and every answer; the layout draws it. Nothing here is ever read from a disk.

import type { ObjectId } from '../git/object-id.ts';
import type { Checkpoint } from '../session/checkpoint.ts';
import type { SessionId } from '../session/session-id.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import type { Against, Effect, RestorePart, TakeBack } from './browser-effect.ts';
import type { TypedLine } from './typed-line.ts';

/** A key that runs a command, as the table of commands declares it. */
export interface Binding {
  readonly view: 'sessions' | 'moments';
  readonly key: string;
  readonly command: string;
  /** The option of the command that the key stands for. */
  readonly option?: string | undefined;
  /** What it does, in a word or two. */
  readonly label: string;
}

/** A session in the list, and the project it is of where that is another one. */
export interface ListedSession {
  readonly session: SessionSummary;
  /** Null for a session of this project. */
  readonly project: string | null;
}

export type Scope = 'project' | 'all';

export interface SessionList {
  readonly scope: Scope;
  readonly sessions: readonly ListedSession[];
  /** False while only the newest were read. */
  readonly isWhole: boolean;
  readonly tagged: ReadonlySet<SessionId>;
  readonly filter: TypedLine;
  readonly onlyBranch: boolean;
  readonly onlyTagged: boolean;
  /** Those that the filter lets through. */
  readonly shown: readonly ListedSession[];
  /** The lines that forks draw, as many as are shown; none where nothing was forked. */
  readonly lanes: readonly string[];
  readonly cursor: number;
  readonly top: number;
}

/** How many files a checkpoint added, modified and deleted. */
export interface ChangeCounts {
  readonly added: number;
  readonly modified: number;
  readonly deleted: number;
}

export interface MomentList {
  readonly kind: 'moments';
  readonly listed: ListedSession;
  readonly moments: readonly Checkpoint[];
  /** False while there are older ones. */
  readonly isWhole: boolean;
  /** The oldest is wanted, however many have to be read on the way. */
  readonly seeksEnd: boolean;
  readonly counts: ReadonlyMap<ObjectId, ChangeCounts>;
  readonly tags: ReadonlyMap<ObjectId, readonly string[]>;
  readonly marked: Checkpoint | undefined;
  readonly cursor: number;
  readonly top: number;
}

/** A text to scroll in: a conversation, a difference, the keys, what a command said. */
export interface Pager {
  readonly kind: 'pager';
  readonly title: string;
  /** As it came, in colours. */
  readonly text: readonly string[];
  /** Folded to the screen. */
  readonly lines: readonly string[];
  readonly top: number;
  readonly isLoading: boolean;
  /** What the answer that it waits for is known by. */
  readonly ticket: number;
  /** Opened at its end, as a conversation is. */
  readonly fromEnd: boolean;
  /** What two moments are compared, where it is a difference. */
  readonly diff?: {
    readonly listed: ListedSession;
    readonly checkpoint: Checkpoint;
    readonly marked: Checkpoint | undefined;
    readonly against: Against;
  };
}

/** What is about to be done, and has to be agreed to. */
export interface PlanView {
  readonly kind: 'plan';
  readonly title: string;
  readonly text: readonly string[];
  readonly lines: readonly string[];
  readonly top: number;
  readonly isLoading: boolean;
  readonly ticket: number;
  /** What carries it out; undefined where there is nothing to do, or it is not known yet. */
  readonly carriesOut: Effect | undefined;
  /** Many files would be deleted, which is agreed to by itself. */
  readonly deletes: { readonly deleted: number; readonly of: number } | undefined;
  readonly restore?: {
    readonly listed: ListedSession;
    readonly checkpoint: Checkpoint;
    readonly part: RestorePart;
  };
  readonly takeBack?: TakeBack;
}

export type Layer = MomentList | Pager | PlanView;

/** A line that is asked for at the foot of the screen. */
export interface Asking {
  readonly what: 'tag' | 'fork' | 'worktree' | 'rename' | 'line';
  readonly label: string;
  readonly line: TypedLine;
  readonly listed: ListedSession | undefined;
  readonly checkpoint: ObjectId | undefined;
  /** What a command line may go on with. */
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  readonly word: string;
  readonly description: string;
}

export interface Notice {
  readonly tone: 'good' | 'bad' | 'plain';
  readonly text: string;
}

/** How the browser ends. */
export type Outcome =
  | { readonly kind: 'quit' }
  | {
      readonly kind: 'resume';
      readonly session: SessionId;
      readonly checkpoint: ObjectId | undefined;
    };

export interface BrowserState {
  readonly columns: number;
  readonly rows: number;
  readonly now: number;
  readonly project: string;
  /** The git branch that the project is on. */
  readonly branch: string | undefined;
  readonly bindings: readonly Binding[];
  readonly list: SessionList;
  /** What lies over the list, the topmost last. */
  readonly layers: readonly Layer[];
  readonly asking: Asking | undefined;
  readonly notice: Notice | undefined;
  /** What is being done now. */
  readonly busy: string | undefined;
  readonly nextTicket: number;
  readonly outcome: Outcome | undefined;
}

/** A state, and what has to be done for it. */
export interface Step {
  readonly state: BrowserState;
  readonly effects: readonly Effect[];
}

export function step(state: BrowserState, ...effects: readonly Effect[]): Step {
  return { state, effects };
}

export function topLayer({ layers }: BrowserState): Layer | undefined {
  return layers.at(-1);
}

export function withTopLayer(state: BrowserState, layer: Layer): BrowserState {
  return { ...state, layers: [...state.layers.slice(0, -1), layer] };
}

export function pushLayer(state: BrowserState, layer: Layer): BrowserState {
  return { ...state, layers: [...state.layers, layer], notice: undefined };
}

export function popLayer(state: BrowserState): BrowserState {
  return { ...state, layers: state.layers.slice(0, -1), notice: undefined };
}
