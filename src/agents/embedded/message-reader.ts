// What one message of an embedding agent says, whatever provider or library its form is of: Anthropic, OpenAI (chat and responses), Gemini,
// and the AI SDK (messages of the model and of the screen). Only looked at, never changed: what is stored is the message as it was
// given. Their fields do not overlap, so no form has to be told beforehand. What is known of none becomes `other`.

import type { Message, Part } from '../../transcript/transcript.ts';
import { callArguments } from '../call-arguments.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A call of a tool, and the form in which an answer has to be given. */
export interface SeenCall {
  /** Undefined where the form has no ids. */
  readonly id: string | undefined;
  readonly name: string;
  readonly input: unknown;
}

export interface SeenResult {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly output: string;
  readonly isError: boolean;
}

export type SeenPart =
  | Exclude<Part, { readonly type: 'tool_call' | 'tool_result' }>
  | (SeenCall & { readonly type: 'tool_call' })
  | (SeenResult & { readonly type: 'tool_result' });

export interface SeenMessage {
  readonly role: Message['role'];
  readonly parts: readonly SeenPart[];
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOfField(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Reads a message; one of no known form is a system message without a word. */
export function readMessage(message: JsonObject): SeenMessage {
  return readItem(message) ?? { role: roleOf(message), parts: partsOf(message) };
}

const ROLES: Readonly<Record<string, Message['role']>> = {
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  model: 'assistant',
  tool: 'tool',
  function: 'tool',
};

/** A message of the user that holds nothing but results is one of the tool. */
function roleOf(message: JsonObject): Message['role'] {
  const role = ROLES[String(message['role'])] ?? 'system';
  if (role !== 'user') return role;
  const blocks = blocksOf(message);
  const isAnswer = (block: unknown) =>
    isJsonObject(block) && (block['type'] === 'tool_result' || 'functionResponse' in block);
  return blocks.length > 0 && blocks.every(isAnswer) ? 'tool' : role;
}

function blocksOf(message: JsonObject): readonly unknown[] {
  const { content, parts } = message;
  if (Array.isArray(content)) return content;
  return Array.isArray(parts) ? parts : [];
}

function partsOf(message: JsonObject): SeenPart[] {
  const { content, role } = message;
  if (role === 'tool' && 'tool_call_id' in message) return [chatResult(message)];
  if (role === 'function') return [chatResult({ ...message, tool_call_id: undefined })];
  const said: SeenPart[] =
    typeof content === 'string' && content !== '' ? [{ type: 'text', text: content }] : [];
  return [...said, ...blocksOf(message).flatMap(partOf), ...chatCalls(message)];
}

function partOf(block: unknown): SeenPart[] {
  if (typeof block === 'string') return [{ type: 'text', text: block }];
  if (!isJsonObject(block)) return [];
  const type = textOfField(block['type']);
  if (type === undefined) return geminiPart(block);
  const read = BLOCKS[type];
  if (read !== undefined) return [read(block)];
  if (isScreenTool(block)) return screenTool(block);
  return [{ type: 'other', value: block }];
}

type ReadBlock = (block: JsonObject) => SeenPart;

const text: ReadBlock = (block) => ({ type: 'text', text: textOfField(block['text']) ?? '' });
const thinking: ReadBlock = (block) => ({
  type: 'thinking',
  text: textOfField(block['thinking']) ?? textOfField(block['text']) ?? '',
});
const image: ReadBlock = (block) => ({
  type: 'image',
  mediaType: textOfField(block['mediaType'] ?? block['media_type']),
});

/** By the `type` of a part: Anthropic, OpenAI and the AI SDK tell the same things apart by different words. */
const BLOCKS: Readonly<Record<string, ReadBlock>> = {
  text,
  input_text: text,
  output_text: text,
  refusal: (block) => ({ type: 'text', text: textOfField(block['refusal']) ?? '' }),
  thinking,
  redacted_thinking: thinking,
  reasoning: thinking,
  image,
  image_url: image,
  input_image: image,
  tool_use: (block) => call(block['id'], block['name'], block['input']),
  tool_result: (block) => ({
    ...result(block['tool_use_id'], undefined, block['content']),
    isError: block['is_error'] === true,
  }),
  'tool-call': (block) =>
    call(block['toolCallId'], block['toolName'], block['input'] ?? block['args']),
  'tool-result': (block) => modelResult(block),
};

function call(id: unknown, name: unknown, input: unknown): SeenPart & { type: 'tool_call' } {
  return { type: 'tool_call', id: textOfField(id), name: textOfField(name) ?? 'tool', input };
}

function result(
  id: unknown,
  name: unknown,
  output: unknown,
): Extract<SeenPart, { type: 'tool_result' }> {
  return {
    type: 'tool_result',
    id: textOfField(id),
    name: textOfField(name),
    output: outputText(output),
    isError: false,
  };
}

/** Of the AI SDK: the output says in its type whether it is an error; before version 5 a field did. */
function modelResult(block: JsonObject): SeenPart {
  const { toolCallId, toolName, output } = block;
  const told = isJsonObject(output) ? output : {};
  const isError = String(told['type']).startsWith('error') || block['isError'] === true;
  return { ...result(toolCallId, toolName, told['value'] ?? block['result']), isError };
}

/** Of the AI SDK's messages for the screen: call and result are one part, which changes its state. */
export function isScreenTool(block: JsonObject): boolean {
  const type = textOfField(block['type']) ?? '';
  return 'toolCallId' in block && (type === 'dynamic-tool' || type.startsWith('tool-'));
}

export function isScreenToolOpen(block: JsonObject): boolean {
  return !String(block['state']).startsWith('output-');
}

function screenTool(block: JsonObject): SeenPart[] {
  const { type, toolName, toolCallId, input, output, errorText, state } = block;
  const name = toolName ?? String(type).replace(/^tool-/, '');
  const asked = call(toolCallId, name, input);
  if (isScreenToolOpen(block)) return [asked];
  const isError = state === 'output-error';
  return [asked, { ...result(toolCallId, name, isError ? errorText : output), isError }];
}

function geminiPart(block: JsonObject): SeenPart[] {
  const { functionCall, functionResponse, inlineData, fileData } = block;
  if (isJsonObject(functionCall)) {
    const { id, name, args } = functionCall;
    return [call(id, name, args)];
  }
  if (isJsonObject(functionResponse)) {
    const { id, name, response } = functionResponse;
    const told = isJsonObject(response) ? response : {};
    const isError = 'error' in told;
    return [{ ...result(id, name, told['error'] ?? told['output'] ?? response), isError }];
  }
  if (typeof block['text'] === 'string') {
    return [{ type: block['thought'] === true ? 'thinking' : 'text', text: block['text'] }];
  }
  const data = inlineData ?? fileData;
  return isJsonObject(data)
    ? [{ type: 'image', mediaType: textOfField(data['mimeType']) }]
    : [{ type: 'other', value: block }];
}

/** Of OpenAI's chat: calls stand beside the content, their arguments as text. */
function chatCalls({ tool_calls: calls, function_call: single }: JsonObject): SeenPart[] {
  const several = Array.isArray(calls) ? calls.filter(isJsonObject) : [];
  const read = several.map(({ id, function: called, custom, name, input }) => {
    const told = [called, custom].find(isJsonObject) ?? { name, input };
    return call(id, told['name'], callArguments(told['arguments'] ?? told['input']));
  });
  if (!isJsonObject(single)) return read;
  return [...read, call(undefined, single['name'], callArguments(single['arguments']))];
}

function chatResult({ tool_call_id: id, name, content }: JsonObject): SeenPart {
  return result(id, name, content);
}

/** Of OpenAI's responses: what is no message is an item of its own. */
function readItem(item: JsonObject): SeenMessage | undefined {
  const type = textOfField(item['type']) ?? '';
  if ('role' in item) return undefined;
  if (type === 'reasoning') {
    return { role: 'assistant', parts: [{ type: 'thinking', text: outputText(item['summary']) }] };
  }
  if (!('call_id' in item)) return undefined;
  if (type.endsWith('_output')) {
    return { role: 'tool', parts: [result(item['call_id'], undefined, item['output'])] };
  }
  const input = callArguments(item['arguments'] ?? item['input'] ?? item['action']);
  const name = item['name'] ?? type.replace(/_call$/, '');
  return { role: 'assistant', parts: [call(item['call_id'], name, input)] };
}

/** What a tool gave, as text: of a list its texts, of anything else its JSON. */
function outputText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  const texts = value.flatMap((part) => (isJsonObject(part) ? textOfField(part['text']) : part));
  return texts.filter((part) => typeof part === 'string').join('\n');
}
