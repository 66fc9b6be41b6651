// Turns what an agent writes to a hook's standard input into one AgentEvent, for agents whose payloads are shaped like Claude Code's
// (`hook_event_name, session_id, cwd, transcript_path, tool_name, …`); what differs is given as data. Runs on every hook, so it
// loads nothing: the checks are written out by hand. Reads no file and no environment; a payload it cannot use comes back as
// a refusal, which names the field and never repeats its contents.
//
// Required fields are checked hard, because they name branches and directories. An optional field of an unexpected type is
// left out instead: a checkpoint is worth more than its permission mode.

import { isDeep } from '../transcript/json-bounds.ts';
import type { AgentEvent, AgentEventKind, HookReading, HookRefusal } from './agent.ts';

/** What of a payload differs from agent to agent. */
export interface PayloadDialect {
  readonly agent: string;
  /** Which event is which, by the agent's names; any other is ignored. */
  readonly kinds: ReadonlyMap<string, AgentEventKind>;
  /** The field that holds why, by event. */
  readonly reasonFields: ReadonlyMap<AgentEventKind, string>;
  /** The field that groups the events of one prompt. */
  readonly promptIdField: string;
  /** The field with the id that the transcript knows a call by; undefined where none tells it. */
  readonly callIdField: string | undefined;
  /** The field with the final text of a turn. */
  readonly lastMessageField: string;
  /** What a transcript's name ends with. */
  readonly transcriptSuffix: string;
  canChangeFiles(tool: string): boolean;
  /** True for a prompt that the agent's program submits in the user's name. */
  isNotice(prompt: string): boolean;
}

type Fields = Readonly<Record<string, unknown>>;

// It becomes a directory name in the store. Most are UUIDs; the grammar is what all agents need.
const NATIVE_ID = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;
const ABSOLUTE_PATH = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/;
/** Stands for arguments that could not be written down again. */
const TOO_DEEP = '(nested too deeply to be kept)';
/** Reads the whole standard input of one hook call. */
export function readPayload(input: string | Uint8Array, dialect: PayloadDialect): HookReading {
  let value: unknown;
  try {
    value = JSON.parse(typeof input === 'string' ? input : new TextDecoder().decode(input));
  } catch {
    return refused('not-json', 'the payload is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused('not-an-object', 'the payload is not a JSON object');
  }
  return readFields(value as Fields, dialect);
}

function readFields(fields: Fields, dialect: PayloadDialect): HookReading {
  const name = text(fields, 'hook_event_name');
  if (name === undefined) return missing(fields, 'hook_event_name');
  const kind = dialect.kinds.get(name);
  if (kind === undefined) return { kind: 'ignored', reason: 'other-event' };

  const nativeId = text(fields, 'session_id');
  if (nativeId === undefined) return missing(fields, 'session_id');
  if (!NATIVE_ID.test(nativeId)) return refused('field-invalid', 'session_id is not an id');
  const cwd = text(fields, 'cwd');
  if (cwd === undefined) return missing(fields, 'cwd');
  if (!isAbsolutePath(cwd)) return refused('field-invalid', 'cwd is not an absolute path');

  const toolName = text(fields, 'tool_name');
  if (kind === 'tool' || kind === 'tool-done') {
    if (toolName === undefined) return missing(fields, 'tool_name');
    if (!dialect.canChangeFiles(toolName)) return { kind: 'ignored', reason: 'read-only-tool' };
  }
  const event: AgentEvent = {
    agent: dialect.agent,
    nativeId,
    kind: kind === 'prompt' && isNotice(fields, dialect) ? 'subagent' : kind,
    cwd,
    ...optionalFields(fields, kind, dialect),
  };
  return { kind: 'event', event };
}

type OptionalFields = Partial<Omit<AgentEvent, 'agent' | 'nativeId' | 'kind' | 'cwd'>>;

function optionalFields(
  fields: Fields,
  kind: AgentEventKind,
  dialect: PayloadDialect,
): OptionalFields {
  const reasonField = dialect.reasonFields.get(kind);
  const { promptIdField, lastMessageField, transcriptSuffix } = dialect;
  return present({
    transcriptPath: transcriptPath(fields, 'transcript_path', transcriptSuffix),
    prompt: kind === 'prompt' && !isNotice(fields, dialect) ? text(fields, 'prompt') : undefined,
    promptId: text(fields, promptIdField),
    tool: kind === 'tool' || kind === 'tool-done' ? toolOf(fields, dialect) : undefined,
    model: text(fields, 'model'),
    permissionMode: text(fields, 'permission_mode'),
    subagent: subagentOf(fields, kind, transcriptSuffix),
    reason: reasonField === undefined ? undefined : text(fields, reasonField),
    lastMessage: kind === 'turn' ? text(fields, lastMessageField) : undefined,
  });
}

function toolOf(fields: Fields, { callIdField }: PayloadDialect): AgentEvent['tool'] {
  const name = text(fields, 'tool_name');
  if (name === undefined) return undefined;
  const callId = callIdField === undefined ? undefined : text(fields, callIdField);
  const input = fields['tool_input'];
  return { name, input: isDeep(input) ? TOO_DEEP : input, ...present({ callId }) };
}

function subagentOf(fields: Fields, kind: AgentEventKind, suffix: string): AgentEvent['subagent'] {
  const subagent = present({
    id: text(fields, 'agent_id'),
    type: text(fields, 'agent_type'),
    transcriptPath: transcriptPath(fields, 'agent_transcript_path', suffix),
  });
  const isFromSubagent = subagent.id !== undefined || kind === 'subagent';
  return isFromSubagent ? subagent : undefined;
}

function isNotice(fields: Fields, dialect: PayloadDialect): boolean {
  return dialect.isNotice(text(fields, 'prompt') ?? '');
}

/** The field if it is a string with something in it. */
function text(fields: Fields, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Its bytes go into the store, so a payload may name no other kind of file. */
function transcriptPath(fields: Fields, name: string, suffix: string): string | undefined {
  const value = text(fields, name);
  const isOne = value !== undefined && isAbsolutePath(value) && value.endsWith(suffix);
  return isOne ? value : undefined;
}

function isAbsolutePath(value: string): boolean {
  return ABSOLUTE_PATH.test(value) && !value.includes('\0');
}

/** Drops what is undefined, because an absent field and an undefined one are different types here. */
function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function missing(fields: Fields, name: string): HookReading {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return value === undefined
    ? refused('field-missing', `${name} is missing`)
    : refused('field-invalid', `${name} is not a text`);
}

function refused(reason: HookRefusal, detail: string): HookReading {
  return { kind: 'refused', reason, detail };
}
