// The tool of the fault tests itself: what it lets fail really fails, and no call of Node's that changes a file gets past it.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FaultControl, NO_FAULTS_BECAUSE } from '../support/fault-shim.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const CHILD = fileURLToPath(new URL('./shim-child.js', import.meta.url));
const SAVE = fileURLToPath(new URL('./one-save-child.js', import.meta.url));
/** What a process under the shim is started without; its own reports would be writes too. */
const BARE_ENVIRONMENT = { PATH: process.env['PATH'] ?? '' };

interface Scene {
  readonly root: string;
  readonly control: FaultControl;
  run(count?: number): { signal: string | null; lines: string[] };
}

function withShim(use: (scene: Scene) => void | Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const root = join(directory, 'root');
    mkdirSync(root);
    const control = FaultControl.create(directory, { roots: [root], log: 'calls and data' });
    if (control === undefined) throw new Error('the test was to be skipped');
    const run = (count = 1) => {
      const env = { ...BARE_ENVIRONMENT, ...control.environment };
      const child = spawnSync(process.execPath, [CHILD, root, String(count)], { env });
      assert.is(child.stderr.toString(), '');
      const lines = child.stdout.toString().split('\n').filter(Boolean);
      return { signal: child.signal, lines };
    };
    await use({ root, control, run });
  });
}

const all = suite(`fault shim${NO_FAULTS_BECAUSE === undefined ? '' : `: ${NO_FAULTS_BECAUSE}`}`);
const shim = NO_FAULTS_BECAUSE === undefined ? all : all.skip;

shim('logs each changing call below its roots, with what was written', () =>
  withShim(({ root, control, run }) => {
    assert.equal(run().lines, ['1 done']);
    const calls = control.log();
    assert.equal(
      calls.map(({ call, path, other }) => [
        call,
        path.slice(root.length),
        other.slice(root.length),
      ]),
      [
        ['mkdir', '/file-1.d', ''],
        ['open', '/file-1.tmp', ''],
        ['write', '/file-1.tmp', ''],
        ['rename', '/file-1.tmp', '/file-1'],
      ],
    );
    assert.is(calls[2]?.data.toString(), '0123456789');
    assert.is(calls[1]?.inodeAfter, calls[3]?.inode);
    assert.is(control.seen, 4);
  }),
);

shim('kills before or after a call, and tears a write in half', () =>
  withShim(({ root, control, run }) => {
    control.order({ action: 'kill', at: 4 });
    assert.is(run().signal, 'SIGKILL');
    assert.equal(readdirSync(root).sort(), ['file-1.d', 'file-1.tmp']);
    control.order({ action: 'kill', at: 1, calls: ['rename'], path: 'file-2', after: true });
    run(2);
    assert.ok(readdirSync(root).includes('file-1.tmp'), 'mkdir fails on what is there');
    assert.ok(readdirSync(root).includes('file-2'));
    control.order({ action: 'torn', at: 1, calls: ['write'], path: 'file-3' });
    assert.is(run(3).signal, 'SIGKILL');
    assert.is(readFileSync(join(root, 'file-3.tmp'), 'utf8'), '01234');
  }),
);

shim('fails one call, or all from one on', () =>
  withShim(({ control, run }) => {
    control.order({ action: 'fail', at: 3, errno: 'ENOSPC' });
    assert.equal(run(2).lines, ['1 ENOSPC write', '2 done']);
    control.order({ action: 'fail', at: 1, errno: 'EMFILE', persistent: true, calls: ['open'] });
    assert.equal(run(4).lines.slice(2), ['3 EMFILE open', '4 EMFILE open']);
    assert.is(control.fired, 2);
  }),
);

shim('holds a process at a call until it is told to go on', () =>
  withShim(async ({ root, control }) => {
    control.order({ action: 'stop', at: 2, calls: ['rename'], path: root });
    const env = { ...BARE_ENVIRONMENT, ...control.environment };
    const child = spawn(process.execPath, [CHILD, root, '3'], { env, stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    assert.is(await control.untilStopped(), child.pid);
    assert.equal(readdirSync(root).sort(), ['file-1', 'file-1.d', 'file-2.d', 'file-2.tmp']);
    control.go();
    assert.is(await ended, 0);
    assert.ok(readdirSync(root).includes('file-3'));
  }),
);

shim(
  'holds a process halfway through a write, which is then made whole, whether it adds to a file or not',
  () =>
    withShim(({ root, control }) => {
      const [made, added] = [join(root, 'made'), join(root, 'added')];
      writeFileSync(added, 'before, ');
      const script = `fs.writeFileSync('${made}', '0123456789'); fs.appendFileSync('${added}', 'afterwards')`;
      control.order({ action: 'stop', at: 1, persistent: true, halfway: true, calls: ['write'] });
      const env = { ...BARE_ENVIRONMENT, ...control.environment };
      const child = spawn(process.execPath, ['-e', script], { env, stdio: 'ignore' });
      const seen: string[] = [];
      const look = () => [made, added].map((path) => readFileSync(path, 'utf8')).join(' | ');
      while (control.stopsSync(child.pid ?? 0)) {
        seen.push(look());
        control.go();
      }
      assert.equal(seen, [
        ' | before, ',
        '01234 | before, ',
        '0123456789 | before, ',
        '0123456789 | before, after',
      ]);
      assert.is(look(), '0123456789 | before, afterwards');
      assert.equal(
        control.log().map(({ data }) => data.toString()),
        ['', '0123456789', '', 'afterwards'],
      );
    }),
);

const hasStrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
const traced = hasStrace ? shim : all.skip;
traced(`misses no changing call of a save${hasStrace ? '' : ': no strace here'}`, () =>
  withTemporaryDirectory((directory) => {
    const root = join(directory, 'root');
    mkdirSync(root);
    const control = FaultControl.create(directory, { roots: [root], log: 'calls' });
    const trace = join(directory, 'trace');
    const changing =
      'openat,write,writev,pwrite64,pwritev,pwritev2,rename,renameat,renameat2,link,linkat,symlink,' +
      'symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat,fsync,fdatasync,truncate,ftruncate,chmod,fchmod,' +
      'fchmodat,utimensat,copy_file_range,sendfile,fallocate,mknod,mknodat,setxattr,fsetxattr';
    const { status, stderr } = spawnSync(
      'strace',
      ['-f', '-y', '-s0', '-o', trace, '-e', `trace=${changing}`, process.execPath, SAVE, root],
      { env: { ...BARE_ENVIRONMENT, ...control?.environment } },
    );
    assert.is(status, 0, stderr.toString());
    const seen = readFileSync(trace, 'latin1')
      .split('\n')
      .filter((line) => line.includes(root) && !/openat\(.*O_RDONLY/.test(line));
    const logged = control?.log() ?? [];
    assert.ok(logged.length > 100, `${logged.length} calls`);
    assert.is(logged.length, seen.length);
  }),
);

all.run();
