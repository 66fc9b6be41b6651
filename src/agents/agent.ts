// What gsess knows of an agent: the one interface that all adapters fill in, and the one event that every hook, plugin, watcher and
// wrapper is turned into. Types only, so that the hook path stays cheap to load. Every member is there for every agent; what an
// agent cannot do is declared in `capabilities`, never found out by a member that is missing. Events carry what the agent
// said; nothing here is trusted beyond its type. How to add an agent: docs/adapters.md.

import type { Transcript } from '../transcript/transcript.ts';
import type { AgentVariables } from './agent-variables.ts';
import type { Said } from './carried-conversation.ts';
import type { HookReplies } from './hook-replies.ts';
import type { ResumeExtras } from './resume-words.ts';
import type { SessionExport } from './session-export.ts';

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

export type HookReading =
  | { readonly kind: 'event'; readonly event: AgentEvent }
  /** Well formed, but of no interest: an event gsess does not follow, or a tool that only reads. */
  | { readonly kind: 'ignored'; readonly reason: 'other-event' | 'read-only-tool' }
  | { readonly kind: 'refused'; readonly reason: HookRefusal; readonly detail: string };

export type HookRefusal = 'not-json' | 'not-an-object' | 'field-missing' | 'field-invalid';

/** The part of an adapter that `gsess hook` loads at every event. It loads no schema library and reads as little as it can. */
export interface HookReader {
  /** Turns the whole standard input of one hook call into an event. */
  read(input: Uint8Array): HookReading;
  /** What stands beside a transcript: subagents, large tool results. */
  sideFiles(transcriptPath: string): readonly SideFile[];
  /** What the agent takes from what a hook prints. */
  readonly replies: HookReplies;
}

/** Where an agent keeps its state; given from outside, because nothing here reads the environment. */
export interface AgentPlaces {
  readonly home: string;
  /** The agents' own variables for their directories (`CLAUDE_CONFIG_DIR`, `CODEX_HOME`, …), as far as they are set. */
  readonly variables: AgentVariables;
  readonly platform: NodeJS.Platform;
  /** A private directory of gsess for one agent: for transcripts that have to be made because the agent keeps no file of each. */
  readonly copies: string;
}

export interface SideFile {
  /** Relative to the directory of side files, '/'-separated. */
  readonly name: string;
  readonly path: string;
}

export interface NativeSession {
  readonly nativeId: string;
  readonly path: string;
}

export interface LiveSession {
  readonly nativeId: string;
  readonly pid: number;
  readonly cwd?: string;
  readonly status?: string;
  readonly name?: string;
  readonly kind?: string;
}

/** A session that is to be resumed from a directory. */
export interface ResumeTarget {
  readonly nativeId: string;
  readonly cwd: string;
}

/** Where the agent keeps its sessions. A directory that is not there is empty; what is no session is passed over. */
export interface AgentSessions {
  /** Whether the text can be the id of one of its sessions. */
  isNativeId(text: string): boolean;
  /** The id that the name of a transcript tells, wherever the file lies; undefined where only its content does. */
  idOfFile(path: string): string | undefined;
  /** The transcript of a session; where several hold the id, the one the agent would take. */
  find(places: AgentPlaces, nativeId: string): NativeSession | undefined;
  /** All sessions; of an agent without files, those that have a copy in `places.copies`. */
  list(places: AgentPlaces): Promise<readonly NativeSession[]>;
  /** The directory a transcript was begun in, as its first records tell; undefined where they do not. Never throws on content. */
  directoryOf(path: string): string | undefined;
  /** Those whose process is registered; whether it still lives is for the caller to ask. */
  live(places: AgentPlaces): readonly LiveSession[];
  /** What stands beside a transcript; the same as `HookReader.sideFiles`. */
  sideFiles(transcriptPath: string): readonly SideFile[];
  /** Whether the agent, started in the directory, resumes the session from this very file. */
  resumesFrom(places: AgentPlaces, path: string, target: ResumeTarget): boolean;
  /** Where a new transcript has to stand to be resumed; undefined where that cannot be known. `at`: milliseconds since 1970. */
  destination(
    places: AgentPlaces,
    target: ResumeTarget & { readonly at: number },
  ): string | undefined;
  /** Where a side file of a new transcript belongs; undefined for one that the agent must not be given twice. */
  sidePlace(transcriptPath: string, name: string, nativeId: string): string | undefined;
}

/** Where to end a native transcript: before this byte, or after the message with this id. */
export type NativeCut = { readonly beforeOffset: number } | { readonly throughMessage: string };

export interface NativeRequest {
  readonly bytes: Uint8Array;
  readonly nativeId: string;
  readonly cut?: NativeCut;
  /** Rewrites the recorded working directory when the session moves. */
  readonly cwd?: string;
  /**
   * `repair` answers every open call with an error result; `keep` leaves the last open for the agent to take up; `keep-deferred` only
   * one that the agent itself put off.
   */
  readonly pending?: 'repair' | 'keep' | 'keep-deferred';
  /** It begins another session: what ties the old one to a place or a remote end is left out. */
  readonly isFork?: boolean;
}

export interface NativeTranscript {
  readonly bytes: Buffer;
  /** User and assistant records in it; an agent has nothing to resume where there are none. */
  readonly messages: number;
  /** The last call nobody answered before the cut, whether repaired or kept. */
  readonly pending: AgentToolCall | undefined;
  readonly warnings: readonly string[];
}

/** A conversation that was begun in another agent, to be written down as this one's. */
export interface ConversationRequest {
  readonly said: readonly Said[];
  readonly nativeId: string;
  readonly cwd: string;
  /** Now, in milliseconds since 1970; nothing was said later. */
  readonly at: number;
}

