// The code of the plugin that opencode is connected by. opencode loads it at each start and waits for what it does at a prompt and around
// a call. Before it tells of an event it writes the session, in the form of `opencode export`, into a directory of gsess, since
// opencode itself has it in a database. What of a session changes with every message is left out, so that a file keeps its
// beginning. The plugin tells, prints nothing, and whatever fails in it, or takes too long, is passed over. It changes one thing: in place
// of a slash command of gsess the model is given its answer, since there is no way past the model here.

import { READ_ONLY_TOOLS } from './tools.ts';

/** opencode has no limit of its own; gsess gives up long before. */
const HOOK_MS_MAX = 30_000;

export const PLUGIN_EVENTS: readonly string[] = [
  'chat.message',
  'tool.execute.before',
  'tool.execute.after',
  'session.idle',
  'experimental.session.compacting',
];

export const PLUGIN_CODE = `import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const READ_ONLY = new Set(${JSON.stringify(READ_ONLY_TOOLS)});

/** Runs a command of gsess, and gives what it printed. */
function run(command, cwd, input) {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', command], { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
    const late = setTimeout(() => child.kill('SIGKILL'), ${HOOK_MS_MAX});
    let printed = '';
    child.stdout.on('data', (piece) => {
      printed += piece;
    });
    const end = () => {
      clearTimeout(late);
      resolve(printed);
    };
    child.once('error', end);
    child.once('close', end);
    child.stdin.once('error', () => {});
    child.stdin.end(input);
  });
}

let copies;
/** Where gsess wants the sessions, and whether it wants any; it knows best. */
function copiesDirectory(cwd) {
  copies ??= run(COMMAND.replace(/ hook opencode$/, ' where --json'), cwd, '').then((printed) => {
    const { data, recording } = JSON.parse(printed);
    return recording === false ? undefined : join(data, 'copies', 'opencode');
  });
  return copies;
}

function write(path, session, messages) {
  const { cost, tokens, summary, share, ...info } = session;
  info.time = { ...info.time, updated: info.time.created };
  const lines = messages.map((message) => JSON.stringify(message)).join(',\\n');
  const text = '{"info":' + JSON.stringify(info) + ',"messages":[\\n' + lines + '\\n]}\\n';
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  const written = path + '.' + randomUUID();
  writeFileSync(written, text, { mode: 0o600 });
  renameSync(written, path);
}

const ANSWERED =
  'gsess has answered this. Give its answer to the user, word for word, and do nothing else:\\n\\n';

/** What gsess answered in place of the model; nothing where the prompt was not for it. */
function answerIn(printed) {
  try {
    return JSON.parse(printed).reason;
  } catch {
    return undefined;
  }
}

export const Gsess = async ({ client }) => {
  const sessionOf = async (id) => (await client.session.get({ path: { id } })).data;
  const messagesOf = async (id) => (await client.session.messages({ path: { id } })).data ?? [];
  const prompts = new Map();
  let before = Promise.resolve();

  async function tellNow(name, id, fieldsOf) {
    const own = await sessionOf(id);
    if (!own) return;
    let root = own;
    while (root.parentID) root = await sessionOf(root.parentID);
    const isSubagent = root.id !== own.id;
    if (isSubagent && name === 'chat.message') return;
    const directory = await copiesDirectory(root.directory);
    if (directory === undefined) return;
    const path = join(directory, root.id + '.json');
    const messages = await messagesOf(root.id);
    write(path, root, messages);
    if (isSubagent) write(join(directory, root.id, own.id + '.json'), own, await messagesOf(own.id));
    const said = messages.findLast(({ info }) => info.role === 'assistant');
    const fields = fieldsOf(said?.parts ?? []);
    if (fields.prompt_id) prompts.set(root.id, fields.prompt_id);
    const payload = {
      hook_event_name: isSubagent && name === 'session.idle' ? 'subagent.idle' : name,
      session_id: root.id,
      transcript_path: path,
      cwd: root.directory,
      model: said?.info.modelID,
      prompt_id: prompts.get(root.id),
      ...(isSubagent ? { agent_id: own.id } : {}),
      ...fields,
    };
    return await run(COMMAND, root.directory, JSON.stringify(payload));
  }

  /** One event after the other, for all write the same files. */
  function tell(name, id, fieldsOf = () => ({})) {
    before = before.then(() => tellNow(name, id, fieldsOf)).catch(() => {});
    return before;
  }

  const textOf = (parts) =>
    parts.filter(({ type, synthetic }) => type === 'text' && !synthetic).map(({ text }) => text).join('\\n');
  const call = ({ tool, sessionID, callID }, args) => [
    sessionID,
    () => ({ tool_name: tool, tool_call_id: callID, tool_input: args }),
  ];
  return {
    'chat.message': async ({ sessionID }, { message, parts }) => {
      const fields = { prompt: textOf(parts), prompt_id: message.id };
      const answer = answerIn(await tell('chat.message', sessionID, () => fields));
      const asked = parts.find(({ type, synthetic }) => type === 'text' && !synthetic);
      if (answer && asked) asked.text = ANSWERED + answer;
    },
    'tool.execute.before': async (input, { args }) => {
      if (!READ_ONLY.has(input.tool)) await tell('tool.execute.before', ...call(input, args));
    },
    'tool.execute.after': async (input) => {
      if (!READ_ONLY.has(input.tool)) await tell('tool.execute.after', ...call(input, input.args));
    },
    'experimental.session.compacting': async ({ sessionID }) => {
      await tell('experimental.session.compacting', sessionID);
    },
    // opencode waits for no event, only for this, and one that was started for a single prompt is gone right after its turn.
    dispose: () => Promise.race([before, new Promise((resolve) => setTimeout(resolve, ${HOOK_MS_MAX}).unref())]),
    event: async ({ event }) => {
      if (event.type !== 'session.idle') return;
      await tell('session.idle', event.properties.sessionID, (parts) => ({
        last_assistant_message: textOf(parts),
      }));
    },
  };
};
`;
