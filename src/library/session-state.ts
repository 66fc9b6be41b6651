// What an agent puts down of itself with a session, and is given back with it. Every field has a place of its own, so that what belongs to
// one session alone stays out of its forks, and what the present does not allow is not put back; what gsess knows nothing of is kept
// as it is.

/** All of it, as a session is resumed with. */
export interface SessionState {
  readonly model: string | null;
  readonly provider: string | null;
  /** What the agent keeps of files: its own backups, who wrote what, contents that stand in for others. */
  readonly files: {
    readonly history: readonly unknown[];
    readonly attributions: readonly unknown[];
    readonly replacements: readonly unknown[];
  };
  /** Parts of the conversation that were folded away. */
  readonly collapse: { readonly commits: readonly unknown[]; readonly snapshot: unknown };
  readonly identity: {
    readonly agentName: string | null;
    readonly agentColor: string | null;
    /** The definition that the main conversation runs under. */
    readonly agentSetting: string | null;
    readonly customTitle: string | null;
    readonly aiTitle: string | null;
    readonly tag: string | null;
    readonly mode: string | null;
  };
  readonly permission: { readonly mode: string | null; readonly isolationLatch: string | null };
  readonly workspace: {
    readonly worktree: unknown;
    readonly pullRequest: {
      readonly number: number;
      readonly url: string | null;
      readonly repository: string | null;
    } | null;
  };
  /** The remote end that the session was shown on. */
  readonly bridge: { readonly session: string | null; readonly lastSequence: number | null };
  /** What is to be reached before the agent stops. */
  readonly goal: string | null;
  /** Anything else, as it was put down. */
  readonly [other: string]: unknown;
}

/** Any part of it: what is left out stays as it was. */
export type RecordedState = {
  readonly [Field in keyof SessionState]?: SessionState[Field] extends object | null
    ? Partial<SessionState[Field]> | null
    : SessionState[Field];
};

/** What is there where a session is taken up, for what of its state can be put back. */
export interface Present {
  /** The mode that was asked for in place of the saved one. */
  readonly permissionMode?: string;
  /** Modes that are never put back. */
  readonly droppedModes?: readonly string[];
  /** Goes over to a mode. Where it throws or returns false, the session goes on without, and that is told. */
  readonly enterMode?: (mode: string) => boolean;
  /** The agent definitions that there are; a saved one that is not among them is told. */
  readonly agents?: readonly string[];
  /** The definition that was asked for. */
  readonly agent?: string;
  /** The model that was asked for. */
  readonly model?: string;
  readonly allowsModel?: (model: string) => boolean;
  /** Nothing comes in from a bridge. */
  readonly isOutboundOnly?: boolean;
  /** A prompt that nothing came back to is said again: it is `firstInput` then. */
  readonly resumesInterrupted?: boolean;
  /** What is said first. */
  readonly prompt?: string;
}

/** What to go on with, where that is not simply the state. Null where the usual is meant. */
export interface PutBack {
  readonly agent: string | null;
  readonly permissionMode: string | null;
  readonly model: string | null;
  readonly bridge: SessionState['bridge'] | null;
  readonly firstInput: string | null;
  /** Of a fork: contents to be put into it on their own. */
  readonly replacements: readonly unknown[];
}
