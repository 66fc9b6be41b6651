import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { errorValue, reportError } from '../../src/cli/error-report.ts';
import { Output, type OutputOptions } from '../../src/cli/output.ts';
import { GsessError } from '../../src/errors.ts';
import { jsonPath, rawFromBytes, rawPath } from '../../src/git/raw-path.ts';
import { FakeStream } from '../support/fake-stream.ts';

function createOutput(
  options: Partial<OutputOptions> & { stdout?: FakeStream; stderr?: FakeStream } = {},
) {
  const { stdout = new FakeStream(), stderr = new FakeStream() } = options;
  const output = new Output({ json: false, colour: true, ...options, stdout, stderr });
  return { output, stdout, stderr };
}

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`write ${code}`), { code });
}

const output = suite('output');

output('prints text for people, made safe, with one line end', async () => {
  const { output: out, stdout, stderr } = createOutput();
  await out.result({ a: 1 }, () => 'one\ntwo\u001b[2J');
  await out.result({}, () => '');
  out.note('beside');
  out.warn('careful\n\u0007');
  assert.is(stdout.written, 'one\ntwo\\x1b[2J\n');
  assert.is(stderr.written, 'beside\ngsess: warning: careful \\x07\n');
});

output('prints exactly one JSON value with two spaces of indentation where asked', async () => {
  const { output: out, stdout } = createOutput({ json: true });
  await out.result({ a: ['\u009b'] }, () => 'never');
  assert.is(stdout.written, '{\n  "a": [\n    "\\u009b"\n  ]\n}\n');
});

output('colours a terminal only, and only if colours are wanted', () => {
  const terminal = () => new FakeStream({ isTTY: true });
  assert.is(createOutput().output.paint.good('x'), 'x');
  assert.is(createOutput({ stdout: terminal() }).output.paint.good('x'), '\u001b[32mx\u001b[39m');
  assert.is(createOutput({ stdout: terminal(), colour: false }).output.paint.good('x'), 'x');
});

output('knows the width of a terminal, and none elsewhere', () => {
  const stdout = new FakeStream({ isTTY: true, columns: 123 });
  assert.is(createOutput({ stdout }).output.columns, 123);
  assert.is(createOutput().output.columns, undefined);
});

output('pages what is longer than the screen, on a terminal only', async () => {
  const paged: string[] = [];
  const page = async (text: string) => paged.push(text) > 0;
  const long = 'line\n'.repeat(30);
  const stdout = new FakeStream({ isTTY: true, rows: 10 });
  const { output: onTerminal } = createOutput({ stdout, page });
  await onTerminal.result({}, () => 'short');
  await onTerminal.result({}, () => long);
  assert.equal(paged, [long]);
  assert.is(stdout.written, 'short\n');
  const pipe = createOutput({ page });
  await pipe.output.result({}, () => long);
  assert.is(pipe.stdout.written, long);
});

output('prints the text itself where the pager cannot be run', async () => {
  const stdout = new FakeStream({ isTTY: true, rows: 3 });
  const { output: out } = createOutput({ stdout, page: async () => false });
  await out.result({}, () => '1\n2\n3\n4');
  assert.is(stdout.written, '1\n2\n3\n4\n');
});

output('goes on quietly when the reader goes away', async () => {
  const { output: out, stdout } = createOutput();
  stdout.failure = systemError('EPIPE');
  await out.result({}, () => 'lost');
  stdout.failure = undefined;
  await out.raw(Buffer.from('not tried'));
  assert.is(stdout.written, '');
  assert.is(out.writeError, undefined);
});

output(
  "writes somebody else's bytes as they are, but shows them to a terminal as text",
  async () => {
    const bytes = Buffer.from('{"title":"\u001b]0;owned\u0007"}\nx\u009b2J\r\n');
    const { output: piped, stdout } = createOutput();
    await piped.raw(bytes);
    assert.is(stdout.written, bytes.toString());
    const terminal = new FakeStream({ isTTY: true });
    await createOutput({ stdout: terminal }).output.raw(bytes);
    assert.is(terminal.written, '{"title":"\\x1b]0;owned\\x07"}\nx\\x9b2J\n');
  },
);

