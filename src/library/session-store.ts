// The sessions of one project, as the author of an agent sees them. The shape alone: what it does stands in `git-store.ts`, and in
// `memory-store.ts` for a run of which nothing is kept.
//
// A reference is what a user writes: an id or the beginning of one, a name, `latest`, a number of the list; for a moment of a session also
// a tag, `@2` (the end of turn 2 of the session that is open), `name@2`, `~1` (one checkpoint before), or the beginning of a commit id.
// What names nothing gives null; what names two things throws `ambiguous`, its `data.candidates` saying which.

import type { GsessError } from '../errors.ts';
import type { Recorder, ToolCall } from './recorder.ts';
import type { Present, PutBack, RecordedState, SessionState } from './session-state.ts';

/** Of every call that may have to wait for another process. */
export interface CallOptions {
  /** Ends the waiting: the call then rejects with the signal's reason, and has changed nothing. */
  readonly signal?: AbortSignal;
  /** Told while files are read, so that what takes long can be shown. */
  readonly onProgress?: (progress: { readonly files: number; readonly bytes: number }) => void;
}

export interface SessionSummary {
  /** A UUID. */
  readonly id: string;
  /** What the user called it. */
  readonly name: string | null;
  /** Its name, else its title, else the last prompt that says something, in one line. */
  readonly title: string;
  readonly agent: string;
  /** The git branch that the project was on when something was last said. */
  readonly branch: string | null;
  /** When something was last said; ISO 8601, UTC. */
  readonly updatedAt: string;
  readonly turns: number;
  readonly checkpoints: number;
  /** The directory whose files are kept with it. */
  readonly root: string;
  /** A process is recording it now. */
  readonly live: boolean;
}

export interface CheckpointSummary {
  /** A commit id. */
  readonly id: string;
  readonly session: string;
  /** `prompt`, `tool`, `turn`, `manual`, `import`, `restore`, `fork` or `rename`. */
  readonly kind: string;
  /** What it is, in one line. */
  readonly subject: string;
  readonly turn: number;
  /** The tool that was about to run. */
  readonly tool: string | null;
  /** When it was made; ISO 8601, UTC. */
  readonly at: string;
}

export interface CreateOptions {
  /** Throws `name-invalid`, or `guard` where another session has the name, on the first save. */
  readonly name?: string;
  readonly state?: RecordedState;
}

export interface ListOptions extends CallOptions {
  /** So many of the newest at most. */
  readonly limit?: number;
  /** Also the sessions of other agents in this project, which cannot be resumed here. */
  readonly allAgents?: boolean;
}

/** How a conversation was left: answered, with a prompt that nothing came back to, or in the middle of a turn. */
export type Interruption = 'none' | 'interrupted_prompt' | 'interrupted_turn';

export interface ResumeOptions<Message extends object> extends CallOptions {
  /** Goes on in a new session, which begins with this conversation; the old one stays as it is. */
  readonly fork?: boolean;
  /** `repair` (unless told): every call without a result gets one that says it was interrupted. `keep`: the last is left open. */
  readonly pending?: 'repair' | 'keep';
  /** So many of the last messages at most, beginning with a prompt; what is kept on disk is not cut. */
  readonly maxMessages?: number;
  /** What there is here, for what of the state can be put back. */
  readonly present?: Present;
  /** Called before the session is handed out; the messages that it gives are added to those restored. */
  readonly onResume?: (
    resumed: Resumed<Message>,
  ) => readonly Message[] | Promise<readonly Message[]>;
}

export interface Resumed<Message extends object = object> {
  readonly session: SessionSummary;
  readonly recorder: Recorder<Message>;
  /** The conversation as the model should be given it: orphaned calls answered, what `onResume` gave at the end. */
  readonly messages: readonly Message[];
  /** A call that was about to run where the session was left or went back to: run it again, or leave it. */
  readonly call: ToolCall | null;
  /** The calls that were given an answer because they had none. */
  readonly orphans: readonly ToolCall[];
  readonly interruption: Interruption;
  /** What was put down with the session; in a fork without what belongs to the old session alone. */
  readonly state: SessionState;
  /** What of it to go on with, by what `present` allows. */
  readonly putBack: PutBack;
  readonly warnings: readonly string[];
}

