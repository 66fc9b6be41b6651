// Which agent wrote a transcript, where nothing but the file tells: the one whose reader makes out most of what was said in it. Readers of
// other agents may take records for messages, but find little or nothing in them.

import type { Message, Transcript } from '../transcript/transcript.ts';
import type { Agent } from './agent.ts';
import { AGENTS } from './registry.ts';

/** Undefined where nobody finds anything. */
export async function writerOf(bytes: Uint8Array): Promise<Agent | undefined> {
  let best: { readonly agent: Agent; readonly said: number } | undefined;
  for (const entry of AGENTS) {
    const agent = await entry.load();
    const said = saidIn(agent.format.read(bytes));
    if (said > (best?.said ?? 0)) best = { agent, said };
  }
  return best?.agent;
}

/** In characters, more or less. */
function saidIn({ messages }: Transcript): number {
  return messages.flatMap(({ parts }) => parts).reduce((sum, part) => sum + lengthOf(part), 0);
}

function lengthOf(part: Message['parts'][number]): number {
  switch (part.type) {
    case 'text':
    case 'thinking':
      return part.text.length;
    case 'tool_call':
      return part.name.length + (JSON.stringify(part.input) ?? '').length;
    case 'tool_result':
      return part.output.length;
    case 'image':
      return part.data?.length ?? 0;
    case 'other':
      return 0;
  }
}
