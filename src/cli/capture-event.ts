// What an agent told, as a moment of its session: which events are checkpoints, and the line each is shown by.

import type { AgentEvent, AgentToolCall, HookReader } from '../agents/agent.ts';
import type { CaptureEvent } from '../session/capture.ts';
import { oneLine } from '../session/title.ts';

const SUBJECT_LENGTH_MAX = 80;

/** What a call is about, in the words of the agents: a path, else a command, else what is said of it. */
const CALL_FIELDS = [
  ...['file_path', 'filePath', 'notebook_path', 'absolute_path', 'path'],
  ...['command', 'cmd', 'patchText', 'description'],
];
const PATCHED_FILE = /^\*\*\* Begin Patch\n\*\*\* (?:Add|Update|Delete) File: (.+)$/m;

/** The event to capture; undefined for one that only says who is there. */
export function captureEventOf(
  event: AgentEvent,
  {
    deadline,
    sideFiles,
    name,
  }: {
    readonly deadline: number | undefined;
    /** What the session is called if it begins here. */
    readonly name: string | undefined;
  } & Pick<HookReader, 'sideFiles'>,
): CaptureEvent | undefined {
  const moment = momentOf(event);
  if (moment === undefined) return undefined;
  const { agent, nativeId, cwd, transcriptPath: path } = event;
  return {
    agent,
    nativeId,
    cwd,
    ...(deadline === undefined ? {} : { deadline }),
    ...(name === undefined ? {} : { name }),
    final: event.kind === 'end',
    ...moment,
    ...(event.prompt === undefined ? {} : { prompt: event.prompt }),
    ...(event.promptId === undefined ? {} : { promptId: event.promptId }),
    ...(event.model === undefined ? {} : { model: event.model }),
    ...(event.permissionMode === undefined ? {} : { permissionMode: event.permissionMode }),
    ...(path === undefined ? {} : { transcript: { path, sideFiles: sideFiles(path) } }),
  };
}

function momentOf(event: AgentEvent): Pick<CaptureEvent, 'kind' | 'subject' | 'call'> | undefined {
  const { kind, cwd, prompt = '', tool, lastMessage } = event;
  switch (kind) {
    case 'prompt':
      return { kind: 'prompt', subject: line(prompt, 'an empty prompt') };
    case 'tool':
      if (tool === undefined) return undefined;
      return { kind: 'tool', subject: `before ${callLine(tool, cwd)}`, call: tool };
    case 'tool-done':
      return {
        kind: 'manual',
        subject: `after ${tool === undefined ? 'a tool' : callLine(tool, cwd)}`,
      };
    case 'turn':
      return { kind: 'turn', subject: line(lastMessage ?? '', 'done') };
    case 'subagent':
      return { kind: 'manual', subject: `after subagent ${event.subagent?.type ?? ''}`.trim() };
    case 'compact':
      return { kind: 'manual', subject: 'before compaction' };
    case 'end':
      return { kind: 'manual', subject: 'end of the session' };
    case 'start':
      return { kind: 'manual', subject: `start of the session: ${event.reason ?? ''}`.trim() };
  }
}

/** A call in one line: the tool and what it is about to touch, a path as seen from where the agent is. */
function callLine({ name, input }: AgentToolCall, cwd: string): string {
  const fields =
    typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  const told = CALL_FIELDS.map((key) => fields[key]).find((value) => typeof value === 'string');
  if (told === undefined) return name;
  // A patch is about the first file in it.
  const value = PATCHED_FILE.exec(told)?.[1] ?? told;
  const shown = value.startsWith(`${cwd}/`) ? value.slice(cwd.length + 1) : value;
  return `${name} ${oneLine(shown, SUBJECT_LENGTH_MAX)}`;
}

function line(text: string, otherwise: string): string {
  return oneLine(text, SUBJECT_LENGTH_MAX) || otherwise;
}
