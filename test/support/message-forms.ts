// One conversation in all forms: the user wants two files written, the agent calls for both at once, one is done and the other cut off,
// the user says to go on, and the agent answers.

export interface MessageForm {
  readonly form: string;
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  /** Where the answer to the open call has to be, and how many messages more there are then. */
  readonly orphan: readonly [number, number];
  /** The message there. */
  readonly answered: object;
}

const inputs = [{ path: 'a' }, { path: 'b' }] as const;

export const messageForms: readonly MessageForm[] = [
  {
    form: 'Anthropic',
    messages: [
      { role: 'user', content: 'change both' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'two files', signature: 'sig' },
          { type: 'tool_use', id: 'c1', name: 'write', input: inputs[0] },
          { type: 'tool_use', id: 'c2', name: 'write', input: inputs[1] },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: 'written' }] },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'go on' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Done.' }] },
    ],
    orphan: [2, 0],
    answered: {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: 'written' }] },
        { type: 'tool_result', tool_use_id: 'c2', content: 'interrupted', is_error: true },
      ],
    },
  },
  {
    form: 'OpenAI chat',
    messages: [
      { role: 'system', content: 'You write files.' },
      { role: 'user', content: 'change both' },
      {
        role: 'assistant',
        content: null,
        tool_calls: inputs.map((input, index) => ({
          id: `c${index + 1}`,
          type: 'function',
          function: { name: 'write', arguments: JSON.stringify(input) },
        })),
      },
      { role: 'tool', tool_call_id: 'c1', content: 'written' },
      { role: 'user', content: [{ type: 'text', text: 'go on' }] },
      { role: 'assistant', content: 'Done.' },
    ],
    orphan: [4, 1],
    answered: { role: 'tool', tool_call_id: 'c2', content: 'interrupted' },
  },
  {
    form: 'OpenAI responses',
    messages: [
      { role: 'user', content: [{ type: 'input_text', text: 'change both' }] },
      { type: 'reasoning', id: 'r1', summary: [{ type: 'summary_text', text: 'two files' }] },
      ...inputs.map((input, index) => ({
        type: 'function_call',
        call_id: `c${index + 1}`,
        name: 'write',
        arguments: JSON.stringify(input),
      })),
      { type: 'function_call_output', call_id: 'c1', output: 'written' },
      { role: 'user', content: 'go on' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Done.' }] },
    ],
    orphan: [5, 1],
    answered: { type: 'function_call_output', call_id: 'c2', output: 'interrupted' },
  },
  {
    form: 'Gemini',
    messages: [
      { role: 'user', parts: [{ text: 'change both' }] },
      {
        role: 'model',
        parts: [
          { text: 'two files', thought: true },
          ...inputs.map((args) => ({ functionCall: { name: 'write', args } })),
        ],
      },
      {
        role: 'user',
        parts: [{ functionResponse: { name: 'write', response: { output: 'written' } } }],
      },
      { role: 'user', parts: [{ text: 'go on' }] },
      { role: 'model', parts: [{ text: 'Done.' }] },
    ],
    orphan: [2, 0],
    answered: {
      role: 'user',
      parts: [
        { functionResponse: { name: 'write', response: { output: 'written' } } },
        { functionResponse: { name: 'write', response: { error: 'interrupted' } } },
      ],
    },
  },
  {
    form: 'AI SDK, for the model',
    messages: [
      { role: 'user', content: 'change both' },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'two files' },
          ...inputs.map((input, index) => ({
            type: 'tool-call',
            toolCallId: `c${index + 1}`,
            toolName: 'write',
            input,
          })),
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'c1',
            toolName: 'write',
            output: { type: 'text', value: 'written' },
          },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'go on' }] },
      { role: 'assistant', content: 'Done.' },
    ],
    orphan: [2, 0],
    answered: {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'c1',
          toolName: 'write',
          output: { type: 'text', value: 'written' },
        },
        {
          type: 'tool-result',
          toolCallId: 'c2',
          toolName: 'write',
          output: { type: 'error-text', value: 'interrupted' },
        },
      ],
    },
  },
  {
    form: 'AI SDK, for the screen',
    messages: [
      { id: 'm1', role: 'user', parts: [{ type: 'text', text: 'change both' }] },
      {
        id: 'm2',
        role: 'assistant',
        parts: [
          { type: 'step-start' },
          {
            type: 'tool-write',
            toolCallId: 'c1',
            state: 'output-available',
            input: inputs[0],
            output: 'written',
          },
          {
            type: 'dynamic-tool',
            toolName: 'write',
            toolCallId: 'c2',
            state: 'input-available',
            input: inputs[1],
          },
        ],
      },
      { id: 'm3', role: 'user', parts: [{ type: 'text', text: 'go on' }] },
      { id: 'm4', role: 'assistant', parts: [{ type: 'text', text: 'Done.' }] },
    ],
    orphan: [1, 0],
    answered: {
      id: 'm2',
      role: 'assistant',
      parts: [
        { type: 'step-start' },
        {
          type: 'tool-write',
          toolCallId: 'c1',
          state: 'output-available',
          input: inputs[0],
          output: 'written',
        },
        {
          type: 'dynamic-tool',
          toolName: 'write',
          toolCallId: 'c2',
          state: 'output-error',
          input: inputs[1],
          errorText: 'interrupted',
        },
      ],
    },
  },
];
