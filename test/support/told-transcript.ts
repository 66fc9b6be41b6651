// A transcript as lines that a test can compare: what kind of message each is, what was said, called and returned, and what was taken back.

import type { Transcript } from '../../src/transcript/transcript.ts';

/** A line each: `prompt: go`, `reply: call c1`, `result: ok c1`; with a dash before what a step back took away. */
export function toldTranscript({ messages }: Pick<Transcript, 'messages'>): string[] {
  return messages.map(({ kind, live, parts }) => {
    const said = parts.map((part) => {
      if (part.type === 'tool_call') return `call ${part.id}`;
      if (part.type === 'tool_result') return `${part.isError ? 'error' : 'ok'} ${part.callId}`;
      return part.type === 'text' || part.type === 'thinking' ? part.text : part.type;
    });
    return `${live ? '' : '- '}${kind}: ${said.join(', ')}`;
  });
}
