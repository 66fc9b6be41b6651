import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { writerOf } from '../../src/agents/writer-of.ts';
import { CHECKOUT, filesBelow } from '../support/checkout.ts';
import { ONE_CONVERSATION } from '../support/one-conversation.ts';

const writer = suite('who wrote a transcript');

writer('is told by what is in it, for every transcript that we have', async () => {
  const files = filesBelow('fixtures/transcripts').filter((path) => /\.jsonl?$/.test(path));
  const wrong: string[] = [];
  for (const path of files) {
    const [, , agent = ''] = path.split('/');
    const found = await writerOf(readFileSync(join(CHECKOUT, path)));
    if (found?.name !== agent) wrong.push(`${path}: ${found?.name}`);
  }
  assert.ok(files.length >= 8, `${files.length} files`);
  assert.equal(wrong, []);
});

writer('is told for a conversation in the form of each agent', async () => {
  for (const [agent, bytes] of Object.entries(ONE_CONVERSATION)) {
    assert.is((await writerOf(bytes()))?.name, agent);
  }
});

writer('is nobody where nothing is said', async () => {
  for (const text of ['', 'buy milk\n', '{"type":"summary"}\n', '[]', '{"messages":[]}']) {
    assert.is(await writerOf(Buffer.from(text)), undefined, text);
  }
});

writer.run();