/** How an agent takes up what was said in another one. */
export type TakeOver =
  /** As records of its own; a call without a result is left open in them, for `AgentFormat.write` to answer. */
  | { readonly way: 'records'; write(request: ConversationRequest): Buffer }
  /** It cannot be given what was said elsewhere. */
  | { readonly way: 'none' };

/** How the agent writes its sessions down. Bytes to values and back; touches no file. */
export interface AgentFormat {
  read(bytes: Uint8Array): Transcript;
  /** The same conversation under a new id. Its own output passes through unchanged. */
  write(request: NativeRequest): NativeTranscript;
  /** Gives a side file its new native id; `name` as in `SideFile`. */
  writeSideFile(name: string, request: Pick<NativeRequest, 'bytes' | 'nativeId' | 'cwd'>): Buffer;
  readonly takeOver: TakeOver;
  /** Tools that run where the model does: a transcript holds no result of them, and nobody here has to answer their calls. */
  readonly modelTools: readonly string[];
  /** What an answer says that is put in for a call without one; in the agent's own words where it has some. */
  readonly orphanResult: string;
}

/** One way back into a session: what to run and where. Quoting for a shell is the concern of whoever prints it. */
export interface ResumeCommand {
  /** Run before, in order, such as one that takes a file into the agent's database. */
  readonly before: readonly (readonly string[])[];
  readonly argv: readonly string[];
  readonly cwd: string;
}

export type ConnectScope = 'user' | 'project' | 'local';

export interface ConnectFile {
  readonly scope: ConnectScope;
  readonly path: string;
}

/** What a file was before gsess was connected; `text` is undefined for no file. */
export interface FileBefore {
  readonly text: string | undefined;
}

export interface InstalledCommand {
  readonly event: string;
  readonly command: string;
}

/** An agent that starts a command at its events, told so by a file: settings of its own, or a plugin that is ours. Text to text. */
export interface ConnectedByFile {
  readonly way: 'hooks' | 'plugin' | 'extension';
  /** The events that start the command, by the agent's names. */
  readonly events: readonly string[];
  /** The files that hold for a root, whether they are there or not; connecting writes to those of scope `user` and `project`. */
  files(places: AgentPlaces, root: string): readonly ConnectFile[];
  /** Adds what is missing and renews what an older gsess put in; the same text where nothing was to do. */
  add(before: string | undefined, command: string): string;
  /** Takes all of ours out; undefined where there should be no file. */
  remove(text: string | undefined, before?: FileBefore): string | undefined;
  find(text: string | undefined): readonly InstalledCommand[];
  /** False where the agent ignores the whole file as it is. */
  isRead(text: string): boolean;
  /** What a person has to know or do once it is connected. */
  advice(text: string | undefined): readonly string[];
}

/** An agent that tells nobody anything: its files are watched. */
export interface Unconnected {
  readonly way: 'none';
}

export type Connection = ConnectedByFile | Unconnected;

/** Files by which an agent offers slash commands of others; data alone, so that one piece of code writes them for all. */
export interface CommandFiles {
  /** A file for each command, in Markdown or TOML; or one skill for all. */
  readonly form: 'markdown' | 'toml' | 'skill';
  /** The directories that hold ours and nobody else's, one for each scope. */
  directories(places: AgentPlaces, root: string): readonly ConnectFile[];
  /** What the agent puts in for the arguments. */
  readonly argumentsWord: string;
  /** What else the agent reads at the top of such a file. */
  readonly fields: readonly string[];
}

/** What an agent can and cannot do, as `gsess connect --check` shows it. */
export interface Capabilities {
  /** The moments it tells of itself; the others are seen only in its transcript. */
  readonly events: readonly AgentEventKind[];
  /** A file with a record a line, one document that is rewritten, or a database. */
  readonly transcript: 'lines' | 'document' | 'database';
  /** Hooks run only once the user has trusted them inside the agent. */
  readonly hooksNeedTrust: boolean;
  /** Subagents and other files beside a transcript are captured with it. */
  readonly sideFiles: boolean;
  /** It keeps a register of its running sessions. */
  readonly registersLive: boolean;
  /** A session can be resumed from another directory than its own. */
  readonly resumesAnywhere: boolean;
  /** What it can be given when it is resumed. */
  readonly resumesWith: readonly (keyof ResumeExtras)[];
  /** What it does by itself with a session that it resumes, where it keeps such state. */
  readonly onResume?: {
    /** Permission modes that it never goes on in. */
    readonly droppedModes: readonly string[];
    /** It says an unanswered prompt again, if its environment asks for that. */
    readonly repeatsPrompts: boolean;
  };
  /** What else it cannot do, each a sentence for people. */
  readonly limits: readonly string[];
}

export interface Agent {
  /** As in the `Gsess-Agent` trailer: lower case, one word; `title` is for people. */
  readonly name: string;
  readonly title: string;
  readonly capabilities: Capabilities;
  /** Tools known to leave files alone; a call of any other is worth a checkpoint. */
  readonly readOnlyTools: readonly string[];
  readonly sessions: AgentSessions;
  readonly format: AgentFormat;
  readonly connection: Connection;
  /** How it is made to offer the slash commands of gsess; null where that goes by no file. */
  readonly commandFiles: CommandFiles | null;
  /** How it gives the sessions that it keeps no files of; null where all are files. */
  readonly sessionExport: SessionExport | null;
  /** `path` is where the transcript stands. */
  resume(target: ResumeTarget & { readonly path: string }, extras?: ResumeExtras): ResumeCommand;
}
