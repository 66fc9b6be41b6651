import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AgentEvent } from '../../src/agents/agent.ts';
import { codex } from '../../src/agents/codex/codex.ts';
import { codexHook } from '../../src/agents/codex/hook-reader.ts';
import { placesIn } from '../support/agent-places.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { lines, transcriptFixture } from '../support/transcript-fixture.ts';

const x = suite("Finding Codex's files");

const SESSION = '01a21d7c-9a88-7f13-b0ee-afa151803d79';
const SUBAGENT = '01a21d7c-9cc6-7f23-b7b1-963f27e91fb1';
const FORK = '01a21d7c-a9e0-71e2-882b-8a5e7307aa14';
const nameOf = (id: string, time = '2026-11-27T14-50-35') => `rollout-${time}-${id}.jsonl`;

/** The three recorded threads, where Codex keeps them. */
function putThreads(home: string): Record<'session' | 'subagent' | 'fork', string> {
  const day = join(home, '.codex', 'sessions', '2026', '11', '27');
  mkdirSync(day, { recursive: true });
  const put = (name: string, file: string) => {
    const path = join(day, file);
    writeFileSync(path, transcriptFixture(`codex/${name}.jsonl`));
    return path;
  };
  return {
    session: put('session', nameOf(SESSION)),
    subagent: put('subagent', nameOf(SUBAGENT)),
    fork: put('fork', nameOf(FORK, '2026-11-27T14-50-38')),
  };
}

x('lists sessions and forks with their directories, and no subagent', () =>
  withTemporaryDirectory(async (home) => {
    const { session, fork } = putThreads(home);
    const places = placesIn(home);
    const archived = join(
      home,
      '.codex',
      'archived_sessions',
      nameOf('99999999-0000-7000-8000-000000000000'),
    );
    mkdirSync(dirname(archived), { recursive: true });
    writeFileSync(archived, lines({ type: 'session_meta', payload: { cwd: '/elsewhere' } }));
    writeFileSync(join(dirname(session), 'notes.jsonl'), 'x');
    const found = await codex.sessions.list(places);
    assert.equal(
      found.map(({ path }) => path),
      [session, fork, archived],
    );
    assert.equal(
      found.map(({ path }) => codex.sessions.directoryOf(path)),
      ['/home/dev/flags', '/home/dev/flags', '/elsewhere'],
    );
    assert.is(codex.sessions.find(places, SUBAGENT)?.nativeId, SUBAGENT);
    assert.is(codex.sessions.idOfFile(archived), '99999999-0000-7000-8000-000000000000');
    assert.is(codex.sessions.idOfFile('/tmp/copy.jsonl'), undefined);
  }),
);

x('finds its directory by CODEX_HOME', () =>
  withTemporaryDirectory(async (home) => {
    putThreads(home);
    const places = placesIn('/nowhere', { CODEX_HOME: join(home, '.codex') });
    assert.is((await codex.sessions.list(places)).length, 2);
  }),
);

x('finds the subagents of a session, and what a fork goes on from, beside it', () =>
  withTemporaryDirectory((home) => {
    const { session, fork, subagent } = putThreads(home);
    assert.equal(codex.sessions.sideFiles(session), [
      { name: `threads/${nameOf(SUBAGENT)}`, path: subagent },
    ]);
    const other = join(
      dirname(session),
      '..',
      '28',
      nameOf(SUBAGENT.replace('1', '2'), '2026-11-28T00-00-00'),
    );
    mkdirSync(dirname(other));
    writeFileSync(other, transcriptFixture('codex/subagent.jsonl'));
    assert.equal(
      codex.sessions.sideFiles(session).map(({ path }) => path),
      [subagent, other],
    );
    const [base, ...others] = codex.sessions.sideFiles(fork);
    assert.equal(base, { name: `history/${nameOf(SESSION)}`, path: session });
    assert.equal(others, []);
  }),
);

x('finds a subagent whose file has the time of another zone than that of the session', () =>
  withTemporaryDirectory((home) => {
    const { session, subagent } = putThreads(home);
    const west = join(dirname(session), '..', '26', nameOf(SUBAGENT, '2026-11-26T23-50-35'));
    mkdirSync(dirname(west));
    renameSync(subagent, west);
    assert.equal(
      codex.sessions.sideFiles(session).map(({ path }) => path),
      [west],
    );
  }),
);