export interface TagSummary {
  readonly name: string;
  /** The commit id of the checkpoint. */
  readonly checkpoint: string;
  readonly session: string | null;
  readonly turn: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** A path below the root; one that is not UTF-8 as its bytes. */
export type FilePath = string | { readonly base64: string };

export interface RestoreOptions extends CallOptions {
  /** Unless told: whatever of the two the checkpoint holds. */
  readonly files?: boolean;
  readonly conversation?: boolean;
  /** Only these files and directories, relative to the root. */
  readonly paths?: readonly string[];
}

/** What a restore would do. Nothing has been done yet. */
export interface RestorePlan {
  readonly checkpoint: CheckpointSummary;
  readonly session: SessionSummary;
  readonly create: readonly FilePath[];
  readonly write: readonly FilePath[];
  readonly delete: readonly FilePath[];
  /** Not to be had without touching what must not be touched; with any of these, `apply` throws `guard`. */
  readonly blocked: readonly { readonly path: FilePath; readonly reason: string }[];
  /** The conversation goes back too. */
  readonly conversation: boolean;
  /** There is nothing to do. */
  readonly isEmpty: boolean;
  /**
   * Carries it out, after the present was made a checkpoint. Throws `tree-changed` if the files are no longer those that were looked at,
   * `confirmation-needed` if more files would be deleted than `deletions` agrees to. The conversation goes back when the
   * session is resumed; a recorder that is open for it must be closed first.
   */
  apply(options?: ApplyOptions): Promise<RestoreOutcome>;
}

export interface ApplyOptions extends CallOptions {
  /** Agrees to the deletion of many files: how many, or any number. */
  readonly deletions?: number | 'any';
}

export interface RestoreOutcome {
  /** The commit id of the session's newest checkpoint. */
  readonly checkpoint: string | null;
  /** The call that the checkpoint was made before: to be proposed again, to run or to skip. */
  readonly call: ToolCall | null;
  readonly warnings: readonly string[];
}

export interface UndoOptions extends ApplyOptions {
  /** Also take what was changed since, which is saved first; else that throws `tree-changed`. */
  readonly everything?: boolean;
}

export interface UndoOutcome {
  /** What was taken back. */
  readonly summary: string;
  readonly created: readonly FilePath[];
  readonly written: readonly FilePath[];
  readonly deleted: readonly FilePath[];
  readonly warnings: readonly string[];
}

/** What became of a slash command, and what is left to do. `text` is for the user, free of anything that acts on a terminal. */
export type SlashResult<Message extends object = object> = {
  readonly text: string;
  /** As the command prints it with `--json`, and as `docs/json.md` describes it; null where there is none. */
  readonly data: unknown;
} & (
  | { readonly kind: 'done' }
  /** What it lists is there to choose from: run the line again with a name or a number of the list behind it. */
  | { readonly kind: 'choose' }
  /** Nothing was done: ask, and run the line `yes` if the answer is yes. */
  | { readonly kind: 'confirm'; readonly question: string; readonly yes: string }
  | { readonly kind: 'failed'; readonly error: GsessError }
  /** The conversation is another one now: close the recorder that was in use and go on with this. A `resumed.call` that was about to run
   * after a restore is left open: run it again, or append a result that says it was skipped. */
  | { readonly kind: 'resumed'; readonly resumed: Resumed<Message> }
);

export interface SessionStore<Message extends object = object> {
  /** The directory whose files are kept. */
  readonly root: string;
  /** The git repository that holds the sessions, there or not; null where nothing is kept. */
  readonly repository: string | null;
  /** Begins a session. Nothing is written before the first message. */
  create(options?: CreateOptions): Recorder<Message>;
  /** The sessions of this agent in this project, newest first. */
  list(options?: ListOptions): Promise<readonly SessionSummary[]>;
  /** The session of a reference. */
  resolve(reference: string, options?: CallOptions): Promise<SessionSummary | null>;
  /** The session in which something was last said: not one that is open anywhere, nor one without a turn. */
  latest(options?: CallOptions): Promise<SessionSummary | null>;
  /** The checkpoints of a session, newest first. */
  checkpoints(
    reference?: string,
    options?: ListOptions,
  ): Promise<readonly CheckpointSummary[] | null>;
  /** What was said, as it was given, up to a moment; the session is not taken up. */
  messages(reference: string, options?: CallOptions): Promise<readonly Message[] | null>;
  /**
   * Takes a session up again, as it stands or as it stood at a moment, whereupon its conversation goes back to that. A tag of another
   * session than the open one forks that. Throws `live` where it is open, `agent-unavailable` for a session of another agent.
   */
  resume(
    reference: string | SessionSummary,
    options?: ResumeOptions<Message>,
  ): Promise<Resumed<Message> | null>;
  /** Names a moment; of the open session, unless told. Throws `guard` where the tag exists, unless `replace`. */
  tag(
    name: string,
    reference?: string,
    options?: CallOptions & { readonly replace?: boolean },
  ): Promise<TagSummary | null>;
  tags(options?: CallOptions): Promise<readonly TagSummary[]>;
  deleteTag(name: string, options?: CallOptions): Promise<TagSummary | null>;
  /** Looks ahead; `plan.apply()` does it. */
  planRestore(reference: string, options?: RestoreOptions): Promise<RestorePlan | null>;
  /** Takes back the last restore, tag, fork, rename or delete in this root; null where there is none. */
  undo(options?: UndoOptions): Promise<UndoOutcome | null>;
  /** Does again what was last taken back. */
  redo(options?: UndoOptions): Promise<UndoOutcome | null>;
  /** Begins a session from a moment of another; of the open one, unless told. */
  fork(
    reference?: string,
    options?: CallOptions & { readonly name?: string },
  ): Promise<SessionSummary | null>;
  /** Throws `name-invalid`, or `guard` where another session has the name. */
  rename(reference: string, name: string, options?: CallOptions): Promise<SessionSummary | null>;
  /** Takes a session out of the list; `undo` brings it back. Throws `live` where it is open. */
  delete(reference: string, options?: CallOptions): Promise<SessionSummary | null>;
  /**
   * Runs a line that the user typed, beginning with `/`: `/resume`, `/continue`, `/sessions`, `/chat save X`, `/restore`,
   * `/rename X`, `/fork`, `/undo`, `/list`, `/show`, `/diff`, `/help` and more, as `gsess slash` does. It asks nobody; what is to be
   * asked comes back. Never throws for what a user may get wrong.
   */
  runSlashCommand(line: string, options?: CallOptions): Promise<SlashResult<Message>>;
  /** Closes what is open. */
  close(): Promise<void>;
}
