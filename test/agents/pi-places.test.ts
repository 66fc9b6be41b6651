import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AgentPlaces } from '../../src/agents/agent.ts';
import { piHook } from '../../src/agents/pi/hook-reader.ts';
import { pi } from '../../src/agents/pi/pi.ts';
import { hookCommand } from '../../src/cli/hook-command.ts';
import { placesIn } from '../support/agent-places.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { lines } from '../support/transcript-fixture.ts';

const x = suite("pi's files and events");

const ID = '01a21daf-0202-74d2-8b4a-5da94ea3b1bf';
const AT = Date.UTC(2026, 10, 27, 15, 45, 38, 320);
const FILE = `2026-11-27T15-45-38-320Z_${ID}.jsonl`;

function putSession(places: AgentPlaces, cwd = '/home/dev/flags'): string {
  const path = pi.sessions.destination(places, { nativeId: ID, cwd, at: AT }) ?? '';
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lines({ type: 'session', version: 3, id: ID, cwd }));
  return path;
}

x('finds a session where pi keeps it, and resumes it by its path', () =>
  withTemporaryDirectory(async (home) => {
    const places = placesIn(home);
    const path = putSession(places);
    assert.is(path, join(home, '.pi', 'agent', 'sessions', '--home-dev-flags--', FILE));
    writeFileSync(join(dirname(path), 'notes.jsonl'), '{"note":1}\n');
    assert.equal(await pi.sessions.list(places), [{ nativeId: ID, path }]);
    assert.is(pi.sessions.find(places, ID)?.path, path);
    assert.is(pi.sessions.directoryOf(path), '/home/dev/flags');
    const target = { nativeId: ID, cwd: '/home/dev/flags' };
    assert.ok(pi.sessions.resumesFrom(places, path, target));
    assert.not.ok(pi.sessions.resumesFrom(places, path, { ...target, cwd: '/elsewhere' }));
    assert.equal(pi.resume({ ...target, path }).argv, ['pi', '--session', path]);
  }),
);

x('honours its variables, a ~ in them too', () =>
  withTemporaryDirectory(async (home) => {
    const moved = placesIn(home, { PI_CODING_AGENT_DIR: '~/pi' });
    assert.is(putSession(moved), join(home, 'pi', 'sessions', '--home-dev-flags--', FILE));
    const apart = placesIn(home, { PI_CODING_AGENT_SESSION_DIR: join(home, 'all') });
    assert.is(putSession(apart), join(home, 'all', FILE));
    assert.is((await pi.sessions.list(apart)).length, 1);
    const settings = { PI_CODING_AGENT_DIR: '/x' };
    const { connection } = pi;
    assert.is.not(connection.way, 'none');
    if (connection.way === 'none') return;
    assert.equal(
      connection.files(placesIn(home, settings), '/p').map(({ path }) => path),
      ['/x/extensions/gsess.js', '/p/.pi/extensions/gsess.js'],
    );
  }),
);

x('leaves a file of that name alone that is not ours', () => {
  const { connection } = pi;
  if (connection.way === 'none') throw new Error('pi can be connected');
  const command = hookCommand('pi');
  const theirs = 'export default () => {};\n';
  assert.throws(() => connection.add(theirs, command), /not one that gsess made/);
  assert.is(connection.remove(theirs), theirs);
  assert.equal(connection.find(theirs), []);
  assert.throws(() => connection.add(undefined, 'rm -r /'), /not be recognised/);
  const older = connection
    .add(undefined, command)
    .replace(command.slice(-12), '/cli/main.js hook pi');
  assert.is(connection.add(older, command), connection.add(undefined, command));
});

const PAYLOAD = { session_id: ID, transcript_path: `/h/${FILE}`, cwd: '/home/dev/flags' };

function eventOf(name: string, fields: object) {
  const text = JSON.stringify({ ...PAYLOAD, hook_event_name: name, ...fields });
  return piHook.read(Buffer.from(text));
}

x('reads what the extension tells', () => {
  const kinds = [
    ['session_start', 'start'],
    ['message_end', 'prompt'],
    ['agent_end', 'turn'],
    ['session_before_compact', 'compact'],
    ['session_shutdown', 'end'],
  ];
  for (const [name = '', kind] of kinds) {
    const reading = eventOf(name, { prompt_id: '5', reason: 'quit' });
    assert.is(reading.kind === 'event' ? reading.event.kind : reading.kind, kind);
  }
  const call = { tool_name: 'edit', tool_call_id: 'c1', tool_input: { path: 'a' } };
  const reading = eventOf('tool_call', call);
  if (reading.kind !== 'event') throw new Error(reading.kind);
  assert.equal(reading.event.tool, { name: 'edit', input: { path: 'a' }, callId: 'c1' });
  assert.is(reading.event.transcriptPath, PAYLOAD.transcript_path);
  assert.is(eventOf('tool_call', { ...call, tool_name: 'read' }).kind, 'ignored');
});

x.run();
