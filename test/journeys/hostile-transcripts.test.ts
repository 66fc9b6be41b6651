// Transcripts that nobody wrote in good faith: lines of a gigabyte, brackets without end, bytes that are no text, keys that objects
// inherit. They are captured and given back to the byte; reading them takes bounded time and memory and changes no prototype.
// GSESS_TEST_LONG_LINE_BYTES=1073741824 takes a line of a whole gigabyte.

import {
  appendFileSync,
  closeSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claude } from '../../src/agents/claude/claude.ts';
import { claudeHook } from '../../src/agents/claude/hook-reader.ts';
import { assertFsckClean, gitText } from '../support/git-oracle.ts';
import { HookScript } from '../support/hook-agent.ts';
import { runMeasured } from '../support/peak-memory.ts';
import { type CommandRunner, commandRunner } from '../support/run-command.ts';
import { withSealedUser } from '../support/run-gsess.ts';
import { sealedSurroundings } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { checkpointsOf, failuresOf, onlyStoreOf } from '../support/user-store.ts';

const transcripts = suite('hostile transcripts');

const ID = '11111111-1111-4111-8111-111111111111';
const LONG_LINE_BYTES = Number(process.env['GSESS_TEST_LONG_LINE_BYTES'] ?? 20 * 1024 * 1024);
const MEMORY_BYTES_MAX = 400 * 1024 * 1024;
const DEEP = 100_000;

const head = `{"type":"user","uuid":"u","sessionId":"${ID}"`;
const prompt = (content: unknown) =>
  `${head},"message":{"role":"user","content":${JSON.stringify(content)}}}`;
const deep = '['.repeat(DEEP) + ']'.repeat(DEEP);
const call = (input: string) =>
  [
    '{"type":"assistant","uuid":"a","message":{"id":"m","role":"assistant","content":',
    `[{"type":"tool_use","id":"t","name":"x","input":${input}}]}}`,
  ].join('');

/** By what is wrong with them; in latin1, one character per byte. */
const HOSTILE: Readonly<Record<string, readonly string[]>> = {
  'nesting without end': [prompt('go'), `{"type":"user","x":${deep}}`, call(deep)],
  'objects in objects': [call(`${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`), prompt('go')],
  'brackets that nobody closes': ['{"type":["'.repeat(DEEP), prompt('go')],
  'lone surrogates': [
    prompt('a\ud800b'),
    '{"type":"user","message":{"content":"\\udfff \\ud800"}}',
    '{"type":"user","message":{"content":"\xed\xa0\x80"}}',
  ],
  'bytes that are no UTF-8': [
    prompt('go'),
    '{"type":"user","message":{"content":"\xff\xfe\xc3"}}',
    '\xff\xfe\x80',
  ],
  'blocks of NUL': [prompt('go'), `${'\0'.repeat(70_000)}${prompt('on')}\0`, '\0'.repeat(5)],
  'records glued together': [prompt('go').repeat(500)],
  'keys that objects inherit': [
    `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${prompt('go').slice(1)}`,
    '{"type":"__proto__","message":{"content":[{"type":"constructor","__proto__":{"polluted":2}}]}}',
  ],
  'ids that objects inherit': [
    '{"type":"user","uuid":"__proto__","parentUuid":"constructor","sessionId":"toString",',
    '{"type":"user","uuid":"__proto__","message":{"id":"__proto__","content":"go"}}',
    call('{"__proto__":{"polluted":3}}').replace('"t"', '"__proto__"'),
    '{"type":"user","uuid":"x","parentUuid":"__proto__","message":{"content":[{"type":' +
      '"tool_result","tool_use_id":"__proto__","content":"hasOwnProperty"}]}}',
  ],
  'keys that come twice': [
    `{"type":"assistant","type":"user","sessionId":"a","message":1,${prompt('go').slice(1)}`,
  ],
  'fields of every other type': [
    '{"type":1}',
    '{"type":"user","message":[]}',
    '{"type":"user","uuid":{},"message":{"content":{"a":1}}}',
    '{"type":"assistant","message":{"content":[null,1,"x",[],{}]}}',
    '{"type":"user","timestamp":{},"cwd":7,"message":null}',
    ...['[]', 'null', '1', '"x"', 'true'],
  ],
  'numbers beyond all bounds': [
    `{"type":"user","timestamp":1e400,"message":{"content":"go","m":${'9'.repeat(5000)}}}`,
  ],
  'a circle of parents': [
    '{"type":"user","uuid":"a","parentUuid":"b","message":{"content":"x"}}',
    '{"type":"user","uuid":"b","parentUuid":"a","message":{"content":"y"}}',
    '{"type":"user","uuid":"c","parentUuid":"c","message":{"content":"z"}}',
  ],
};

/** The properties that every object has, to see that they stay as they are. */
function inherited(): string {
  const names = [Object, Array, Function, String].map(({ prototype }) =>
    Object.getOwnPropertyNames(prototype),
  );
  return JSON.stringify([names, Object.keys({}), ({} as Record<string, unknown>)['polluted']]);
}

async function withPlace(
  use: (gsess: CommandRunner, directory: string) => Promise<void>,
): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const surroundings = sealedSurroundings(directory);
    await use(commandRunner({ project: join(directory, 'project'), surroundings }), directory);
  });
}

