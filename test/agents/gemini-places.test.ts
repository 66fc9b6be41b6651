// Where Gemini CLI keeps its sessions, what it tells at its events, and how it is connected.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AgentVariables } from '../../src/agents/agent-variables.ts';
import { gemini } from '../../src/agents/gemini/gemini.ts';
import { geminiHook } from '../../src/agents/gemini/hook-reader.ts';
import { placesIn } from '../support/agent-places.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { lines } from '../support/transcript-fixture.ts';

const x = suite("Gemini's places");

const ID = '11111111-2222-4333-8444-555566667777';
const header = (sessionId: string, more: object = {}) => ({ sessionId, projectHash: 'f', ...more });
const spoken = (sessionId: string) =>
  lines(header(sessionId), { id: '1', timestamp: 't', type: 'gemini', content: 'a' });

function put(path: string, content: string | Buffer = ''): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function inHome(
  body: (at: (...names: string[]) => string, home: string) => unknown,
): () => Promise<void> {
  return () =>
    withTemporaryDirectory(async (home) => {
      await body((...names) => join(home, '.gemini', ...names), home);
    });
}

const destination = (home: string, cwd: string, variables: AgentVariables = {}) =>
  gemini.sessions.destination(placesIn(home, variables), { nativeId: ID, cwd, at: 0 });

x(
  'names a project as Gemini does: by its register, by the marks of owners, else anew',
  inHome((at, home) => {
    const chats = (name: string) =>
      at('tmp', name, 'chats', 'session-1970-01-01T00-00-66667777.jsonl');
    assert.is(destination(home, '/w/My  App!'), chats('my-app'));
    put(at('tmp', 'my-app', '.project_root'), '/elsewhere/my-app');
    assert.is(destination(home, '/w/My  App!'), chats('my-app-1'));
    put(at('history', 'old', '.project_root'), '/w/My  App!\n');
    assert.is(destination(home, '/w/My  App!'), chats('old'));
    put(at('projects.json'), JSON.stringify({ projects: { '/w/My  App!': 'named', '/x': 'y' } }));
    assert.is(destination(home, '/w/My  App!'), chats('named'));
    assert.is(destination(home, '/z/y'), chats('y-1'));
    put(at('projects.json'), '{"projects": {"/w/a": "../../out"}}');
    assert.is(destination(home, '/w/a'), chats('a'), 'a name that leads out is none');
  }),
);

x('honours the variable for its home', async () => {
  const path = destination('/h', '/w/app', { GEMINI_CLI_HOME: '/g' });
  assert.ok(path?.startsWith('/g/.gemini/tmp/app/chats/'));
});

x(
  'finds a session by the id in it, and not the empty file that resuming leaves',
  inHome(async (at, home) => {
    const real = put(
      at('tmp', 'app', 'chats', 'session-2026-01-01T00-00-66667777.jsonl'),
      spoken(ID),
    );
    put(at('tmp', 'app', 'chats', 'session-2026-01-02T00-00-11111111.jsonl'), lines(header(ID)));
    put(at('tmp', 'app', 'chats', ID, 'sub.jsonl'), lines(header('sub', { kind: 'subagent' })));
    put(at('tmp', 'app', 'chats', 'session-2026-01-03T00-00-00000000.jsonl'), 'no session');
    const other = put(
      at('tmp', 'b', 'chats', 'session-2026-01-03T00-00-00000000.json'),
      `{\n "sessionId": "x-1"\n}`,
    );
    symlinkSync(real, at('tmp', 'b', 'chats', 'session-link-00000001.jsonl'));
    const places = placesIn(home);
    assert.equal(gemini.sessions.find(places, ID), { nativeId: ID, path: real });
    const all = await gemini.sessions.list(places);
    assert.equal(all, [
      { nativeId: ID, path: real },
      { nativeId: 'x-1', path: other },
    ]);
    put(at('tmp', 'app', '.project_root'), '/w/app');
    put(at('projects.json'), '{"projects": {"/w/b": "b"}}');
    assert.equal(
      all.map(({ path }) => gemini.sessions.directoryOf(path)),
      ['/w/app', '/w/b'],
    );
    assert.is(gemini.sessions.directoryOf('/none/tmp/x/chats/y.jsonl'), undefined);
    put(`${other}l`, spoken('x-1'));
    assert.equal(
      (await gemini.sessions.list(places)).map(({ path }) => path),
      [real, `${other}l`],
    );
  }),
);

x(
  'resumes from the directory of the project alone',
  inHome((_, home) => {
    const places = placesIn(home);
    const path = destination(home, '/w/app') ?? '';
    const target = { nativeId: ID, cwd: '/w/app' };
    assert.ok(gemini.sessions.resumesFrom(places, path, target));
    assert.not.ok(gemini.sessions.resumesFrom(places, path, { ...target, cwd: '/w/b' }));
    assert.equal(gemini.resume({ ...target, path }), {
      before: [],
      argv: ['gemini', '--resume', ID],
      cwd: '/w/app',
    });
    assert.throws(() => gemini.resume({ nativeId: '3', cwd: '/w/app', path }), /Not the id/);
  }),
);