x('puts back only what a fork goes on from, and where it was', () => {
  const fork = `/h/.codex/sessions/2026/11/28/${nameOf(FORK)}`;
  const { sidePlace } = codex.sessions;
  assert.is(
    sidePlace(fork, `history/${nameOf(SESSION)}`, FORK),
    `/h/.codex/sessions/2026/11/27/${nameOf(SESSION)}`,
  );
  for (const name of [`threads/${nameOf(SUBAGENT)}`, 'history/../../x', 'history/x', 'x']) {
    assert.is(sidePlace(fork, name, FORK), undefined, name);
  }
});

x('resumes a thread from any directory, but only from a rollout of its own name', () => {
  const places = placesIn('/h');
  const { resumesFrom, destination } = codex.sessions;
  const path = destination(places, {
    nativeId: SESSION,
    cwd: '/p',
    at: Date.UTC(2026, 0, 2, 3, 4, 5),
  });
  assert.is(path, `/h/.codex/sessions/2026/01/02/rollout-2026-01-02T03-04-05-${SESSION}.jsonl`);
  assert.ok(resumesFrom(places, path ?? '', { nativeId: SESSION, cwd: '/elsewhere' }));
  assert.not.ok(resumesFrom(places, path ?? '', { nativeId: FORK, cwd: '/p' }));
  const archived = `/h/.codex/archived_sessions/${nameOf(SESSION)}`;
  assert.not.ok(resumesFrom(places, archived, { nativeId: SESSION, cwd: '/p' }));
});

const PAYLOAD = {
  session_id: SESSION,
  turn_id: '01a21d7c-9a99-71f0-a7ef-d98698b6005a',
  transcript_path: `/home/dev/.codex/sessions/2026/11/27/${nameOf(SESSION)}`,
  cwd: '/home/dev/flags',
  model: 'gpt-5.5',
  permission_mode: 'bypassPermissions',
};

function eventOf(name: string, fields: object = {}): AgentEvent {
  const payload = JSON.stringify({ ...PAYLOAD, hook_event_name: name, ...fields });
  const reading = codexHook.read(Buffer.from(payload));
  if (reading.kind !== 'event') throw new Error(JSON.stringify(reading));
  return reading.event;
}

x('reads each event that Codex tells', () => {
  assert.equal(eventOf('UserPromptSubmit', { prompt: 'Go' }), {
    agent: 'codex',
    nativeId: SESSION,
    kind: 'prompt',
    cwd: PAYLOAD.cwd,
    transcriptPath: PAYLOAD.transcript_path,
    prompt: 'Go',
    promptId: PAYLOAD.turn_id,
    model: 'gpt-5.5',
    permissionMode: 'bypassPermissions',
  });
  const input = { command: '*** Begin Patch' };
  const call = { tool_name: 'apply_patch', tool_input: input, tool_use_id: 'call_1' };
  assert.equal(eventOf('PreToolUse', call).tool, { name: 'apply_patch', input, callId: 'call_1' });
  assert.is(eventOf('PostToolUse', call).kind, 'tool-done');
  assert.is(eventOf('Stop', { last_assistant_message: 'Done.' }).lastMessage, 'Done.');
  assert.is(eventOf('SessionStart', { source: 'fork' }).reason, 'fork');
  const plan = JSON.stringify({
    ...PAYLOAD,
    hook_event_name: 'PreToolUse',
    tool_name: 'update_plan',
  });
  assert.equal(codexHook.read(Buffer.from(plan)), { kind: 'ignored', reason: 'read-only-tool' });
});

x("does not take a subagent's rollout for that of the session", () => {
  const path = PAYLOAD.transcript_path.replace(SESSION, SUBAGENT);
  const event = eventOf('PostToolUse', { tool_name: 'Bash', transcript_path: path });
  assert.is(event.transcriptPath, undefined);
  assert.is(event.subagent?.transcriptPath, path);
});

x('writes no trust, and says that the user has to give it', () => {
  const { connection } = codex;
  if (connection.way === 'none') throw new Error('not connected');
  const text = connection.add(undefined, '/usr/bin/gsess hook codex');
  assert.equal(Object.keys(JSON.parse(text) as object), ['hooks']);
  assert.equal(
    connection.files(placesIn('/h'), '/p').map(({ path }) => path),
    ['/h/.codex/hooks.json', '/p/.codex/hooks.json'],
  );
  assert.match(connection.advice(undefined).join('\n'), '/hooks');
  assert.ok(codex.capabilities.hooksNeedTrust);
});

x('keeps the fixtures free of what is not ours', () => {
  for (const name of ['session', 'subagent', 'fork']) {
    const text = transcriptFixture(`codex/${name}.jsonl`).toString();
    assert.not.match(text, /You are Codex|\/tmp\/|gsess/);
  }
});

x.run();
