import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  derivedSessionId,
  isSessionId,
  newSessionId,
  parseSessionId,
  sessionIdOf,
  shortSessionId,
} from '../../src/session/session-id.ts';

const x = suite('Session ids');
const NATIVE = '0f8fad5b-d9cb-469f-a165-70867728950e';

x("are the agent's own where that is a UUID, in lower case", () => {
  assert.is(sessionIdOf('claude', NATIVE.toUpperCase()), NATIVE);
});

x('are derived, the same each time, where it is none', () => {
  const id = sessionIdOf('gemini', 'session-7');
  assert.is(sessionIdOf('gemini', 'session-7'), id);
  assert.is.not(sessionIdOf('qwen', 'session-7'), id);
  assert.is.not(sessionIdOf('gemini', 'session-8'), id);
  assert.is(id[14], '5');
  assert.ok(isSessionId(id));
  assert.ok(isSessionId(derivedSessionId('anything')));
});

x('of forks sort by the time they were made', () => {
  const ids = [1_700_000_000_000, 1_700_000_000_001, 1_800_000_000_000].map((now) =>
    newSessionId(now),
  );
  assert.equal([...ids].sort(), ids);
  for (const id of ids) assert.is(id[14], '7');
  assert.is.not(newSessionId(1_700_000_000_000), ids[0]);
});

x('are shown by as much of their beginning as tells them apart', () => {
  assert.is(shortSessionId(NATIVE), '0f8fad5b');
  const [one, other] = [1_700_000_000_000, 1_700_000_000_001].map((now) => newSessionId(now));
  assert.is(shortSessionId(one ?? ''), '018bcfe5-6800');
  assert.is(shortSessionId(other ?? ''), '018bcfe5-6801');
});

x('are refused where they are anything else', () => {
  for (const text of ['', '../../.bashrc', NATIVE.slice(1), `${NATIVE}x`, NATIVE.toUpperCase()]) {
    assert.throws(() => parseSessionId(text), /Not a session id/);
  }
  assert.is(parseSessionId(NATIVE), NATIVE);
});

x.run();
