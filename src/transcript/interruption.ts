// How a conversation was left: answered, or in the middle of something, and of what. Pure. It decides what may be done when it is taken
// up again: an unanswered prompt can be said anew, a cut batch of calls is given results, and a deferred call is left open, since its
// agent will run it.

import type { Message, ToolCallPart, Transcript } from './transcript.ts';
import { textOf } from './turns.ts';

export type Interruption =
  | { readonly kind: 'none' }
  /** The user said something, and nothing came back. */
  | {
      readonly kind: 'interrupted_prompt';
      readonly prompt: string;
      readonly messageId: string | null;
    }
  /** The agent was cut off; the calls whose results are missing, none where it was about to go on. */
  | { readonly kind: 'interrupted_turn'; readonly calls: readonly ToolCallPart[] }
  /** The agent itself put the call off until it is resumed. */
  | { readonly kind: 'deferred'; readonly call: ToolCallPart }
  /** The user stopped it, and meant to. */
  | { readonly kind: 'stopped_by_user' };

const SPOKEN: readonly Message['kind'][] = ['prompt', 'steer', 'reply', 'result', 'interrupt'];

export function interruptionOf({
  messages,
  headless = false,
}: Pick<Transcript, 'messages' | 'headless'>): Interruption {
  const spoken = messages.filter(
    ({ live, sidechain, kind }) => live && !sidechain && SPOKEN.includes(kind),
  );
  const last = spoken.at(-1);
  switch (last?.kind) {
    case 'interrupt':
      return { kind: 'stopped_by_user' };
    case 'prompt':
    case 'steer':
      return {
        kind: 'interrupted_prompt',
        prompt: textOf(last),
        messageId: last.id ?? null,
      };
    case 'reply':
    case 'result':
      return afterReply(spoken, { isAnswered: last.kind === 'result', headless });
    default:
      return { kind: 'none' };
  }
}

function afterReply(
  spoken: readonly Message[],
  { isAnswered, headless }: { readonly isAnswered: boolean; readonly headless: boolean },
): Interruption {
  const at = spoken.findLastIndex(({ kind }) => kind === 'reply');
  const calls = (spoken[at]?.parts ?? []).filter((part) => part.type === 'tool_call');
  const answered = new Set(
    spoken
      .slice(at + 1)
      .flatMap(({ parts }) => parts)
      .flatMap((part) => (part.type === 'tool_result' ? [part.callId] : [])),
  );
  const open = calls.filter(({ id }) => !answered.has(id));
  const [call] = calls;
  if (call !== undefined && isDeferred({ headless, calls, open })) {
    return { kind: 'deferred', call };
  }
  if (open.length > 0 || isAnswered) return { kind: 'interrupted_turn', calls: open };
  return { kind: 'none' };
}

/**
 * Whether the open call of a reply was put off rather than cut off. Agents defer only where nobody sits there, and only the single call of
 * a reply; of one that was killed just then nothing else is known either, and its agent mends that itself.
 */
export function isDeferred({
  headless,
  calls,
  open,
}: {
  readonly headless: boolean;
  readonly calls: readonly unknown[];
  readonly open: readonly unknown[];
}): boolean {
  return headless && calls.length === 1 && open.length === 1;
}
