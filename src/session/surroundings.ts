// What the outside gives to every verb: the clock, the processes, the directories of the user. Made once by `cli` (or by whoever
// embeds gsess) and passed down, so that nothing below reads the environment and tests fix all of it.

import type { Owner, ProcessTable } from '../git/owner-file.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';

export interface Surroundings {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly processes: ProcessTable;
  /** The processes that started this one, nearest first; an agent among them tells the current session. */
  readonly ancestors: () => readonly Owner[];
  /** Whoever must own a store; undefined where the system has no such ids. */
  readonly userId: number | undefined;
  /** An id for a new transcript, as the agent of that name makes them. */
  readonly newNativeId: (agent: string) => string;
  readonly home: string;
  readonly xdgConfigHome?: string;
  readonly temporaryDirectory: string;
  /** Lists hold the sessions of this agent alone: it is the one that asks. */
  readonly onlyAgent?: string;
  /** Holds `projects/<name>-<8 hex>.git`. */
  readonly dataDirectory: string;
  readonly settings: Settings;
  /** How long a verb waits for a lock that another process holds. */
  readonly lockWaitMs: number;
  /** Ends such a wait early. */
  readonly signal?: AbortSignal;
  /** Bytes that may still be written where this directory is; the system is asked unless this is given. */
  readonly freeBytes?: (directory: string) => number;
  /** Small packs are put together by somebody else, as by the process that a hook starts; otherwise by a capture that finds many. */
  readonly leavesGathering?: boolean;
  /** Told what a person should know although nothing failed. */
  readonly onWarning?: (text: string) => void;
  /** Called while files are read, so that work over a second can show how far it is. */
  readonly onProgress?: (progress: { readonly files: number; readonly bytes: number }) => void;
}

export interface Settings {
  /** False: nothing is recorded by itself; what a person asks for is. */
  readonly autoSave: boolean;
  /** Whoever watches saves what is no moment of its own no sooner than so many milliseconds after the last save. */
  readonly saveInterval: number;
  /** How many sessions a project keeps in its list; null for all. */
  readonly maxSessions: number | null;
  /** How many days a session in which nothing happens stays in the list; null for ever. */
  readonly retentionDays: number | null;
  /** How many messages a model is given of a conversation that gsess hands to an agent. */
  readonly maxMessages: number;
  /** Whether that holds for an agent's own file too, which is otherwise left to the agent. */
  readonly capsOwnFiles: boolean;
  /** False: conversations only, no snapshot of files. */
  readonly snapshots: boolean;
  /** Whether an agent is told at the start of a session that gsess is there. */
  readonly announce: boolean;
  /** What no snapshot takes, as lines of a `.gitignore`: besides the default patterns for secrets, and in spite of them. */
  readonly exclude: readonly string[];
  readonly include: readonly string[];
  readonly limits: Limits;
  /** How many days what was deleted can be had back. */
  readonly trashDays: number;
  /** Whether the store is tidied up by itself, in the background. */
  readonly gcAuto: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  autoSave: true,
  saveInterval: 30_000,
  maxSessions: null,
  retentionDays: null,
  maxMessages: 1000,
  capsOwnFiles: false,
  snapshots: true,
  announce: true,
  exclude: [],
  include: [],
  limits: DEFAULT_LIMITS,
  trashDays: 30,
  gcAuto: true,
};
