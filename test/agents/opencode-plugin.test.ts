// The plugin as opencode runs it: loaded as a module, given events and a client, its command a small program that notes what it was told.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { opencode } from '../../src/agents/opencode/opencode.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const x = suite("gsess's plugin in opencode");

type Handler = (input: object, output?: object) => Promise<unknown>;
type Plugin = (context: object) => Promise<Readonly<Record<string, Handler>>>;

const ROOT = 'ses_root0000';
const CHILD = 'ses_child000';
const spoken = {
  info: { id: 'msg_b', role: 'assistant', modelID: 'opus' },
  parts: [{ type: 'text', text: 'Done.' }],
};

async function load(
  directory: string,
  { recording = true, printed = '' } = {},
): Promise<Readonly<Record<string, Handler>>> {
  const { connection } = opencode;
  if (connection.way === 'none') throw new Error('opencode can be connected');
  const hook = join(directory, 'gsess');
  const log = join(directory, 'log');
  const lines = [
    `if [ "$1" = where ]; then echo '{"data":"${directory}","recording":${recording}}'; exit; fi`,
    `cat >> '${log}'; echo >> '${log}'; printf '%s' '${printed}'`,
  ];
  writeFileSync(hook, `#!/bin/sh\n${lines.join('\n')}\n`, { mode: 0o755 });
  // Loaded anew each time.
  const path = join(directory, `gsess-${printed.length}.mjs`);
  writeFileSync(path, connection.add(undefined, `${hook} hook opencode`));
  const { Gsess } = (await import(pathToFileURL(path).href)) as { Gsess: Plugin };
  const sessions = [
    { id: ROOT, directory, title: 'T', time: { created: 1, updated: 9 }, cost: 3, tokens: {} },
    { id: CHILD, parentID: ROOT, directory, time: { created: 2, updated: 9 } },
  ];
  const session = {
    get: async ({ path: { id } }: { path: { id: string } }) => ({
      data: sessions.find((one) => one.id === id),
    }),
    messages: async () => ({ data: [spoken] }),
  };
  return Gsess({ client: { session } });
}

const told = (directory: string) =>
  readFileSync(join(directory, 'log'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

x('writes the session before it tells of a prompt, a call and the end of a turn', () =>
  withTemporaryDirectory(async (directory) => {
    const hooks = await load(directory);
    const parts = [
      { type: 'text', text: 'Do it' },
      { type: 'text', text: 'a file', synthetic: true },
    ];
    await hooks['chat.message']?.({ sessionID: ROOT }, { message: { id: 'msg_a' }, parts });
    const call = { tool: 'bash', sessionID: ROOT, callID: 'c1' };
    await hooks['tool.execute.before']?.({ ...call, tool: 'read' }, { args: {} });
    await hooks['tool.execute.before']?.(call, { args: { command: 'ls' } });
    const idle = { type: 'session.idle', properties: { sessionID: ROOT } };
    await hooks['event']?.({ event: idle });
    await hooks['event']?.({ event: { type: 'session.status' } });
    const events = told(directory);
    assert.equal(
      events.map((one) => [
        one['hook_event_name'],
        one['prompt'] ?? one['tool_call_id'] ?? one['last_assistant_message'],
      ]),
      [
        ['chat.message', 'Do it'],
        ['tool.execute.before', 'c1'],
        ['session.idle', 'Done.'],
      ],
    );
    assert.ok(events.every((one) => one['prompt_id'] === 'msg_a' && one['model'] === 'opus'));
    const path = join(directory, 'copies', 'opencode', `${ROOT}.json`);
    assert.is(events[0]?.['transcript_path'], path);
    assert.is(statSync(path).mode & 0o777, 0o600);
    const info = { id: ROOT, directory, title: 'T', time: { created: 1, updated: 1 } };
    assert.equal(JSON.parse(readFileSync(path, 'utf8')), { info, messages: [spoken] });
  }),
);

x('tells of a subagent under the session it works for, with its own session beside', () =>
  withTemporaryDirectory(async (directory) => {
    const hooks = await load(directory);
    await hooks['chat.message']?.({ sessionID: CHILD }, { message: { id: 'msg_a' }, parts: [] });
    const call = { tool: 'write', sessionID: CHILD, callID: 'c1' };
    await hooks['tool.execute.before']?.(call, { args: {} });
    const idle = { type: 'session.idle', properties: { sessionID: CHILD } };
    await hooks['event']?.({ event: idle });
    const events = told(directory);
    assert.equal(
      events.map((one) => `${one['hook_event_name']} ${one['session_id']} ${one['agent_id']}`),
      [`tool.execute.before ${ROOT} ${CHILD}`, `subagent.idle ${ROOT} ${CHILD}`],
    );
    const copy = join(directory, 'copies', 'opencode', ROOT, `${CHILD}.json`);
    assert.match(readFileSync(copy, 'utf8'), `"id":"${CHILD}"`);
  }),
);

x('writes nothing where gsess records nothing', () =>
  withTemporaryDirectory(async (directory) => {
    const hooks = await load(directory, { recording: false });
    await hooks['chat.message']?.({ sessionID: ROOT }, { message: { id: 'msg_a' }, parts: [] });
    assert.equal(readdirSync(directory).sort(), ['gsess', 'gsess-0.mjs']);
  }),
);

x('holds opencode at its end until the last turn is told', () =>
  withTemporaryDirectory(async (directory) => {
    const hooks = await load(directory);
    // opencode does not wait for an event.
    void hooks['event']?.({ event: { type: 'session.idle', properties: { sessionID: ROOT } } });
    await hooks['dispose']?.({});
    assert.is(told(directory)[0]?.['last_assistant_message'], 'Done.');
  }),
);

x('puts what gsess answers in place of the prompt, and leaves any other as it is', () =>
  withTemporaryDirectory(async (directory) => {
    const printed = JSON.stringify({ decision: 'block', reason: 'No tags' });
    const hooks = await load(directory, { printed });
    const parts = [
      { type: 'text', text: 'added', synthetic: true },
      { type: 'text', text: 'gsess /chat list' },
    ];
    const message = { id: 'msg_a' };
    await hooks['chat.message']?.({ sessionID: ROOT }, { message, parts });
    assert.is(parts[0]?.text, 'added');
    assert.match(parts[1]?.text ?? '', /^gsess has answered this.*\n\nNo tags$/s);
    const silent = await load(directory, { printed: 'not JSON' });
    const other = [{ type: 'text', text: 'Do it' }];
    await silent['chat.message']?.({ sessionID: ROOT }, { message, parts: other });
    assert.is(other[0]?.text, 'Do it');
  }),
);

x('survives a session that is not there', () =>
  withTemporaryDirectory(async (directory) => {
    const hooks = await load(directory);
    await hooks['chat.message']?.({ sessionID: 'gone' }, { message: { id: 'm' }, parts: [] });
    await hooks['event']?.({ event: { type: 'session.idle', properties: { sessionID: ROOT } } });
    assert.is(told(directory).length, 1);
  }),
);

x.run();