transcripts(
  `HI-20: ${Object.keys(HOSTILE).join(', ')}: captured to the byte, listed, and harmless`,
  () =>
    withPlace(async (gsess, directory) => {
      const before = inherited();
      for (const [what, lines] of Object.entries(HOSTILE)) {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
        const path = join(directory, `${what.replaceAll(' ', '-')}.jsonl`);
        writeFileSync(path, bytes);
        const since = performance.now();
        const [imported] = (await gsess.json(['import', 'claude', path])) as { id: string }[];
        const id = imported?.id ?? '';
        assert.ok((await gsess(['export', id], { raw: true })).bytes.equals(bytes), what);
        for (const words of [
          ['list'],
          ['show', id, '--conversation'],
          ['show', id, '--conversation', '--json'],
          ['export', id, '--format', 'json'],
          ['export', id, '--format', 'jsonl'],
          ['log', id],
        ]) {
          const { status, stderr } = await gsess(words);
          assert.is(status, 0, `${what}: gsess ${words.join(' ')}: ${stderr}`);
        }
        const { status, stderr } = await gsess(['resume', id, '--print']);
        const isTold = /no conversation|Not the id|Cannot tell where/.test(stderr);
        assert.ok(status === 0 || isTold, `${what}: ${stderr}`);
        assert.ok(performance.now() - since < 20_000, `${what} took too long`);
        assert.is(inherited(), before, what);
      }
      const { ok } = (await gsess.json(['verify'])) as { ok: boolean };
      assert.ok(ok);
    }),
);

transcripts('HI-20: brackets by the million are not made into objects, and told of', () => {
  const { messages, warnings } = claude.format.read(
    Buffer.from(`{"type":"user","x":[${'[],'.repeat(2_000_000)}[]]}\n${prompt('go')}\n`),
  );
  assert.is(messages.length, 1);
  assert.equal(
    warnings.map(({ message }) => message.replace(/\d+/g, 'N')),
    ['Passed over a line too long to read, or with too much in it at byte N (N bytes)'],
  );
});

transcripts('HI-20: a call whose arguments nest without end is still a checkpoint', () =>
  withSealedUser((user) => {
    const agent = new HookScript(user, { nativeId: ID });
    const payload = JSON.stringify(
      agent.payload('PreToolUse', { tool_name: 'Write', tool_use_id: 't', tool_input: 'HERE' }),
    );
    for (const input of [deep, `{"file_path":"a","__proto__":${deep}}`]) {
      const outcome = user.run(['hook', 'claude'], { input: payload.replace('"HERE"', input) });
      assert.equal(outcome, { status: 0, stdout: '', stderr: '' });
    }
    assert.equal(failuresOf(user), []);
    const store = onlyStoreOf(user);
    assert.is(checkpointsOf(store, ID).length, 2);
    assert.match(gitText(store, ['cat-file', 'blob', `${ID}:call.json`]), 'nested too deeply');
    assertFsckClean(store);
    const reading = claudeHook.read(Buffer.from('{"a":'.repeat(DEEP)));
    assert.is(reading.kind === 'refused' && reading.reason, 'not-json');
  }),
);

/** Appends one record with a text of this many bytes, piece by piece. */
function appendLongLine(path: string, bytes: number): void {
  const descriptor = openSync(path, 'a');
  const piece = Buffer.alloc(1024 * 1024, 'long line ');
  try {
    const [head = '', tail = ''] = prompt('HERE').split('HERE');
    writeSync(descriptor, head);
    for (let left = bytes; left > 0; left -= piece.length) {
      writeSync(descriptor, piece.subarray(0, Math.min(left, piece.length)));
    }
    writeSync(descriptor, `${tail}\n`);
  } finally {
    closeSync(descriptor);
  }
}

transcripts(
  `HI-20: a line of ${Math.round(LONG_LINE_BYTES / 1e6)} MB is captured piece by piece`,
  () =>
    withSealedUser((user) => {
      const agent = new HookScript(user, { nativeId: ID });
      appendFileSync(agent.transcriptPath, `${prompt('go')}\n`);
      appendLongLine(agent.transcriptPath, LONG_LINE_BYTES);
      appendFileSync(agent.transcriptPath, `${prompt('and on')}\n`);
      const hook = (name: string, fields: object) => {
        const input = JSON.stringify(agent.payload(name, fields));
        return runMeasured(user, ['hook', 'claude'], { input });
      };
      const { peakBytes } = hook('UserPromptSubmit', { prompt: 'go' });
      assert.equal(failuresOf(user), []);
      assert.ok(peakBytes < MEMORY_BYTES_MAX, `capture took ${Math.round(peakBytes / 1e6)} MB`);
      const listed = runMeasured(user, ['list', '--json']);
      assert.is((JSON.parse(listed.stdout) as unknown[]).length, 1);
      assert.ok(listed.peakBytes < MEMORY_BYTES_MAX);
      const { size } = statSync(agent.transcriptPath);
      const store = onlyStoreOf(user);
      assert.match(gitText(store, ['log', '-1', '--format=%B', ID]), `Gsess-Bytes: ${size}`);
      const copy = join(user.directory, 'copy.jsonl');
      const exported = runMeasured(user, ['export', '1', '--format', 'native', '--output', copy]);
      assert.is(exported.status, 0, exported.stderr);
      assert.ok(readFileSync(copy).equals(readFileSync(agent.transcriptPath)));
      process.stdout.write(
        `${LONG_LINE_BYTES} bytes: capture ${Math.round(peakBytes / 1e6)} MB, export ${Math.round(exported.peakBytes / 1e6)} MB\n`,
      );
    }),
);

transcripts.run();
