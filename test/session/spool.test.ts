import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { removeSpools, Spool, spoolDirectory, spooledIds } from '../../src/session/spool.ts';
import { processes } from '../support/process-table.ts';
import { IN_MEMORY, withTemporaryDirectory } from '../support/temporary-directory.ts';

const spool = suite('the spool');

const ID = 'aaaaaaaa-0000-4000-8000-000000000001';
/** A process that is gone. */
const gone = { ...processes, self: { ...processes.self, pid: 1, start: '0' } };
const now = () => Date.UTC(2025, 0, 2);

function withSpool(use: (place: { data: string; directory: string }) => Promise<void>) {
  return withTemporaryDirectory(
    (data) => use({ data, directory: spoolDirectory(data, 'pilot', ID) }),
    IN_MEMORY,
  );
}

spool('adds lines, tells where each begins, and is gone when all is kept elsewhere', () =>
  withSpool(async ({ data, directory }) => {
    const lines = new Spool(directory, { processes, now });
    assert.equal(
      [lines.append('{"a":1}\n'), lines.append('{"b":"ü"}\n'), lines.append('{}\n')],
      [0, 8, 19],
    );
    assert.is(readFileSync(lines.path, 'utf8'), '{"a":1}\n{"b":"ü"}\n{}\n');
    assert.equal(spooledIds(data, 'pilot'), [ID]);
    lines.remove();
    assert.not.ok(existsSync(directory));
    assert.equal(spooledIds(data, 'pilot'), []);
  }),
);

spool('is left alone by others while its process lives', () =>
  withSpool(async ({ directory }) => {
    const mine = new Spool(directory, { processes, now });
    mine.append('{}\n');
    const other = new Spool(directory, { processes, now });
    const taken = await other.recover(() => Promise.reject(new Error('taken from a living one')));
    assert.is(taken, 0);
    const code = await other.begin(Buffer.from('')).then(
      () => 'begun',
      ({ code }) => code,
    );
    assert.is(code, 'live');
    assert.ok(existsSync(mine.path));
    mine.remove();
  }),
);

for (const [what, end] of [
  ['a line that was not finished', '{"role":"us'],
  ['what a power cut left', '\0\0\0\0\n\0'],
] as const) {
  spool(`is taken in after its process was killed, without ${what}`, () =>
    withSpool(async ({ directory }) => {
      const left = new Spool(directory, { processes: gone, now });
      left.append('{"a":1}\n');
      appendFileSync(left.path, end);
      let seen = '';
      const next = new Spool(directory, { processes, now });
      const cut = await next.recover(async () => {
        seen = readFileSync(next.path, 'utf8');
      });
      assert.is(seen, '{"a":1}\n');
      assert.is(cut, end.length);
      assert.not.ok(existsSync(directory));
    }),
  );
}

spool('goes with a session that is erased', () =>
  withSpool(async ({ data, directory }) => {
    new Spool(directory, { processes: gone, now }).append('{}\n');
    removeSpools(data, [ID]);
    assert.equal(spooledIds(data, 'pilot'), []);
  }),
);

spool('stays where taking it in fails', () =>
  withSpool(async ({ directory }) => {
    new Spool(directory, { processes: gone, now }).append('{}\n');
    const next = new Spool(directory, { processes, now });
    const failed = await next.recover(() => Promise.reject(new Error('full'))).catch(String);
    assert.is(failed, 'Error: full');
    assert.is(readFileSync(next.path, 'utf8'), '{}\n');
  }),
);

spool('begins anew with what was said before, whatever a killed one left half', () =>
  withSpool(async ({ directory }) => {
    new Spool(directory, { processes: gone, now }).append('{}\n');
    writeFileSync(join(directory, 'transcript.jsonl'), '{"hal');
    const next = new Spool(directory, { processes, now });
    await next.begin(Buffer.from('{"a":1}\n'));
    assert.is(next.append('{}\n'), 8);
    assert.is(readFileSync(next.path, 'utf8'), '{"a":1}\n{}\n');
    next.remove();
  }),
);

spool.run();
