import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rawPath } from '../../src/git/raw-path.ts';
import { parseIgnorePattern } from '../../src/worktree/ignore-pattern.ts';
import { IgnoreRules } from '../../src/worktree/ignore-rules.ts';
import { SECRET_PATTERNS } from '../../src/worktree/secret-patterns.ts';

const test = suite('secret patterns');

const rules = new IgnoreRules({ read: () => undefined, secrets: SECRET_PATTERNS });

const SECRET = [
  ...['.env', 'app/.env.local', '.ENV', '.envrc', 'prod.env', 'server.pem', 'tls.KEY', 'id_rsa'],
  ...['deploy/id_ed25519', 'credentials.json', '.netrc', '.npmrc', '.pypirc', 'a.p12', 'a.pfx'],
  ...['a.jks', 'a.keystore', '.aws/credentials', 'home/.aws/credentials', '.kube/config'],
  ...['.docker/config.json', '.ssh/deploy', 'x/.ssh/id_rsa', '.git-credentials', '.gnupg/x'],
  ...['infra/terraform.tfstate', 'service-account-prod.json', 'config/secrets.yml', 'vault.kdbx'],
];

const ORDINARY = [
  ...[
    '.env.example',
    'app/.env.sample',
    '.env.template',
    '.env.dist',
    'example.env',
    'env',
    'env.ts',
  ],
  ...['environment.ts', 'id_rsa.pub', 'keys.ts', 'key', 'pem.md'],
  ...[
    'package.json',
    'config.json',
    'aws/credentials.ts',
    'secrets.ts',
    'token.go',
    '.github/x.yml',
  ],
  ...['credentials.ts', 'docker/config.json', 'src/secret-patterns.ts', '.gitignore', 'main.tf'],
];

for (const path of SECRET) {
  test(`'${path}' is taken for a secret`, () => {
    assert.is(rules.verdict(rawPath(path), false)?.reason, 'secret');
  });
}

test('ordinary files are not', () => {
  assert.equal(
    ORDINARY.filter((path) => rules.verdict(rawPath(path), false) !== undefined),
    [],
  );
});

test('every line is a pattern and stands there once', () => {
  assert.is(new Set(SECRET_PATTERNS).size, SECRET_PATTERNS.length);
  assert.ok(SECRET_PATTERNS.every((line) => parseIgnorePattern(line)?.text === line));
});

test.run();
