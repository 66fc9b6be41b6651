import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clipboardPrograms } from '../../src/cli/clipboard.ts';
import { exitHint, wordFor } from '../../src/cli/exit-hint.ts';
import { replacesConversation } from '../../src/cli/replace-conversation.ts';
import type { SessionId } from '../../src/session/session-id.ts';

const hint = suite('the hint at the end');

const session = (id: string, name: string | null) => ({ id: id as SessionId, name });
const ONE = session('11111111-1111-4111-8111-111111111111', 'auth');
const TWO = session('22222222-2222-4222-8222-222222222222', null);

hint('has the name, and the id on a line of its own', () => {
  assert.equal(exitHint(ONE, [ONE, TWO]), [
    'To go on with it: gsess resume auth',
    `Its id: ${ONE.id}`,
  ]);
});

hint(
  'has the id alone where there is no name, or another has it too, or it cannot be shown',
  () => {
    const only = (one: typeof ONE) => [`To go on with it: gsess resume ${one.id}`];
    assert.equal(exitHint(TWO, [ONE, TWO]), only(TWO));
    assert.equal(exitHint(ONE, [ONE, { ...TWO, name: 'auth' }]), only(ONE));
    const hidden = session(ONE.id, 'a\u202eb');
    assert.equal(exitHint(hidden, [hidden]), only(hidden));
  },
);

hint('quotes the name, and keeps it from reading as a flag', () => {
  assert.is(wordFor({ ...ONE, name: "it's two" }, []), `'it'\\''s two'`);
  assert.is(exitHint({ ...ONE, name: '-x' }, [])[0], 'To go on with it: gsess resume -- -x');
});

const leaving = suite('leaving a conversation');

leaving('is to be asked only where something was said in it, and it is another one', () => {
  const inside = { id: ONE.id, turns: 1 };
  assert.ok(replacesConversation(inside, TWO));
  assert.not(replacesConversation(inside, ONE));
  assert.not(replacesConversation({ ...inside, turns: 0 }, TWO));
  assert.not(replacesConversation(undefined, TWO));
});

const clipboard = suite('the clipboard');

clipboard('is filled by what the desktop has, and by nothing where there is none', () => {
  const names = (platform: NodeJS.Platform, variables = {}) =>
    clipboardPrograms({ platform, variables }).map(([name]) => name);
  assert.equal(names('darwin'), ['pbcopy']);
  assert.equal(names('win32'), ['clip.exe']);
  assert.equal(names('linux'), []);
  assert.equal(names('linux', { WAYLAND_DISPLAY: 'w', DISPLAY: ':0' }), [
    'wl-copy',
    'xclip',
    'xsel',
  ]);
  assert.equal(names('freebsd', { DISPLAY: ':0' }), ['xclip', 'xsel']);
});

hint.run();
leaving.run();
clipboard.run();
