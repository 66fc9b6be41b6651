// What an agent told, as a moment of its session: which events are checkpoints, and the line each is shown by.

import type { AgentEvent, HookReader } from '../agents/agent.ts';
import { callLine } from '../session/call-line.ts';
import type { CaptureEvent } from '../session/capture.ts';
import { subjectLine } from '../session/title.ts';

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
      return { kind: 'prompt', subject: subjectLine(prompt, 'an empty prompt') };
    case 'tool':
      if (tool === undefined) return undefined;
      return { kind: 'tool', subject: `before ${callLine(tool, cwd)}`, call: tool };
    case 'tool-done':
      return {
        kind: 'manual',
        subject: `after ${tool === undefined ? 'a tool' : callLine(tool, cwd)}`,
      };
    case 'turn':
      return { kind: 'turn', subject: subjectLine(lastMessage ?? '', 'done') };
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
