// What gsess knows of an agent: where its sessions are, how to read one, how to write one back, how to resume it, and the one
// event every hook, watcher and wrapper is turned into. Imports no code, so that the hook path stays cheap to load.
// Events carry what the agent said; nothing here is trusted beyond its type.

import type { Transcript } from '../transcript/transcript.ts';

/**
 * What happened. `prompt`, `tool` (about to run) and `turn` (the agent is done answering) are the moments worth a checkpoint;
 * `tool-done`, `compact` and `subagent` only say that transcript or files may have grown.
 */
export type AgentEventKind =
  | 'start'
  | 'prompt'
  | 'tool'
  | 'tool-done'
  | 'turn'
  | 'subagent'
  | 'compact'
  | 'end';

export interface AgentToolCall {
  readonly name: string;
  readonly input: unknown;
  readonly callId?: string;
}

export interface AgentEvent {
  readonly agent: string;
  readonly nativeId: string;
  readonly kind: AgentEventKind;
  readonly cwd: string;
  readonly transcriptPath?: string;
  readonly prompt?: string;
  /** Groups the events of one prompt where the agent says so. */
  readonly promptId?: string;
  readonly tool?: AgentToolCall;
  readonly model?: string;
  readonly permissionMode?: string;
  /** Set when the event came from inside a subagent, or tells that one ended. */
  readonly subagent?: {
    readonly id?: string;
    readonly type?: string;
    readonly transcriptPath?: string;
  };
  /** Why it started, ended or was compacted, in the agent's own word. */
  readonly reason?: string;
  /** The final text of a turn; the transcript on disk may not hold it yet. */
  readonly lastMessage?: string;
}

/** The directories an agent keeps its state in, given from outside because nothing here reads the environment. */
export interface AgentPlaces {
  readonly home: string;
  /** The agent's own variable for its directory (`CLAUDE_CONFIG_DIR`, `CODEX_HOME`, …), if set. */
  readonly configDirectory?: string;
}

export interface SideFile {
  /** Relative to the directory of side files, '/'-separated. */
  readonly name: string;
  readonly path: string;
}

export interface NativeSession {
  readonly nativeId: string;
  readonly path: string;
  readonly sideFiles: readonly SideFile[];
}

export interface LiveSession {
  readonly nativeId: string;
  readonly pid: number;
  readonly cwd?: string;
  readonly status?: string;
  readonly name?: string;
  readonly kind?: string;
}

/** Where to end a native transcript: before this byte, or after the message with this id. */
export type NativeCut = { readonly beforeOffset: number } | { readonly throughMessage: string };

export interface NativeRequest {
  readonly bytes: Uint8Array;
  readonly nativeId: string;
  readonly cut?: NativeCut;
  /** Rewrites the recorded working directory when the session moves. */
  readonly cwd?: string;
  /** `repair` answers a call left open with an error result; `keep` leaves it open for the agent to take up. */
  readonly pending?: 'repair' | 'keep';
}

export interface NativeTranscript {
  readonly bytes: Buffer;
  /** User and assistant records in it; an agent has nothing to resume where there are none. */
  readonly messages: number;
  /** The last call nobody answered before the cut, whether repaired or kept. */
  readonly pending: AgentToolCall | undefined;
  readonly warnings: readonly string[];
}

/** One way back into a session: what to run and where. Quoting for a shell is the concern of whoever prints it. */
export interface ResumeCommand {
  readonly argv: readonly string[];
  readonly cwd: string;
}

export interface Agent {
  /** As in the `Gsess-Agent` trailer: lower case, one word. */
  readonly name: string;
  /** As shown to people. */
  readonly title: string;
  /** Tools known to leave files alone; a call of any other is worth a checkpoint. */
  readonly readOnlyTools: readonly string[];
  find(places: AgentPlaces, nativeId: string): NativeSession | undefined;
  /** All sessions, or those of one directory. */
  list(places: AgentPlaces, cwd?: string): readonly Omit<NativeSession, 'sideFiles'>[];
  live(places: AgentPlaces): readonly LiveSession[];
  read(bytes: Uint8Array): Transcript;
  write(request: NativeRequest): NativeTranscript;
  /** Gives a side file of a session its new native id; `name` as in `SideFile`. */
  writeSideFile(name: string, request: Pick<NativeRequest, 'bytes' | 'nativeId' | 'cwd'>): Buffer;
  /** Where a new native transcript has to stand; undefined where that cannot be known. */
  destination(
    places: AgentPlaces,
    session: { readonly nativeId: string; readonly cwd: string },
  ): string | undefined;
  resume(session: { readonly nativeId: string; readonly cwd: string }): ResumeCommand;
}
