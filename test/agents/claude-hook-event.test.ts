import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AgentEvent, HookReading } from '../../src/agents/agent.ts';
import { claudeHook } from '../../src/agents/claude/hook-reader.ts';
import { canChangeFiles, READ_ONLY_TOOLS } from '../../src/agents/claude/tools.ts';

const readHookEvent = (input: string | Uint8Array): HookReading =>
  claudeHook.read(Buffer.from(input));

const x = suite("Claude's hook payloads");

const COMMON = {
  session_id: 'aaaaaaaa-0000-4000-8000-000000000001',
  transcript_path: '/home/dev/.claude/projects/-home-dev-flags/aaaaaaaa.jsonl',
  cwd: '/home/dev/flags',
  prompt_id: '228da729-a8ec-42a0-8e16-3fe6f6e003c7',
  permission_mode: 'acceptEdits',
};

const EXPECTED = {
  agent: 'claude',
  nativeId: COMMON.session_id,
  cwd: COMMON.cwd,
  transcriptPath: COMMON.transcript_path,
  promptId: COMMON.prompt_id,
  permissionMode: COMMON.permission_mode,
};

const WRITE = {
  tool_name: 'Write',
  tool_input: { file_path: '/home/dev/flags/a.ts', content: 'x' },
  tool_use_id: 'toolu_1',
};

const read = (event: string, fields: object = {}): HookReading =>
  readHookEvent(JSON.stringify({ ...COMMON, hook_event_name: event, ...fields }));

function eventOf(reading: HookReading): AgentEvent {
  assert.is(reading.kind, 'event', JSON.stringify(reading));
  if (reading.kind !== 'event') throw new Error('not an event');
  return reading.event;
}

function refusalOf(reading: HookReading): string {
  assert.is(reading.kind, 'refused', JSON.stringify(reading));
  return reading.kind === 'refused' ? `${reading.reason}: ${reading.detail}` : '';
}

const TOOL = { name: 'Write', input: WRITE.tool_input, callId: 'toolu_1' };
const EVENTS: readonly [string, object, object][] = [
  [
    'SessionStart',
    { source: 'resume', model: 'm-1' },
    { kind: 'start', reason: 'resume', model: 'm-1' },
  ],
  [
    'UserPromptSubmit',
    { prompt: 'rename the flag' },
    { kind: 'prompt', prompt: 'rename the flag' },
  ],
  ['PreToolUse', WRITE, { kind: 'tool', tool: TOOL }],
  [
    'PostToolUse',
    { ...WRITE, tool_response: {}, duration_ms: 3 },
    { kind: 'tool-done', tool: TOOL },
  ],
  [
    'PostToolUseFailure',
    { ...WRITE, error: 'no', is_interrupt: false },
    { kind: 'tool-done', tool: TOOL },
  ],
  [
    'Stop',
    { stop_hook_active: false, last_assistant_message: 'Done.' },
    { kind: 'turn', lastMessage: 'Done.' },
  ],
  ['StopFailure', { error: 'overloaded' }, { kind: 'turn' }],
  [
    'SubagentStop',
    {
      agent_id: 'a6e6',
      agent_type: 'Explore',
      agent_transcript_path: '/home/dev/sub/agent-a6e6.jsonl',
    },
    {
      kind: 'subagent',
      subagent: { id: 'a6e6', type: 'Explore', transcriptPath: '/home/dev/sub/agent-a6e6.jsonl' },
    },
  ],
  [
    'PreCompact',
    { trigger: 'manual', custom_instructions: null },
    { kind: 'compact', reason: 'manual' },
  ],
  ['SessionEnd', { reason: 'prompt_input_exit' }, { kind: 'end', reason: 'prompt_input_exit' }],
];

for (const [name, fields, expected] of EVENTS) {
  x(`${name} becomes an event with its own fields and no others`, () => {
    assert.equal(eventOf(read(name, fields)), { ...EXPECTED, ...expected });
  });
}

x('a payload is read from bytes as from text', () => {
  const text = JSON.stringify({
    ...COMMON,
    hook_event_name: 'Stop',
    last_assistant_message: 'Größe ✓',
  });
  assert.is(eventOf(readHookEvent(Buffer.from(text))).lastMessage, 'Größe ✓');
});

x('a tool call inside a subagent says which subagent', () => {
  const event = eventOf(
    read('PreToolUse', { ...WRITE, agent_id: 'a1', agent_type: 'general-purpose' }),
  );
  assert.equal(event.subagent, { id: 'a1', type: 'general-purpose' });
});

x('a subagent that ends without a name, as in compaction, is still a subagent event', () => {
  assert.equal(eventOf(read('SubagentStop', { agent_id: 'a1', agent_type: '' })).subagent, {
    id: 'a1',
  });
  assert.equal(eventOf(read('SubagentStop')).subagent, {});
});

