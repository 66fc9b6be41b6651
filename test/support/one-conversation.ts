// One conversation as six agents would have written it: what goes from one agent to another must come through, whichever they are. Two
// prompts, the first with an image; a thought; calls that went well and one that failed, two of them at once; a call nobody answered.

const AT = '2026-03-01T10:00:00.000Z';
const MS = Date.parse(AT);
const CWD = '/home/dev/flags';
export const PICTURE = 'iVBORw0KGgo=';
export const ORIGINAL_ID = '22222222-2222-4222-8222-222222222222';

/** What was said, by whom. */
export const SAID = [
  ['user', 'Prüfe «α.txt» — bitte 🙂'],
  ['assistant', 'Ich schaue nach.'],
  ['assistant', 'Now it is changed.\nTwo at once.'],
  ['assistant', 'Done: 完了.'],
  ['user', '/review then? And now'],
  ['assistant', 'Trying.'],
] as const;

export const CALLS = [
  { name: 'read', input: { path: 'α.txt' }, output: 'eins\nzwei', isError: false },
  { name: 'edit', input: { old: 'zwei', new: '2' }, output: 'No such text ✗', isError: true },
  { name: 'bash', input: { command: 'ls -l' }, output: 'α.txt', isError: false },
  { name: 'bash', input: { command: 'sleep 9' }, output: undefined, isError: true },
] as const;

const ids = ['call_a1', 'call_b2', 'call_c3', 'call_d4'] as const;
const texts = SAID.map(([, text]) => text);

type Step =
  | { readonly user: string; readonly picture?: true }
  | { readonly thought?: string; readonly text: string; readonly calls: readonly number[] }
  | { readonly results: readonly number[] };

const STEPS: readonly Step[] = [
  { user: texts[0] ?? '', picture: true },
  { thought: 'Hm, α?', text: texts[1] ?? '', calls: [0] },
  { results: [0] },
  { text: texts[2] ?? '', calls: [1, 2] },
  { results: [1, 2] },
  { text: texts[3] ?? '', calls: [] },
  { user: texts[4] ?? '' },
  { text: texts[5] ?? '', calls: [3] },
];

const call = (index: number) => ({ id: ids[index] ?? '', ...(CALLS[index] ?? CALLS[0]) });