output('keeps the reason why something could not be written', async () => {
  const { output: out, stdout } = createOutput();
  stdout.failure = systemError('ENOSPC');
  await out.raw(Buffer.from('x'));
  assert.is(out.writeError?.message, 'write ENOSPC');
});

output('shows progress on a terminal after a second, and takes it away', async () => {
  const stderr = new FakeStream({ isTTY: true, columns: 30 });
  const { output: out } = createOutput({ stderr });
  out.progress('early');
  assert.is(stderr.written, '');
  out.endProgress();
  assert.is(stderr.written, '');
  out.progress('early');
  await new Promise((resolve) => setTimeout(resolve, 1050));
  out.progress('reading a\nb', 0.5);
  out.progress('too soon after');
  assert.is(stderr.written, '\r\u001b[2K[##########..........] readi…');
  await out.result({}, () => 'done');
  assert.ok(stderr.written.endsWith('…\r\u001b[2K'));
});

output('shows no progress where nobody looks', () => {
  const { output: out, stderr } = createOutput();
  out.progress('x');
  assert.is(stderr.written, '');
});

output('gives a path as text, or as its bytes where they are none', () => {
  assert.equal(jsonPath(rawPath('dir/ü')), 'dir/ü');
  assert.equal(jsonPath(rawFromBytes(Buffer.from([0x66, 0xff]))), { base64: 'Zv8=' });
});

const report = suite('error report');
const ambiguous = new GsessError('ambiguous', "'a' names 2 sessions", {
  hint: 'Give more of the id.',
  data: {
    candidates: [
      {
        id: 'aa',
        name: null,
        title: 'one\u001b[2J',
        updatedAt: '2999-01-02T03:04:05.000Z',
        more: { x: 1 },
      },
      { id: 'ab', name: null, title: 'two', updatedAt: 'then' },
    ],
  },
});

report('prints the message, the candidates and the hint, and gives the status', async () => {
  const { output: out, stdout, stderr } = createOutput();
  assert.is(await reportError(ambiguous, out, false), 2);
  assert.is(stdout.written, '');
  assert.is(
    stderr.written,
    [
      "gsess: 'a' names 2 sessions",
      'ID  TITLE       UPDATED             MORE',
      'aa  one\\x1b[2J  now                 {"x":1}',
      'ab  two         at an unknown time',
      'Give more of the id.',
      '',
    ].join('\n'),
  );
});

report('prints the error as the one JSON value', async () => {
  const { output: out, stdout, stderr } = createOutput({ json: true });
  const error = new GsessError('not-found', 'No session', { hint: 'Look' });
  assert.is(await reportError(error, out, false), 3);
  assert.equal(JSON.parse(stdout.written), {
    error: { code: 'not-found', message: 'No session', hint: 'Look' },
  });
  assert.is(stderr.written, '');
  assert.equal(Object.keys(errorValue(ambiguous)), ['code', 'message', 'hint', 'data']);
});

report('says an unexpected error in one line, and where it came from only if asked', async () => {
  const plain = createOutput();
  const error = new Error('boom', { cause: new Error('first') });
  assert.is(await reportError(error, plain.output, false), 1);
  assert.is(plain.stderr.written, 'gsess: boom\n');
  const debugging = createOutput();
  await reportError(error, debugging.output, true);
  assert.match(debugging.stderr.written, /boom\n +at .*\ncaused by Error: first/s);
  assert.equal(errorValue('text'), { code: 'unexpected', message: 'text' });
  assert.equal(errorValue(new Error('')), {
    code: 'unexpected',
    message: 'Failed without a message',
  });
});

output.run();
report.run();
