// The content of an item of a Codex rollout as parts, and why an item in the user's name was written, which decides where turns begin.
// Codex writes many of those nobody typed: the environment, project instructions, skills, notes of an interruption.

import { isDeep } from '../../transcript/json-bounds.ts';
import type { MessageKind, Part } from '../../transcript/transcript.ts';
import { inDataUrl } from '../data-url.ts';
import type { CodexPayload } from './record.ts';

/** The tags around what Codex itself says in the user's name. */
const INJECTED_TAGS = [
  ...['environment_context', 'user_instructions', 'INSTRUCTIONS', 'skill', 'skills_instructions'],
  ...['subagent_notification', 'collaboration_mode', 'permissions', 'personality_spec'],
  ...['model_switch', 'turn_diff', 'hook_context', 'goal_context', 'multi_agent_mode'],
];
const INJECTED = new RegExp(
  String.raw`^\s*(?:# AGENTS\.md instructions|<(?:${INJECTED_TAGS.join('|')})\b)`,
);

/** Longer arguments stay text. */
const PARSED_LENGTH_MAX = 4_000_000;

/** Reads the content of a message; an item of unknown shape is kept as it is. */
export function partsOf(content: unknown): Part[] {
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return [{ type: 'other', value: content }];
  return content.map((item: unknown): Part => {
    const { type, text, image_url: url } = fieldsOf(item);
    if (typeof text === 'string' && /^(?:input_|output_)?text$/i.test(String(type))) {
      return { type: 'text', text };
    }
    if (type === 'input_image' || type === 'image') return { type: 'image', ...inDataUrl(url) };
    return { type: 'other', value: item };
  });
}

/** Tells why a message in the user's name was written. */
export function userKind(payload: CodexPayload, parts: readonly Part[]): MessageKind {
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  if (/^\s*<turn_aborted>/.test(text)) return 'interrupt';
  if (/^\s*<user_shell_command>/.test(text)) return 'command';
  const kinds = payload.internal_chat_message_metadata_passthrough?.content_item_kinds;
  const told = kinds?.filter((kind) => typeof kind === 'string') ?? [];
  if (told.some((kind) => kind.startsWith('user.'))) return 'prompt';
  const isTold = told.length > 0 && told.every((kind) => kind !== 'unknown');
  return isTold || INJECTED.test(text) || parts.length === 0 ? 'notice' : 'prompt';
}

/** What the user typed, where an editor has put before it what is open there. */
export function asTyped(part: Part): Part {
  if (part.type !== 'text' || !part.text.startsWith('# Context from my IDE setup:')) return part;
  const [, typed] = part.text.split(/^## My request for Codex:\s*/m);
  return { type: 'text', text: typed ?? part.text };
}

/** What the model thought, as far as it is told; the rest is encrypted. */
export function thoughtOf({ summary, content }: CodexPayload): string {
  const said = [summary, content].flatMap((list) => (Array.isArray(list) ? list : []));
  const texts = said.map((item: unknown) => fieldsOf(item)['text']);
  return texts.filter((text) => typeof text === 'string').join('\n\n');
}

/** A tool call; undefined for an item that is none. */
export function callOf(payload: CodexPayload): Extract<Part, { type: 'tool_call' }> | undefined {
  const { type = '', name, namespace, call_id, id } = payload;
  const callId = call_id ?? id ?? '';
  const call = (called: string, input: unknown) =>
    ({ type: 'tool_call', id: callId, name: called, input }) as const;
  switch (type) {
    case 'function_call':
      return call(
        namespace ? `${namespace}.${name ?? ''}` : (name ?? ''),
        parsed(payload.arguments),
      );
    case 'custom_tool_call':
      return call(name ?? '', payload.input);
    case 'local_shell_call':
      return call('local_shell', payload.action);
    case 'tool_search_call':
      return call('tool_search', parsed(payload.arguments));
    case 'web_search_call':
      return call('web_search', payload.action);
    case 'image_generation_call':
      return call('image_generation', undefined);
    default:
      return undefined;
  }
}

/** The type of the item that answers a call; undefined for calls that the model's own side answers. */
export function answerType({ type, execution }: CodexPayload): string | undefined {
  if (type === 'function_call' || type === 'local_shell_call') return 'function_call_output';
  if (type === 'custom_tool_call') return 'custom_tool_call_output';
  if (type === 'tool_search_call' && execution !== 'server') return 'tool_search_output';
  return undefined;
}

/** The result of a call; undefined for an item that is none. */
export function resultOf(
  payload: CodexPayload,
): Extract<Part, { type: 'tool_result' }> | undefined {
  const { type = '', call_id: callId, output } = payload;
  if (type === 'tool_search_output') {
    return { type: 'tool_result', callId: callId ?? '', output: '', isError: false };
  }
  if (!/^(?:function_call|custom_tool_call)_output$/.test(type)) return undefined;
  return { type: 'tool_result', callId: callId ?? '', ...outcomeOf(output) };
}

/** Old outputs are JSON with an exit code, newer ones text that tells it, or content with a flag. */
function outcomeOf(output: unknown): { output: string; isError: boolean } {
  if (typeof output !== 'string') {
    const { content, success } = fieldsOf(output);
    return { output: textOf(content ?? output), isError: success === false };
  }
  const old = output.startsWith('{') ? fieldsOf(parsed(output)) : {};
  if (typeof old['output'] === 'string') {
    const { exit_code: exitCode } = fieldsOf(old['metadata']);
    return { output: old['output'], isError: typeof exitCode === 'number' && exitCode !== 0 };
  }
  const told = /^(?:Exit code:|.*?\bProcess exited with code) (-?\d+)$/m.exec(output.slice(0, 400));
  return { output, isError: told !== null && told[1] !== '0' };
}

function textOf(content: unknown): string {
  return partsOf(content)
    .flatMap((part) => {
      if (part.type === 'text') return [part.text];
      return part.type === 'image' ? ['[image]'] : [];
    })
    .join('\n');
}

/** Arguments come as a text of JSON. What is none stays the text that it is. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > PARSED_LENGTH_MAX) return value;
  try {
    const found: unknown = JSON.parse(value);
    return isDeep(found) ? value : found;
  } catch {
    return value;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
