// What a hook says: a line about gsess at the start of a session, and the answer to a slash command that was typed inside the agent.

import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BEHIND_LINE } from '../../src/cli/slash-prompt.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { assertStoreIsTidy } from '../support/tidy-store.ts';
import { onlyStoreOf } from '../support/user-store.ts';

const ID = '11111111-1111-4111-8111-111111111111';
const hooks = suite('what a hook says');

type Json = Record<string, unknown>;

/** Sends an event as the agent would, and gives what the hook printed, which exits 0 and says nothing else. */
function tell(user: SealedUser, agent: string, event: string, fields: Json = {}): Json | undefined {
  const payload = {
    hook_event_name: event,
    session_id: ID,
    cwd: user.project,
    transcript_path: transcriptOf(user),
    ...fields,
  };
  const { status, stdout, stderr } = user.run(['hook', agent], { input: JSON.stringify(payload) });
  assert.equal([status, stderr], [0, '']);
  return stdout === '' ? undefined : (JSON.parse(stdout) as Json);
}

function transcriptOf({ home }: SealedUser): string {
  return join(home, '.claude', 'projects', 'p', `${ID}.jsonl`);
}

function say(user: SealedUser, text: string): void {
  mkdirSync(join(transcriptOf(user), '..'), { recursive: true });
  const message = { role: 'user', content: text };
  const record = { type: 'user', uuid: text, sessionId: ID, cwd: user.project, message };
  appendFileSync(transcriptOf(user), `${JSON.stringify(record)}\n`);
}

function typed(user: SealedUser, prompt: string): string {
  const reply = tell(user, 'claude', 'UserPromptSubmit', { prompt });
  assert.is(reply?.['decision'], 'block', prompt);
  return String(reply?.['reason']);
}

hooks('a line about gsess at the start, and the answer to a command in place of the prompt', () =>
  withSealedUser((user) => {
    const start = tell(user, 'claude', 'SessionStart', { source: 'startup' });
    const told = (start?.['hookSpecificOutput'] ?? {}) as Json;
    assert.is(told['hookEventName'], 'SessionStart');
    assert.match(String(told['additionalContext']), '/gsess:chat');
    assert.match(typed(user, '/gsess:chat save x'), 'Nothing was said');
    assert.is(tell(user, 'claude', 'UserPromptSubmit', { prompt: 'begin' }), undefined);
    say(user, 'begin');
    assert.is(tell(user, 'claude', 'Stop', { last_assistant_message: 'done' }), undefined);
    assert.match(typed(user, '/gsess:chat save before $(touch pwned) `id`'), "'before $(touch");
    assert.match(
      typed(user, `gsess /chat list${BEHIND_LINE}; see below)`),
      'before $(touch pwned)',
    );
    assert.match(typed(user, '/gsess:chat delete before $(touch pwned) `id`'), '--force');
    assert.match(
      typed(user, 'gsess /delete last --purge --yes=purge'),
      'Nothing is erased for good',
    );
    assert.match(typed(user, '/gsess:nothing'), "There is no slash command '/nothing'");
    assert.not(existsSync(join(user.project, 'pwned')));
    const [session] = user.json(['list']) as Json[];
    assert.equal([session?.['turns'], session?.['title']], [1, 'begin']);
    assertStoreIsTidy(onlyStoreOf(user));
  }),
);

hooks('nothing about gsess where the user wants none, or has said it at an earlier prompt', () =>
  withSealedUser((user) => {
    const first = tell(user, 'gemini', 'BeforeAgent', { prompt: 'one' });
    assert.match(JSON.stringify(first), '"hookEventName":"BeforeAgent"');
    assert.is(tell(user, 'gemini', 'BeforeAgent', { prompt: 'two' }), undefined);
    mkdirSync(join(user.home, '.config', 'gsess'), { recursive: true });
    writeFileSync(join(user.home, '.config', 'gsess', 'config.json'), '{"announce": false}\n');
    assert.is(tell(user, 'claude', 'SessionStart', { source: 'startup' }), undefined);
    assert.is(tell(user, 'pi', 'session_start'), undefined);
  }),
);

hooks.run();
