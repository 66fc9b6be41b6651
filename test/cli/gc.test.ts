import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gitText } from '../support/git-oracle.ts';
import { commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, type SessionDriver } from '../support/session-driver.ts';
import { withThreeTurns } from '../support/session-verbs.ts';

const gc = suite('gsess gc, gsess delete --purge');

interface Report {
  readonly objects: { readonly after: { readonly packs: number; readonly loose: number } };
}

/** Versions of a text that have most of it in common. */
async function versions(driver: SessionDriver): Promise<void> {
  const lines = Array.from(
    { length: 2000 },
    (_, index) => `line ${index} ${(index * 7919) % 1009}`,
  );
  for (let version = 0; version < 8; version += 1) {
    lines[version * 100] = `changed in version ${version}`;
    driver.write('long.txt', lines.join('\n'));
    await driver.prompt(`version ${version}`);
  }
}

gc('packs with deltas, and leaves nothing beside', () =>
  withThreeTurns(async (driver) => {
    await versions(driver);
    const gsess = commandRunner(driver);
    const { directory } = driver.store.repository;
    const dry = (await gsess.json(['gc', '--dry-run'])) as Report;
    assert.ok(dry.objects.after.packs > 5);
    const report = (await gsess.json(['gc'])) as Report;
    assert.equal([report.objects.after.packs, report.objects.after.loose], [1, 0]);
    const packs = join(directory, 'objects', 'pack');
    const index = readdirSync(packs).find((name) => name.endsWith('.idx')) ?? '';
    assert.match(gitText(packs, ['verify-pack', '-v', index]), /chain length = [1-9]/);
    assert.equal(
      readdirSync(join(directory, 'objects')).filter((name) => name.startsWith('tmp')),
      [],
    );
    assert.match((await gsess(['gc'])).stdout, /^There was nothing to do: /);
    assertStoreIsSound(driver.store);
  }),
);

gc('packs without git too, and says nothing of it', () =>
  withThreeTurns(async (driver) => {
    const gsess = commandRunner(driver);
    const { stdout, stderr, status } = await gsess(['gc'], { environment: { PATH: '' } });
    assert.match(stdout, /^Packed \d+ objects: [\d.]+ kB before, [\d.]+ kB now\n$/);
    assert.equal([status, stderr], [0, '']);
  }),
);

gc('UE-17: erasing for good wants an answer of its own, and its tags named', () =>
  withThreeTurns(async (driver) => {
    const gsess = commandRunner(driver);
    const id = driver.session;
    const refused = await gsess(['delete', id, '--purge', '--yes']);
    assert.equal([refused.status, /--yes=purge/.test(refused.stderr)], [2, true]);
    assert.is((await gsess(['gc', '--empty-trash', '--yes'])).status, 2);
    await gsess.json(['tag', 'good', '@1']);
    const tagged = await gsess(['delete', id, '--purge', '--yes=purge']);
    assert.equal([tagged.status, /'good'/.test(tagged.stderr)], [2, true]);
    assert.ok(driver.store.tip(id));
    await gsess.json(['delete', id, '--yes']);
    const gone = await gsess(['delete', id.slice(0, 8), '--purge', '--with-tags', '--yes=purge']);
    assert.match(gone.stdout, /^Erased 11111111 for good: \d+ objects went, and .* came back\n$/);
    assert.equal(gitText(driver.store.repository.directory, ['for-each-ref']), '');
    assert.is((await gsess(['delete', id, '--purge', '--yes=purge'])).status, 3);
    assert.not(existsSync(join(driver.store.repository.directory, 'gsess', 'purge.json')));
  }),
);

gc.run();
