// What holds for every adapter in the registry, so that one which is added is held to it from its first day.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AGENT_NAMES, AGENTS, agentEntry, findAgent } from '../../src/agents/registry.ts';
import { hookCommand } from '../../src/cli/hook-command.ts';
import { GsessError } from '../../src/errors.ts';
import { placesIn } from '../support/agent-places.ts';
import { CHECKOUT } from '../support/checkout.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const UUID = '11111111-1111-4111-8111-111111111111';
const HOSTILE_IDS = ['', '..', '../../etc/passwd', '--help', '-x', 'a/b', 'a\0b', `${UUID}/../x`];
/** What people and crashes leave where a transcript should be. */
const GARBAGE = ['', '\n', '{', '[]', 'null\n42\n', '\0\0\0\0', '{"type":1}\n{"a":', '\ufeff{}\n'];

const contract = suite('every adapter');

contract('has a name that can be a trailer and a command, and is found by it alone', () => {
  assert.is(new Set(AGENT_NAMES).size, AGENTS.length);
  for (const name of AGENT_NAMES) assert.match(name, /^[a-z]+$/);
  assert.is(findAgent('constructor'), undefined);
  assert.throws(
    () => agentEntry('nobody'),
    (error: unknown) => error instanceof GsessError && error.code === 'usage',
  );
});

for (const entry of AGENTS) {
  const { name } = entry;

  contract(`${name}: is what its entry says`, async () => {
    const agent = await entry.load();
    assert.is(agent.name, name);
    assert.is(agent.title, entry.title);
    assert.ok(agent.sessions.isNativeId(entry.newNativeId(UUID)));
    assert.is.not(agent.format.orphanResult, '');
    for (const limit of agent.capabilities.limits) assert.match(limit, /[^.]\.$/);
    const isSilent = agent.capabilities.events.length === 0;
    assert.is(isSilent, agent.connection.way === 'none', 'tells something if it can be connected');
  });

  contract(`${name}: finds nothing where nothing is, and no id leads out of its directory`, () =>
    withTemporaryDirectory(async (home) => {
      const { sessions, resume } = await entry.load();
      const places = placesIn(home);
      assert.equal(await sessions.list(places), []);
      assert.equal(sessions.live(places), []);
      assert.is(sessions.find(places, entry.newNativeId(UUID)), undefined);
      assert.equal(sessions.sideFiles(join(home, 'none.jsonl')), []);
      for (const nativeId of HOSTILE_IDS) {
        assert.not.ok(sessions.isNativeId(nativeId), nativeId);
        assert.is(sessions.find(places, nativeId), undefined, nativeId);
        assert.is(
          sessions.destination(places, { nativeId, cwd: '/p', at: 0 }),
          undefined,
          nativeId,
        );
        assert.throws(() => resume({ nativeId, cwd: '/p', path: '/p/x' }), /Not the id/, nativeId);
      }
      assert.not.ok(existsSync(join(home, 'copies')), 'looking makes no copies');
    }),
  );

  contract(`${name}: finds no directory in what tells none`, () =>
    withTemporaryDirectory(async (directory) => {
      const { sessions } = await entry.load();
      for (const text of [...GARBAGE, '{"cwd":7}\n', '{"type":"session_meta","cwd":"\\q']) {
        const path = join(directory, 'transcript.jsonl');
        writeFileSync(path, text);
        assert.is(sessions.directoryOf(path), undefined, text);
      }
    }),
  );

  contract(`${name}: reads and writes whatever stands in a file`, async () => {
    const { format } = await entry.load();
    for (const text of GARBAGE) {
      const bytes = Buffer.from(text, 'utf8');
      const transcript = format.read(bytes);
      assert.is(transcript.agent, name);
      assert.is(transcript.bytes, bytes.length);
      const once = format.write({ bytes, nativeId: entry.newNativeId(UUID) });
      const twice = format.write({ bytes: once.bytes, nativeId: entry.newNativeId(UUID) });
      assert.is(twice.bytes.toString(), once.bytes.toString(), JSON.stringify(text));
    }
  });

  contract(
    `${name}: refuses a payload that is none, and says nothing of what was in it`,
    async () => {
      const reader = await entry.loadHook().catch(() => undefined);
      if (reader === undefined) return;
      for (const text of [...GARBAGE.slice(0, 6), '{"secret":"hunter2"}']) {
        const reading = reader.read(Buffer.from(text));
        assert.is.not(reading.kind, 'event', text);
        assert.not.ok(JSON.stringify(reading).includes('hunter2'));
      }
    },
  );

  contract(`${name}: is connected and disconnected without a trace`, async () => {
    const { connection } = await entry.load();
    if (connection.way === 'none') return;
    const command = hookCommand(name);
    const added = connection.add(undefined, command);
    assert.ok(connection.isRead(added));
    assert.is(connection.add(added, command), added);
    const installed = connection.find(added);
    assert.equal(new Set(installed.map(({ event }) => event)), new Set(connection.events));
    assert.ok(installed.every((one) => one.command === command));
    assert.is(connection.remove(added, { text: undefined }), undefined);
    assert.equal(connection.find(undefined), []);
    const scopes = connection.files(placesIn('/h'), '/p').map(({ scope }) => scope);
    assert.ok(scopes.includes('user'));
  });

  contract(`${name}: brings no schema library to the hook`, () => {
    const hook = `src/agents/${name}/hook-reader.ts`;
    if (!existsSync(join(CHECKOUT, hook))) return;
    for (const path of importedBy([hook])) assert.not.ok(path === 'zod', `${hook} loads zod`);
  });
}

contract('the hook itself loads neither parser nor schema library', () => {
  const loaded = importedBy(['src/cli/run-hook.ts']);
  assert.ok(loaded.has('src/agents/registry.ts'));
  for (const name of ['zod', 'yargs']) assert.not.ok(loaded.has(name), name);
  for (const path of loaded) assert.not.match(path, /^src\/agents\/[a-z]+\//);
});

/** Everything that is loaded at once with these files; types and what is imported later are left out. */
function importedBy(paths: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const pending = [...paths];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    if (!path.startsWith('src/')) continue;
    const text = readFileSync(join(CHECKOUT, path), 'utf8');
    for (const [, kind = '', from = ''] of text.matchAll(
      /^(?:import|export) (type )?(?:[^;']*? from )?'([^']+)';/gm,
    )) {
      if (kind === '') pending.push(from.startsWith('.') ? join(dirname(path), from) : from);
    }
  }
  return seen;
}

contract.run();