x(
  'lists what stands beside a session, and says where it belongs beside another',
  inHome((at) => {
    const path = put(at('tmp', 'app', 'chats', 'session-a-66667777.jsonl'), spoken(ID));
    put(at('tmp', 'app', 'chats', ID, 'sub.jsonl'), '{}\n');
    put(at('tmp', 'app', 'tool-outputs', `session-${ID}`, 'out.txt'), 'long');
    put(at('tmp', 'app', ID, 'plans', 'plan.md'), '# Plan');
    const files = gemini.sessions.sideFiles(path);
    assert.equal(
      files.map(({ name }) => name),
      ['subagents/sub.jsonl', 'tool-outputs/out.txt', 'session/plans/plan.md'],
    );
    const other = at('tmp', 'b', 'chats', 'session-b-77777777.jsonl');
    assert.equal(
      files.map(({ name }) => gemini.sessions.sidePlace(other, name, 'new')),
      [
        at('tmp', 'b', 'chats', 'new', 'sub.jsonl'),
        at('tmp', 'b', 'tool-outputs', 'session-new', 'out.txt'),
        at('tmp', 'b', 'new', 'plans', 'plan.md'),
      ],
    );
    assert.is(gemini.sessions.sidePlace(other, 'odd.txt', 'new'), undefined);
    const bytes = Buffer.from('as it is');
    assert.equal(
      gemini.format.writeSideFile('subagents/sub.jsonl', { bytes, nativeId: ID }),
      bytes,
    );
  }),
);

const payload = (event: string, more: object = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      session_id: ID,
      transcript_path: '/h/.gemini/tmp/app/chats/session-2026-01-01T00-00-11111111.jsonl',
      cwd: '/w/app',
      hook_event_name: event,
      timestamp: '2026-01-01T00:00:00.000Z',
      ...more,
    }),
  );

x('turns its events into ours, by its own names', () => {
  const kinds = ['SessionStart', 'BeforeAgent', 'AfterAgent', 'SessionEnd'].map((event) => {
    const reading = geminiHook.read(payload(event, { prompt: 'go', prompt_response: 'Done.' }));
    return reading.kind === 'event'
      ? [reading.event.kind, reading.event.lastMessage]
      : reading.kind;
  });
  assert.equal(kinds, [
    ['start', undefined],
    ['prompt', undefined],
    ['turn', 'Done.'],
    ['end', undefined],
  ]);
  for (const event of ['BeforeModel', 'AfterModel', 'PreCompress', 'Notification']) {
    assert.equal(geminiHook.read(payload(event)), { kind: 'ignored', reason: 'other-event' });
  }
});

x('tells a call without an id, and nothing of one that only reads', () => {
  const tool = { tool_name: 'write_file', tool_input: { file_path: 'a' } };
  const reading = geminiHook.read(payload('BeforeTool', tool));
  assert.ok(reading.kind === 'event' && reading.event.kind === 'tool');
  assert.equal(reading.event.tool, { name: 'write_file', input: { file_path: 'a' } });
  const reads = geminiHook.read(payload('BeforeTool', { tool_name: 'read_file', tool_input: {} }));
  assert.equal(reads, { kind: 'ignored', reason: 'read-only-tool' });
});

x('believes the file that is named at the start no more than that: it may be an empty one', () => {
  const start = geminiHook.read(payload('SessionStart', { source: 'resume' }));
  assert.ok(start.kind === 'event');
  assert.is(start.event.transcriptPath, undefined);
  assert.is(start.event.reason, 'resume');
});

const SETTINGS = `{
  // what I like
  "theme": "Dark", /* really */
  "hooks": {
    "BeforeTool": [
      { "matcher": "run_shell_command", "hooks": [{ "type": "command", "command": "mine" }] },
    ]
  },
}
`;

x('is connected in settings with comments, and disconnected without a trace', () => {
  const { connection } = gemini;
  if (connection.way === 'none') throw new Error('not connected by a file');
  const added = connection.add(SETTINGS, 'gsess hook gemini');
  assert.ok(connection.isRead(added));
  assert.not.ok(connection.isRead('{"half":'));
  assert.match(added, '"timeout": 30000');
  assert.match(added, '// what I like');
  assert.equal(
    connection
      .find(added)
      .map(({ event }) => event)
      .sort(),
    [...connection.events].sort(),
  );
  assert.is(connection.remove(added, { text: SETTINGS }), SETTINGS);
  assert.is(connection.remove(added), SETTINGS);
  const off = connection.advice('{"hooksConfig": {"enabled": false} // for now\n}');
  assert.is(off.length, connection.advice(SETTINGS).length + 1);
  assert.equal(connection.advice(undefined), connection.advice('{"half":'));
  const scopes = connection.files(placesIn('/h'), '/w/app').map(({ path }) => path);
  assert.equal(scopes, ['/h/.gemini/settings.json', '/w/app/.gemini/settings.json']);
});

x.run();
