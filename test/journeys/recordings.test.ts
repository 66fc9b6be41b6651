// A session of an agent whose hooks tell no id of a call, played by its recording: captured by hooks, gone back in, taken up again,
// imported.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { llxprt } from '../../src/agents/llxprt/llxprt.ts';
import { textOf } from '../../src/transcript/turns.ts';
import { placesIn } from '../support/agent-places.ts';
import { call, LlxprtRecording, text } from '../support/llxprt-recording.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';

const x = suite('a session told by its recording');

const ID = '11111111-2222-4333-8444-555566667777';

interface Moment {
  readonly id: string;
  readonly kind: string;
  readonly turn: number;
}

function play(user: SealedUser) {
  const target = { nativeId: ID, cwd: user.project, at: 0 };
  const path = llxprt.sessions.destination(placesIn(user.home), target) ?? '';
  mkdirSync(dirname(path), { recursive: true });
  const recording = new LlxprtRecording({ sessionId: ID, cwd: user.project });
  const file = join(user.project, 'a.txt');
  const hook = (name: string, fields: object = {}) => {
    const common = { session_id: ID, transcript_path: path, cwd: user.project };
    const input = JSON.stringify({ ...common, hook_event_name: name, ...fields });
    const { status, stdout, stderr } = user.run(['hook', 'llxprt'], { input });
    assert.equal([status, stdout, stderr], [0, '', '']);
  };
  const record = (add: (made: LlxprtRecording) => void) => {
    add(recording);
    writeFileSync(path, recording.bytes);
  };
  const tool = { tool_name: 'write_file', tool_input: { file_path: 'a.txt' } };
  const turn = (number: number) => {
    hook('BeforeAgent', { prompt: `ask ${number}` });
    record((made) => made.human(`ask ${number}`).ai(call(`c${number}`)));
    hook('BeforeTool', tool);
    writeFileSync(file, `${number}\n`);
    hook('AfterTool', tool);
    record((made) => made.answer(`c${number}`));
    hook('AfterAgent', { prompt_response: `done ${number}` });
    record((made) => made.ai(text(`done ${number}`)));
  };
  return { path, hook, turn };
}

const said = (path: string): string[] =>
  llxprt.format.read(readFileSync(path)).messages.map((message) => textOf(message) || message.kind);

x('is captured moment by moment, and taken up before a call or at a turn', () =>
  withSealedUser((user) => {
    const { hook, turn } = play(user);
    turn(1);
    turn(2);
    hook('SessionEnd', { reason: 'exit' });
    const log = user.json(['log', ID]) as Moment[];
    const told = log.filter(({ kind }) => kind !== 'manual').reverse();
    assert.equal(
      told.map((moment) => `${moment.kind} ${moment.turn}`),
      ['prompt 1', 'tool 1', 'turn 1', 'prompt 2', 'tool 2', 'turn 2'],
    );
    const resume = (ref: string) =>
      user.json(['resume', ref, '--print', '--yes']) as {
        written: string;
        command: string[];
        nativeId: string;
      };
    const fork = user.json(['fork', told[4]?.id ?? '']) as { id: string };
    const before = resume(fork.id);
    assert.equal(before.command, ['llxprt', '--continue', before.nativeId]);
    const first = ['ask 1', 'reply', 'result', 'done 1'];
    assert.equal(said(before.written), [...first, 'ask 2', 'reply', 'interrupt']);
    assert.equal(said(resume(`${ID}@1`).written), first);
  }),
);

x('is imported from where the agent keeps it, byte for byte', () =>
  withSealedUser((user) => {
    const recording = new LlxprtRecording({ sessionId: ID, cwd: user.project });
    const { bytes } = recording.human('hi').ai(text('hello'));
    const { path } = play(user);
    writeFileSync(path, bytes);
    const [imported] = user.json(['import', 'llxprt']) as { status: string; nativeId: string }[];
    assert.equal([imported?.status, imported?.nativeId], ['added', ID]);
    const { stdout } = user.run(['export', ID, '--format', 'native'], { raw: true });
    assert.is(stdout, bytes.toString());
  }),
);

x.run();
