import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readTranscript } from '../../src/agents/claude/transcript-reader.ts';
import { callText, conversationText } from '../../src/cli/conversation-text.ts';
import { createPaint } from '../../src/ui/paint.ts';
import { lines } from '../support/transcript-fixture.ts';

const plain = createPaint(false);
const user = (content: unknown, more: object = {}) => ({
  type: 'user',
  message: { role: 'user', content },
  ...more,
});
const assistant = (id: string, content: unknown, more: object = {}) => ({
  type: 'assistant',
  message: { id, role: 'assistant', model: 'm', content },
  ...more,
});

const text = suite('a conversation as text');

text(
  'shows what was asked and answered, calls in one line, and nothing that agents note for themselves',
  () => {
    const said = readTranscript(
      lines(
        user('<system-reminder>be good</system-reminder>fix it\n\nplease'),
        assistant('a', [
          { type: 'thinking', thinking: 'hm' },
          { type: 'text', text: 'I look.\n' },
          { type: 'tool_use', id: 't', name: 'Bash', input: { command: 'ls -l\nrm x' } },
        ]),
        user([{ type: 'tool_result', tool_use_id: 't', content: 'a.txt' }]),
        user('[Request interrupted by user]'),
        user('The story so far', { isCompactSummary: true }),
        user([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: '' } }]),
        assistant('b', [{ type: 'text', text: 'API is over capacity' }], {
          isApiErrorMessage: true,
        }),
        user('<command-name>/cost</command-name>'),
        assistant('c', [{ type: 'thinking', thinking: 'nothing to say' }]),
      ),
    );
    assert.is(
      conversationText(said, plain),
      [
        '> fix it\n>\n> please',
        'I look.\n  Bash ls -l rm x',
        '(interrupted)',
        '(the conversation was compacted here)',
        '> (an image)',
        'API is over capacity',
      ].join('\n\n'),
    );
  },
);

text('is empty where nothing was said', () => {
  assert.is(conversationText(readTranscript(new Uint8Array()), plain), '');
});

text('lets nothing act on the terminal', () => {
  const said = readTranscript(lines(user('a\u001b[2Jb\u202e'), assistant('a', 'c\u001b[31m')));
  assert.is(conversationText(said, plain), '> a\\x1b[2Jb\\u202e\n\nc\\x1b[31m');
});

text('names a call by what tells it from others, cut to a line', () => {
  assert.is(callText({ name: 'Task', input: { description: 'look', prompt: 'x' } }), 'Task look');
  assert.is(callText({ name: 'Odd', input: 'text' }), 'Odd');
  assert.is(callText({ name: 'Odd' }), 'Odd');
  const long = callText({ name: 'Bash', input: { command: 'x'.repeat(1_000_000) } });
  assert.is(long.length, 100);
});

text.run();