function lines(records: readonly object[]): Buffer {
  return Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

/** Records that are a chain by the ids they carry. */
function chained(ids: readonly [string, string], bodies: readonly object[]): object[] {
  return bodies.map((body, index) => ({
    [ids[0]]: `record-${index}`,
    [ids[1]]: index === 0 ? null : `record-${index - 1}`,
    timestamp: AT,
    ...body,
  }));
}

function claude(): Buffer {
  const common = { sessionId: ORIGINAL_ID, cwd: CWD };
  const user = (content: unknown) => ({
    ...common,
    type: 'user',
    message: { role: 'user', content },
  });
  const bodies = STEPS.flatMap((step, index): object[] => {
    if ('user' in step) {
      if (step.picture !== true) return [user(step.user)];
      const source = { type: 'base64', media_type: 'image/png', data: PICTURE };
      return [
        user([
          { type: 'text', text: step.user },
          { type: 'image', source },
        ]),
      ];
    }
    if ('results' in step) {
      return step.results
        .map(call)
        .map(({ id, output, isError }) =>
          user([{ type: 'tool_result', tool_use_id: id, content: output, is_error: isError }]),
        );
    }
    const blocks = [
      ...(step.thought === undefined
        ? []
        : [{ type: 'thinking', thinking: step.thought, signature: 'c2ln' }]),
      { type: 'text', text: step.text },
      ...step.calls.map(call).map(({ id, name, input }) => ({ type: 'tool_use', id, name, input })),
    ];
    return blocks.map((block) => ({
      ...common,
      type: 'assistant',
      message: { id: `msg_${index}`, role: 'assistant', content: [block] },
    }));
  });
  return lines(chained(['uuid', 'parentUuid'], bodies));
}

function codex(): Buffer {
  const items = STEPS.flatMap((step): object[] => {
    if ('user' in step) {
      const image = { type: 'input_image', image_url: `data:image/png;base64,${PICTURE}` };
      const content = [
        { type: 'input_text', text: step.user },
        ...(step.picture === true ? [image] : []),
      ];
      return [{ type: 'message', role: 'user', content }];
    }
    if ('results' in step) {
      return step.results.map(call).map(({ id, output, isError }) => ({
        type: 'function_call_output',
        call_id: id,
        output: isError ? `Exit code: 1\nOutput:\n${output}` : output,
      }));
    }
    const thought = {
      type: 'reasoning',
      summary: [{ text: step.thought }],
      encrypted_content: 'x',
    };
    const content = [{ type: 'output_text', text: step.text }];
    return [
      ...(step.thought === undefined ? [] : [thought]),
      { type: 'message', role: 'assistant', content },
      ...step.calls.map(call).map(({ id, name, input }) => ({
        type: 'function_call',
        name,
        arguments: JSON.stringify(input),
        call_id: id,
      })),
    ];
  });
  const meta = { id: ORIGINAL_ID, timestamp: AT, cwd: CWD };
  return lines([
    { timestamp: AT, type: 'session_meta', payload: meta },
    ...items.map((payload) => ({ timestamp: AT, type: 'response_item', payload })),
  ]);
}

function genaiUser({ user, picture }: Extract<Step, { user: string }>): object[] {
  const image = { inlineData: { mimeType: 'image/png', data: PICTURE } };
  return [{ text: user }, ...(picture === true ? [image] : [])];
}

function genaiResult(index: number): object {
  const { id, name, output, isError } = call(index);
  const response = isError ? { error: output } : { output };
  return { functionResponse: { id, name, response } };
}

function gemini(): Buffer {
  const messages = STEPS.flatMap((step, index): object[] => {
    const common = { id: `record-${index}`, timestamp: AT };
    if ('user' in step) return [{ ...common, type: 'user', content: genaiUser(step) }];
    if ('results' in step) return [];
    const toolCalls = step.calls.map((at) => {
      const { id, name, input, output, isError } = call(at);
      const made = { id, name, args: input, timestamp: AT };
      const status = isError ? 'error' : 'success';
      return output === undefined ? made : { ...made, status, result: [genaiResult(at)] };
    });
    const thoughts =
      step.thought === undefined ? [] : [{ subject: 'Thinking', description: step.thought }];
    return [{ ...common, type: 'gemini', content: step.text, thoughts, toolCalls }];
  });
  const header = { sessionId: ORIGINAL_ID, projectHash: 'x', startTime: AT, kind: 'main' };
  return lines([header, ...messages]);
}

function qwen(): Buffer {
  const common = { sessionId: ORIGINAL_ID, cwd: CWD };
  const bodies = STEPS.flatMap((step): object[] => {
    if ('user' in step) {
      return [{ ...common, type: 'user', message: { role: 'user', parts: genaiUser(step) } }];
    }
    if ('results' in step) {
      return step.results.map((at) => ({
        ...common,
        type: 'tool_result',
        message: { role: 'user', parts: [genaiResult(at)] },
      }));
    }
    const parts = [
      ...(step.thought === undefined ? [] : [{ text: step.thought, thought: true }]),
      { text: step.text },
      ...step.calls.map(call).map(({ id, name, input }) => ({
        functionCall: { id, name, args: input },
      })),
    ];
    return [{ ...common, type: 'assistant', message: { role: 'model', parts } }];
  });
  return lines(chained(['uuid', 'parentUuid'], bodies));
}

function pi(): Buffer {
  const message = (fields: object) => ({ type: 'message', message: { ...fields, timestamp: MS } });
  const bodies = STEPS.flatMap((step): object[] => {
    if ('user' in step) {
      const image = { type: 'image', data: PICTURE, mimeType: 'image/png' };
      const content = [
        { type: 'text', text: step.user },
        ...(step.picture === true ? [image] : []),
      ];
      return [message({ role: 'user', content })];
    }
    if ('results' in step) {
      return step.results.map(call).map(({ id, name, output, isError }) =>
        message({
          role: 'toolResult',
          toolCallId: id,
          toolName: name,
          content: [{ type: 'text', text: output }],
          isError,
        }),
      );
    }
    const content = [
      ...(step.thought === undefined ? [] : [{ type: 'thinking', thinking: step.thought }]),
      { type: 'text', text: step.text },
      ...step.calls
        .map(call)
        .map(({ id, name, input }) => ({ type: 'toolCall', id, name, arguments: input })),
    ];
    return [message({ role: 'assistant', content, stopReason: 'stop' })];
  });
  const header = { type: 'session', version: 3, id: ORIGINAL_ID, timestamp: AT, cwd: CWD };
  return lines([header, ...chained(['id', 'parentId'], bodies)]);
}

function opencode(): Buffer {
  const time = { created: MS };
  const messages = STEPS.flatMap((step, index): object[] => {
    const common = { id: `msg_${index}`, sessionID: 'ses_1234567890', time };
    if ('results' in step) return [];
    if ('user' in step) {
      const image = { type: 'file', mime: 'image/png', url: `data:image/png;base64,${PICTURE}` };
      const parts = [{ type: 'text', text: step.user }, ...(step.picture === true ? [image] : [])];
      return [{ info: { ...common, role: 'user' }, parts }];
    }
    const tools = step.calls.map(call).map(({ id, name, input, output, isError }) => {
      const done = isError ? { status: 'error', error: output } : { status: 'completed', output };
      const state = { input, ...(output === undefined ? { status: 'running' } : done) };
      return { type: 'tool', callID: id, tool: name, state };
    });
    const parts = [
      ...(step.thought === undefined ? [] : [{ type: 'reasoning', text: step.thought }]),
      { type: 'text', text: step.text },
      ...tools,
    ];
    return [{ info: { ...common, role: 'assistant' }, parts }];
  });
  const info = { id: 'ses_1234567890', directory: CWD, title: 'One', time };
  return Buffer.from(`${JSON.stringify({ info, messages })}\n`);
}

/** The conversation in the form of each agent that can go on with one of another agent. */
export const ONE_CONVERSATION: Readonly<Record<string, () => Buffer>> = {
  claude,
  codex,
  gemini,
  qwen,
  pi,
  opencode,
};
