// A conversation that is going on, as the agent that has it sees it. The shape alone: what it does stands in `session-recorder.ts`, and
// in `memory-store.ts` for a run of which nothing is kept.

import type { RecordedState } from './session-state.ts';

/** A tool that is about to run. */
export interface ToolCall {
  /** The name of the tool. */
  readonly name: string;
  /** Its arguments, as JSON holds them. */
  readonly input: unknown;
  /** The provider's id of the call. */
  readonly callId?: string;
}

export interface SaveOptions {
  /** Ends the waiting for other processes; what was appended stays, and is saved the next time. */
  readonly signal?: AbortSignal;
}

/**
 * Records one session. Only one process records a session at a time.
 *
 * `append` writes to a file at once, so that a killed process loses nothing. A checkpoint in git, which a power cut does not take
 * either, is made of it when the user says something, around every tool call, at the end of every turn, every
 * `saveIntervalMs` while there is something new, and on `save` and `close`.
 *
 * @example
 * const session = store.create();
 * session.append({ role: 'user', content: 'tidy the flags' });
 * session.append({ role: 'assistant', content: 'Done.' });
 * await session.close();
 */
export interface Recorder<Message extends object = object> {
  /** The session's id; of a new session it is known before anything is written. */
  readonly id: string;
  /** What was said, as it was given, oldest first; of a session that was resumed, what it was resumed with. */
  readonly messages: readonly Message[];
  /**
   * Adds messages. Each is kept as the JSON of what was given; it is in a file when this returns. Throws `usage` for what JSON
   * would not give back (bytes, maps, big integers, cycles), and `guard` after `close`.
   */
  append(...messages: readonly Message[]): void;
  /** Puts down these fields of the state; others stay as they are. Nothing is written before the next message. */
  setState(fields: RecordedState): void;
  /**
   * Makes a checkpoint of files and conversation before a tool runs; resolves to its commit id once it is durable. Await it before the
   * tool changes anything, for it is what `restore` goes back to. Null where nothing is kept.
   */
  checkpoint(call: ToolCall, options?: SaveOptions): Promise<string | null>;
  /** Makes a checkpoint now; resolves to the newest commit id, or null where there is nothing to keep. */
  save(options?: SaveOptions): Promise<string | null>;
  /** Saves, and lets others take the session up. Throws what the last save threw; the messages stay on disk then. */
  close(): Promise<void>;
}
