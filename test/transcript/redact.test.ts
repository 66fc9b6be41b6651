import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { redactText, redactValue } from '../../src/transcript/redact.ts';

const redact = suite('redacting');

// Put together here, so that nobody who looks for secrets in this file finds one.
const filler = (length: number) => 'aB3dE6gH9j'.repeat(10).slice(0, length);
const SECRETS: readonly string[] = [
  `AKIA${'ABCDEFGH12345678'}`,
  `ghp_${filler(36)}`,
  `github_pat_${filler(40)}`,
  `glpat-${filler(20)}`,
  `npm_${filler(36)}`,
  `xoxb-${filler(24)}`,
  `sk-ant-${filler(40)}`,
  `AIza${filler(35)}`,
  `eyJ${filler(20)}.eyJ${filler(20)}.${filler(20)}`,
  `-----BEGIN RSA PRIVATE KEY-----\n${filler(60)}\n-----END RSA PRIVATE KEY-----`,
];

redact('takes out keys and tokens by their form, wherever they stand', () => {
  for (const secret of SECRETS) {
    assert.equal(redactText(`before ${secret} behind`), {
      value: 'before [redacted] behind',
      count: 1,
    });
  }
});

redact('leaves what stands before a value, and what names it', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['Authorization: Bearer abcdefghijklmnop1234', 'Authorization: Bearer [redacted]'],
    ['postgres://user:hunter2@host/db', 'postgres://user:[redacted]@host/db'],
    ['DB_PASSWORD=correct-horse-9', 'DB_PASSWORD=[redacted]'],
    [`const apiKey = "no digits in it";`, `const apiKey = "[redacted]";`],
    [`{'client_secret': 'zzzz'}`, `{'client_secret': '[redacted]'}`],
  ];
  for (const [text, wanted] of cases) {
    assert.is(redactText(text).value, wanted);
    assert.is(redactText(wanted).count, 0, 'once is enough');
  }
});

redact('leaves alone what only talks of secrets', () => {
  for (const text of [
    'The token is read from the password file.',
    'function check(password: string, token?: Token): boolean',
    'https://host:8080/path@1.2',
    'commit 3f2a9c1e5d8b7a6f4c3e2d1b0a9f8e7d6c5b4a39',
    'task-list and sk-etch and Basic usage',
  ]) {
    assert.equal(redactText(text), { value: text, count: 0 });
  }
});

redact('goes through a whole value, and believes the names of its fields', () => {
  const value = {
    token: 5,
    input: { password: 'short', env: ['A=1', `KEY ${SECRETS[0]}`], user: 'me' },
    apiKey: ['one', 'two'],
    nothing: null,
  };
  const { value: redacted, count } = redactValue(value);
  assert.equal(redacted, {
    token: 5,
    input: { password: '[redacted]', env: ['A=1', 'KEY [redacted]'], user: 'me' },
    apiKey: ['[redacted]', '[redacted]'],
    nothing: null,
  });
  assert.is(count, 4);
});

redact('gets through a long text in which many secrets begin and none is', () => {
  for (const piece of ['-----BEGIN PRIVATE KEY', 'token=', '://a:', 'eyJ', 'password: "']) {
    const text = `${piece}\n`.repeat(40_000);
    assert.equal(redactText(text), { value: text, count: 0 });
  }
});

redact.run();
