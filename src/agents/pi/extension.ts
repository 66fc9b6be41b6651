// The code of the extension that pi is connected by. pi loads it at each start and waits for what it does at an event, so the snapshot of
// a moment is taken before pi goes on. It only tells: it gives pi nothing back, prints nothing, and whatever fails in it, or takes
// too long, is passed over. A session that pi does not keep is not told of either.

import { READ_ONLY_TOOLS } from './tools.ts';

/** pi has no limit of its own; gsess gives up long before. */
const HOOK_MS_MAX = 30_000;

export const EXTENSION_EVENTS: readonly string[] = [
  'session_start',
  'message_end',
  'tool_call',
  'tool_result',
  'agent_end',
  'session_before_compact',
  'session_shutdown',
];

export const EXTENSION_CODE = `import { spawn } from 'node:child_process';

const READ_ONLY = new Set(${JSON.stringify(READ_ONLY_TOOLS)});

/** Events that this or another copy of the file has told. */
const told = (globalThis[Symbol.for('gsess.pi')] ??= new WeakSet());

function run(payload) {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', COMMAND], { cwd: payload.cwd, stdio: ['pipe', 'ignore', 'ignore'] });
    const late = setTimeout(() => child.kill('SIGKILL'), ${HOOK_MS_MAX});
    const end = () => {
      clearTimeout(late);
      resolve();
    };
    child.once('error', end);
    child.once('close', end);
    child.stdin.once('error', () => {});
    child.stdin.end(JSON.stringify(payload));
  });
}

async function tell(event, context, fields) {
  try {
    const file = context.sessionManager.getSessionFile();
    if (!file || told.has(event)) return;
    told.add(event);
    await run({
      hook_event_name: event.type,
      session_id: context.sessionManager.getSessionId(),
      transcript_path: file,
      cwd: context.cwd,
      model: context.model?.id,
      ...fields,
    });
  } catch {
    // What cannot be told must not stop pi.
  }
}

function textOf(message) {
  const { content } = message ?? {};
  if (!Array.isArray(content)) return typeof content === 'string' ? content : undefined;
  return content.filter((block) => block.type === 'text').map((block) => block.text).join('\\n');
}

export default function gsess(pi) {
  let isPromptNext = false;
  let promptId;
  pi.on('session_start', (event, context) => tell(event, context, { reason: event.reason }));
  // What is said while pi works comes without this, and begins no turn.
  pi.on('before_agent_start', () => {
    isPromptNext = true;
  });
  pi.on('message_end', async (event, context) => {
    const { message } = event;
    if (message.role !== 'user' || !isPromptNext) return;
    isPromptNext = false;
    promptId = String(message.timestamp);
    await tell(event, context, { prompt: textOf(message), prompt_id: promptId });
  });
  const call = (event) => ({
    tool_name: event.toolName,
    tool_call_id: event.toolCallId,
    tool_input: event.input,
    prompt_id: promptId,
  });
  for (const name of ['tool_call', 'tool_result']) {
    pi.on(name, async (event, context) => {
      if (!READ_ONLY.has(event.toolName)) await tell(event, context, call(event));
    });
  }
  pi.on('agent_end', (event, context) => {
    const said = event.messages.findLast((message) => message.role === 'assistant');
    return tell(event, context, { prompt_id: promptId, last_assistant_message: textOf(said) });
  });
  pi.on('session_before_compact', (event, context) => tell(event, context, {}));
  pi.on('session_shutdown', (event, context) => tell(event, context, { reason: event.reason }));
}
`;
