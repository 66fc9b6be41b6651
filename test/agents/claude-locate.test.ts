import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claude } from '../../src/agents/claude/claude.ts';
import { configDirectory, projectSlug, recordedCwd } from '../../src/agents/claude/locate.ts';
import { placesIn } from '../support/agent-places.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { lines } from '../support/transcript-fixture.ts';

const x = suite("Finding Claude's files");

const ONE = '11111111-0000-4000-8000-000000000001';
const TWO = '22222222-0000-4000-8000-000000000002';

function put(path: string, content: string | Buffer = ''): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

x('takes the directory from the variable, else from the home directory', () => {
  assert.is(configDirectory(placesIn('/h')), '/h/.claude');
  assert.is(configDirectory(placesIn('/h', { CLAUDE_CONFIG_DIR: '/c' })), '/c');
});

x('makes a slug as Claude does, and none where Claude would hash', () => {
  assert.is(projectSlug('/home/ada/kiln_v2.1'), '-home-ada-kiln-v2-1');
  assert.is(projectSlug('/e\u0301'), '--');
  assert.is(projectSlug(`/${'a'.repeat(199)}`)?.length, 200);
  assert.is(projectSlug(`/${'a'.repeat(200)}`), undefined);
});

x(
  'finds a session in any project, the newest of two copies, with what stands beside it',
  async () => {
    await withTemporaryDirectory(async (home) => {
      const projects = join(home, '.claude', 'projects');
      const old = put(join(projects, '-a', `${ONE}.jsonl`));
      const path = put(join(projects, '-b', `${ONE}.jsonl`));
      utimesSync(old, 1, 1);
      put(join(projects, '-b', ONE, 'tool-results', 'b.txt'));
      put(join(projects, '-b', ONE, 'subagents', 'agent-1.jsonl'));
      symlinkSync('/etc/passwd', join(projects, '-b', ONE, 'link'));
      put(join(projects, '-b', 'memory', 'notes.md'));
      put(join(projects, '-b', 'not-an-id.jsonl'));
      const found = claude.sessions.find(placesIn(home), ONE);
      assert.is(found?.path, path);
      const beside = claude.sessions.sideFiles(path);
      assert.equal(
        beside.map(({ name }) => name),
        ['subagents/agent-1.jsonl', 'tool-results/b.txt'],
      );
      assert.is(beside[1]?.path, join(projects, '-b', ONE, 'tool-results', 'b.txt'));
      assert.is((await claude.sessions.list(placesIn(home))).length, 2);
      assert.is(claude.sessions.find(placesIn(home), TWO), undefined);
      assert.is(claude.sessions.find(placesIn(home), '../../x'), undefined);
    });
  },
);

x('lists all sessions, and nothing where nothing is', async () => {
  await withTemporaryDirectory(async (home) => {
    assert.equal(await claude.sessions.list(placesIn(home)), []);
    const path = put(join(home, '.claude', 'projects', '-home-dev-kiln', `${ONE}.jsonl`));
    put(join(home, '.claude', 'projects', '-work-oven', `${TWO}.jsonl`));
    const [one, two, ...others] = await claude.sessions.list(placesIn(home));
    assert.equal(one, { nativeId: ONE, path });
    assert.equal([two?.nativeId, others], [TWO, []]);
    assert.equal(claude.sessions.sideFiles(path), []);
  });
});

x('finds the directory of a long path by what its transcripts recorded', async () => {
  await withTemporaryDirectory(async (home) => {
    const cwd = `/${'deep/'.repeat(60)}`;
    const head = cwd.replace(/\//g, '-').slice(0, 200);
    const projects = join(home, '.claude', 'projects');
    put(join(projects, `${head}-1a2b3c`, `${ONE}.jsonl`), lines({ type: 'user', cwd: '/other' }));
    put(join(projects, `${head}-zzzzzz`, `${TWO}.jsonl`), lines('torn', { type: 'user', cwd }));
    put(join(projects, 'elsewhere', `${TWO}.jsonl`), lines({ type: 'user', cwd }));
    assert.is(
      claude.sessions.destination(placesIn(home), { nativeId: ONE, cwd, at: 0 }),
      join(projects, `${head}-zzzzzz`, `${ONE}.jsonl`),
    );
    assert.is(
      claude.sessions.destination(placesIn(home), { nativeId: ONE, cwd: `${cwd}x`, at: 0 }),
      undefined,
    );
    assert.is(
      claude.sessions.destination(placesIn(home), { nativeId: ONE, cwd: '/w', at: 0 }),
      join(projects, '-w', `${ONE}.jsonl`),
    );
  });
});

x('reads no working directory out of a transcript that records none', async () => {
  await withTemporaryDirectory(async (home) => {
    assert.is(recordedCwd(put(join(home, 'a.jsonl'), lines('42', { cwd: 1 }))), undefined);
  });
});

x('lists no side files of a path that is no transcript', async () => {
  await withTemporaryDirectory(async (home) => {
    const { sideFilesOf } = await import('../../src/agents/claude/locate.ts');
    assert.equal(sideFilesOf(home), []);
  });
});

x('reads the register of live sessions and passes over what is no entry', async () => {
  await withTemporaryDirectory(async (home) => {
    const register = join(home, '.claude', 'sessions');
    assert.equal(claude.sessions.live(placesIn(home)), []);
    put(
      join(register, '41.json'),
      JSON.stringify({ pid: 41, sessionId: ONE, cwd: '/w', status: 'busy', name: 7, kind: 'cli' }),
    );
    put(join(register, '42.json'), '{"pid":42,"sess');
    put(join(register, '43.json'), '{"pid":"43","sessionId":"x"}');
    put(join(register, '44.json'), '{"pid":44}');
    put(join(register, '45.json'), 'null');
    put(join(register, '46.json'), '{"pid":-1,"sessionId":"x"}');
    put(join(register, 'README'), 'x');
    mkdirSync(join(register, '47.json'));
    assert.equal(claude.sessions.live(placesIn(home)), [
      { nativeId: ONE, pid: 41, cwd: '/w', status: 'busy', kind: 'cli' },
    ]);
  });
});

x('passes on errors of the disk that are not about absence', () => {
  const places = placesIn('/nowhere', { CLAUDE_CONFIG_DIR: `/${'n'.repeat(300)}` });
  assert.throws(() => claude.sessions.live(places), /ENAMETOOLONG/);
});

x.run();
