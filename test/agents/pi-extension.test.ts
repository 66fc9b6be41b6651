// The extension as pi runs it: loaded as a module, given events, its command a small program that notes what it was told.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pi } from '../../src/agents/pi/pi.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const x = suite("gsess's extension in pi");

type Handler = (event: object, context: object) => unknown;

async function load(directory: string, program: string): Promise<ReadonlyMap<string, Handler>> {
  const { connection } = pi;
  if (connection.way === 'none') throw new Error('pi can be connected');
  const hook = join(directory, 'gsess');
  writeFileSync(hook, `#!/bin/sh\n${program}\n`, { mode: 0o755 });
  const path = join(directory, 'gsess.mjs');
  writeFileSync(path, connection.add(undefined, `${hook} hook pi`));
  const module = (await import(pathToFileURL(path).href)) as { default: (api: object) => void };
  const handlers = new Map<string, Handler>();
  module.default({ on: (name: string, handler: Handler) => handlers.set(name, handler) });
  return handlers;
}

const contextIn = (cwd: string, file: string | undefined = join(cwd, 's.jsonl')) => ({
  cwd,
  model: { id: 'opus' },
  sessionManager: { getSessionFile: () => file, getSessionId: () => 'id' },
});

x(
  'tells of prompts, calls that can change files, and the end of a turn, and gives pi nothing back',
  () =>
    withTemporaryDirectory(async (directory) => {
      const log = join(directory, 'log');
      const handlers = await load(directory, `cat >> '${log}'; echo >> '${log}'; echo said`);
      const context = contextIn(directory);
      const emit = async (event: { type: string; [field: string]: unknown }) =>
        assert.is((await handlers.get(event.type)?.(event, context)) ?? undefined, undefined);
      const message = { role: 'user', content: [{ type: 'text', text: 'Do it' }], timestamp: 5 };
      await emit({ type: 'before_agent_start' });
      await emit({ type: 'message_end', message });
      await emit({ type: 'message_end', message: { ...message, timestamp: 6 } });
      await emit({ type: 'tool_call', toolName: 'read', toolCallId: 'c0', input: {} });
      const call = {
        type: 'tool_call',
        toolName: 'bash',
        toolCallId: 'c1',
        input: { command: 'ls' },
      };
      await emit(call);
      await emit(call);
      const said = { role: 'assistant', content: [{ type: 'text', text: 'Done.' }] };
      await emit({ type: 'agent_end', messages: [said] });
      const told = readFileSync(log, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      assert.equal(
        told.map((one) => [
          one['hook_event_name'],
          one['prompt'] ?? one['tool_call_id'] ?? one['last_assistant_message'],
        ]),
        [
          ['message_end', 'Do it'],
          ['tool_call', 'c1'],
          ['agent_end', 'Done.'],
        ],
      );
      assert.equal(told[1]?.['tool_input'], { command: 'ls' });
      assert.ok(told.every((one) => one['prompt_id'] === '5' && one['session_id'] === 'id'));
    }),
);

x('keeps quiet of a session that pi does not keep, and survives what fails', () =>
  withTemporaryDirectory(async (directory) => {
    const log = join(directory, 'log');
    writeFileSync(log, '');
    const handlers = await load(directory, `cat >> '${log}'; exit 2`);
    const start = handlers.get('session_start');
    await start?.(
      { type: 'session_start' },
      { ...contextIn(directory), sessionManager: { getSessionFile: () => undefined } },
    );
    assert.is(readFileSync(log, 'utf8'), '');
    await start?.({ type: 'session_start' }, contextIn(directory));
    await start?.({ type: 'session_start' }, contextIn(join(directory, 'gone')));
    await start?.({ type: 'session_start' }, {});
    assert.is(readFileSync(log, 'utf8').match(/session_start/g)?.length, 1);
  }),
);

x.run();
