// The scripted model itself, without any agent.

import * as assert from 'uvu/assert';
import { scriptedPrompt, scriptIn, withoutScript } from '../model-script.ts';
import { type ModelServer, startModel } from '../model-server.ts';
import type { Scenario } from '../scenario.ts';

interface Reply {
  readonly stop_reason: string;
  readonly content: readonly { readonly type: string; readonly name?: string; text?: string }[];
}

async function ask(model: ModelServer, messages: readonly object[]): Promise<Reply> {
  const tools = [{ name: 'Write', input_schema: {} }];
  const body = JSON.stringify({ model: 'm', messages, tools });
  const response = await fetch(`${model.url}/v1/messages?beta=true`, { method: 'POST', body });
  return (await response.json()) as Reply;
}

export const scenario: Scenario = {
  title: 'The model that answers by script',
  needs: 'nothing',
  async run(check) {
    const model = await startModel();
    try {
      const prompt = scriptedPrompt('Add two files', [
        [
          { write: '/a', content: '1\n', text: 'Both at once.' },
          { write: '/b', content: '[2]\n' },
        ],
        { say: 'done' },
      ]);
      await check('a prompt carries its script on the last line', () => {
        assert.is(withoutScript(prompt), 'Add two files');
        assert.is(scriptIn(prompt)?.length, 2);
        assert.is(scriptIn('Add two files'), undefined);
      });
      const user = { role: 'user', content: [{ type: 'text', text: prompt }] };
      const first = await check('the first reply is the first step', async () => {
        const reply = await ask(model, [user]);
        assert.equal(
          reply.content.map(({ type, name }) => name ?? type),
          ['text', 'Write', 'Write'],
        );
        assert.is(reply.stop_reason, 'tool_use');
        return reply;
      });
      await check('the step follows from the replies since the prompt', async () => {
        const results = { role: 'user', content: [{ type: 'tool_result', content: 'ok' }] };
        const replied = { role: 'assistant', content: first.content };
        const second = await ask(model, [user, replied, results]);
        assert.equal(second.content, [{ type: 'text', text: 'done' }]);
        const reminder = '<system-reminder>mind the gap</system-reminder>\nand now?';
        const plain = [user, replied, results, { role: 'user', content: reminder }];
        assert.is((await ask(model, plain)).content[0]?.text, 'Heard: and now?');
      });
      await check('the log tells the conversation of each request', () => {
        assert.equal(model.requests().at(-1)?.conversation, [
          'user: Add two files',
          'assistant: Both at once.',
          'call: Write',
          'call: Write',
          'result: ok',
          'user: and now?',
        ]);
      });
    } finally {
      await model.close();
    }
  },
};
