// How an agent that has its sessions in a database is asked for them. Types only; who starts the agent is no concern of an adapter.

export interface ToldSession {
  readonly nativeId: string;
  readonly directory: string;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}

export interface ExportedSession {
  /** As it is kept in `places.copies`. */
  readonly copy: Buffer;
  /** The sessions that worked for it, which stand beside it. */
  readonly subagents: readonly string[];
}

/** Words for its command line, and what is read from the answers; undefined where one is not understood. */
export interface SessionExport {
  readonly listProjects: readonly string[];
  /** Of the project it is started in. */
  readonly listSessions: readonly string[];
  exportOf(nativeId: string): readonly string[];
  readProjects(answer: string): readonly string[] | undefined;
  readSessions(answer: string): readonly ToldSession[] | undefined;
  readExport(answer: string, nativeId: string): ExportedSession | undefined;
}
