// The door for people who write agents. Importing it loads next to nothing: what a store needs comes with the first one that is opened.

import type { SessionStore } from './session-store.ts';

export interface OpenOptions {
  /** A directory of the project; it must exist. */
  readonly directory: string;
  /** The name of your agent, by which its sessions are told from those of others: lower case, one word. */
  readonly agent: string;
  /**
   * Where all stores are kept; an absolute path. Unless told, where the command line keeps them too, so that `gsess list`, `show` and
   * `diff` work on your sessions: `GSESS_DATA_DIR` of `environment`, else the data directory of the platform.
   */
  readonly dataDirectory?: string;
  /** False: nothing is kept and nothing written, no directory either. Unless told, true but where the user set `GSESS_DISABLE`. */
  readonly persist?: boolean;
  /** False: conversations alone, no files. */
  readonly files?: boolean;
  /** False: checkpoints are made only on `checkpoint`, `save` and `close`; what is said is in a file all the same. */
  readonly autosave?: boolean;
  /** How often what is new becomes a checkpoint, in milliseconds; 30,000 unless told, 1,000 at least. */
  readonly saveIntervalMs?: number;
  /** How long a call waits for another process, in milliseconds; 10,000 unless told. */
  readonly lockWaitMs?: number;
  /** The time, in milliseconds since 1970; the system's unless told. */
  readonly clock?: () => number;
  /** Calls something later, once, and returns what takes that back; timers that keep no process alive unless told. */
  readonly schedule?: (callback: () => void, ms: number) => () => void;
  /** The variables that are looked at (`HOME`, `GSESS_DATA_DIR`, `XDG_…`); those of the process unless told. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Told what a person should know although nothing failed, and of a save in the background that did. Nothing is printed unless told. */
  readonly onWarning?: (text: string) => void;
}

/**
 * Opens the sessions of a project. Makes nothing yet: the store, a git repository outside the project, is made with the first message.
 *
 * Throws a `GsessError`: `not-found` for a directory that is not there, `usage` for options that cannot be, `store-unsafe`, `store-damaged`
 * or `format-newer` for a store that must not be used.
 *
 * @typeParam Message - The messages as your provider's library has them (`Anthropic.MessageParam`, `ChatCompletionMessageParam`,
 *   `ResponseInputItem`, `Content` of Gemini, `ModelMessage` or `UIMessage` of the AI SDK). They are kept as they are.
 *
 * @example
 * const store = await openStore({ directory: process.cwd(), agent: 'my-agent' });
 * const session = store.create();
 * session.append({ role: 'user', content: 'tidy the flags' });
 * await store.close();
 */
export async function openStore<Message extends object = object>(
  options: OpenOptions,
): Promise<SessionStore<Message>> {
  const { isDisabled } = await import('../machine/user-places.ts');
  if (!(options.persist ?? !isDisabled(options.environment))) {
    const { MemoryStore } = await import('./memory-store.ts');
    return new MemoryStore<Message>(options);
  }
  const { openGitStore } = await import('./git-store.ts');
  return await openGitStore<Message>(options);
}