x('a notification that Claude submits in the name of the user is no prompt', () => {
  const event = eventOf(
    read('UserPromptSubmit', { prompt: '<task-notification>\n<task-id>a1</task-id>' }),
  );
  assert.is(event.kind, 'subagent');
  assert.is(event.prompt, undefined);
});

x('a prompt that only mentions a notification is a prompt', () => {
  assert.is(
    eventOf(read('UserPromptSubmit', { prompt: 'what is <task-notification>?' })).kind,
    'prompt',
  );
});

x('an event gsess does not follow is ignored, whatever else it holds', () => {
  const reading = readHookEvent('{"hook_event_name":"Notification","session_id":7}');
  assert.equal(reading, { kind: 'ignored', reason: 'other-event' });
});

x('a tool that only reads is ignored', () => {
  for (const name of READ_ONLY_TOOLS) {
    for (const event of ['PreToolUse', 'PostToolUse', 'PostToolUseFailure']) {
      assert.equal(read(event, { tool_name: name }), { kind: 'ignored', reason: 'read-only-tool' });
    }
  }
});

x('tools that write, tools of MCP servers and tools nobody has heard of can change files', () => {
  for (const name of [
    'Bash',
    'Edit',
    'MultiEdit',
    'NotebookEdit',
    'Write',
    'mcp__files__read',
    'Agent',
    'Task',
    'Skill',
    'NewTool',
    'read',
    'constructor',
  ]) {
    assert.ok(canChangeFiles(name), name);
    assert.is(eventOf(read('PreToolUse', { tool_name: name })).tool?.name, name);
  }
});

x('a tool call without arguments or id is still a tool call', () => {
  assert.equal(eventOf(read('PreToolUse', { tool_name: 'Bash' })).tool, {
    name: 'Bash',
    input: undefined,
  });
});

x('an optional field of another type is left out, and the event survives', () => {
  const event = eventOf(
    read('UserPromptSubmit', {
      prompt: ['a', 'b'],
      permission_mode: 3,
      prompt_id: null,
      transcript_path: 'relative.jsonl',
    }),
  );
  assert.equal(event, {
    agent: 'claude',
    nativeId: COMMON.session_id,
    kind: 'prompt',
    cwd: COMMON.cwd,
  });
});

x('what is not a JSON object is refused, never thrown', () => {
  for (const input of ['', '   ', '{', '{"a":1}{"b":2}', 'null!', '{"session_id":"a', '\u0000']) {
    assert.match(refusalOf(readHookEvent(input)), /^not-json: /);
  }
  for (const input of ['null', '[]', '"text"', '7', 'true']) {
    assert.match(refusalOf(readHookEvent(input)), /^not-an-object: /);
  }
  assert.match(refusalOf(readHookEvent(Buffer.from([0xff, 0xfe, 0x00]))), /^not-json: /);
  assert.match(refusalOf(readHookEvent('['.repeat(200_000))), /^not-json: /);
});

const REQUIRED: readonly [string, string, object][] = [
  ['hook_event_name', 'Stop', {}],
  ['session_id', 'Stop', {}],
  ['cwd', 'Stop', {}],
  ['tool_name', 'PreToolUse', WRITE],
];

for (const [field, event, fields] of REQUIRED) {
  x(`a payload without ${field} is refused by name`, () => {
    const payload = { ...COMMON, hook_event_name: event, ...fields };
    assert.is(
      refusalOf(readHookEvent(JSON.stringify({ ...payload, [field]: undefined }))),
      `field-missing: ${field} is missing`,
    );
    for (const value of [null, 7, '', {}, ['x']]) {
      const refusal = refusalOf(readHookEvent(JSON.stringify({ ...payload, [field]: value })));
      assert.is(refusal, `field-invalid: ${field} is not a text`);
    }
  });
}

x('a session id that could not be a directory name is refused without being repeated', () => {
  for (const id of [
    '../../etc',
    'a/b',
    '.',
    '..',
    '.hidden',
    'a\nb',
    'a b',
    'ü',
    'x'.repeat(129),
  ]) {
    assert.is(
      refusalOf(read('Stop', { session_id: id })),
      'field-invalid: session_id is not an id',
    );
  }
  assert.is(eventOf(read('Stop', { session_id: 'x'.repeat(128) })).nativeId.length, 128);
});

x('a working directory must be absolute, on whichever system', () => {
  for (const cwd of ['flags', './flags', '~/flags', '/home/\u0000dev']) {
    assert.is(refusalOf(read('Stop', { cwd })), 'field-invalid: cwd is not an absolute path');
  }
  for (const cwd of ['/', 'C:\\flags', 'c:/flags', '\\\\server\\share']) {
    assert.is(eventOf(read('Stop', { cwd })).cwd, cwd);
  }
});

x('fields that objects inherit are not taken for fields of the payload', () => {
  const reading = readHookEvent(
    '{"__proto__":{"hook_event_name":"Stop","session_id":"a","cwd":"/"}}',
  );
  assert.match(refusalOf(reading), /^field-missing: hook_event_name/);
});

x.run();
