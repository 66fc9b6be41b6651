import {
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GsessError } from '../../src/errors.ts';
import { hashObject } from '../../src/git/object-id.ts';
import type { RawPath } from '../../src/git/raw-path.ts';
import { applyRestore } from '../../src/worktree/restore.ts';
import { rulesOfSnapshot } from '../../src/worktree/restore-guard.ts';
import { invertPlan, isEmptyPlan, type RestorePlan } from '../../src/worktree/restore-plan.ts';
import { restoreSteps } from '../../src/worktree/restore-steps.ts';
import type { Snapshot } from '../../src/worktree/snapshot.ts';
import { type Planted, type SnapshotScene, withSnapshotScene } from '../support/snapshot-scene.ts';

const test = suite('restore');

const isRoot = process.getuid?.() === 0;

type Files = Readonly<Record<string, Planted>>;

const FIRST: Files = {
  same: 'unchanged',
  'changed.txt': 'before',
  'only/first/a': 'a',
  'only/first/b': 'b',
  'run.sh': { run: '#!/bin/sh\n' },
  'mode.sh': 'x',
  'to-link': 'a file',
  'to-file': { link: 'same' },
  'to-directory': 'a file',
  'to-file-too/x/y': 'deep',
  'link-to-directory': { link: 'only' },
  'directory-to-link/x': '1',
  link: { link: 'first' },
  'empty/first/': '',
  'emptied/x': '1',
  'filled/': '',
  'n\xffame': 'bytes',
  'git~1': 'odd',
  '.git./x': 'odd too',
  '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = ./x\n',
};

const SECOND: Files = {
  same: 'unchanged',
  'changed.txt': 'after',
  'only/second/c': 'c',
  'run.sh': 'no longer run',
  'mode.sh': { run: 'x' },
  'to-link': { link: '../outside' },
  'to-file': 'now a file',
  'to-directory/x/y': 'deep',
  'to-file-too': 'flat',
  'link-to-directory/x': '1',
  'directory-to-link': { link: 'only' },
  link: { link: 'second' },
  'empty/second/': '',
  'emptied/': '',
  'filled/x': '1',
  'n\xfeame': 'bytes',
  'GIT~1': 'odd',
  '.git. ': 'a file',
  '.gitmodules': '[submodule "../x"]\n\turl = -x\n',
};

function replaceAll(scene: SnapshotScene, files: Files): void {
  for (const name of readdirSync(scene.at(''), 'latin1'))
    rmSync(scene.at(name), { recursive: true });
  scene.plant(files);
}

/** Two states of one root, both saved; the first stands. */
function twoStates(scene: SnapshotScene): { first: Snapshot; second: Snapshot } {
  replaceAll(scene, SECOND);
  const second = scene.snapshot();
  replaceAll(scene, FIRST);
  return { first: scene.snapshot(), second };
}

function codeOf(expected: GsessError['code']): (error: GsessError) => boolean {
  return (error) => error.code === expected;
}

async function failure(promise: Promise<unknown>): Promise<GsessError> {
  try {
    await promise;
  } catch (error) {
    return error as GsessError;
  }
  throw new Error('it did not fail');
}

test('FS-09: files, links, directories and odd names become what they were, both ways', async () => {
  await withSnapshotScene(async (scene) => {
    const { first, second } = twoStates(scene);
    const manifest = scene.manifest();
    const forth = scene.planTo(second);
    const report = await scene.restore(forth);
    assert.equal(
      [report.created, report.written, report.deleted],
      [forth.create.length, forth.write.length, forth.delete.length],
    );
    assert.equal([report.alreadyDone, report.directoriesKept], [0, 0]);
    assert.equal(scene.snapshot(), second);
    await scene.restore(scene.planTo(first));
    assert.equal(scene.snapshot(), first);
    assert.equal(scene.manifest(), manifest);
  });
});

test('the inverse of a plan takes everything back', async () => {
  await withSnapshotScene(async (scene) => {
    const { second } = twoStates(scene);
    const manifest = scene.manifest();
    const plan = scene.planTo(second);
    await scene.restore(plan);
    await scene.restore(invertPlan(plan));
    assert.equal(scene.manifest(), manifest);
  });
});

test('a plan cut short after any step is finished by carrying it out again, or taken back by its inverse', async () => {
  await withSnapshotScene(async (scene) => {
    const { second } = twoStates(scene);
    const manifest = scene.manifest();
    const plan = scene.planTo(second);
    const steps = restoreSteps(plan);
    for (let cut = 0; cut <= steps.length; cut += 3) {
      const paths = new Set(steps.slice(0, cut));
      const isIn = (kind: 'delete' | 'put' | 'make' | 'remove') => (path: RawPath) =>
        [...paths].some((step) => step.path === path && kindOf(step) === kind);
      const part: RestorePlan = {
        create: plan.create.filter(({ path }) => isIn('put')(path)),
        write: plan.write.filter(({ path }) => isIn('put')(path)),
        delete: plan.delete.filter(({ path }) => isIn('delete')(path)),
        makeDirectories: plan.makeDirectories.filter(isIn('make')),
        removeDirectories: plan.removeDirectories.filter(isIn('remove')),
        untouched: [],
        blocked: [],
      };
      await scene.restore(part);
      const report = await scene.restore(plan);
      assert.ok(report.alreadyDone >= cut - 1);
      assert.equal(scene.snapshot(), second);
      await scene.restore(invertPlan(plan));
      assert.equal(scene.manifest(), manifest);
      await scene.restore(part);
      await scene.restore(invertPlan(plan));
      assert.equal(scene.manifest(), manifest);
    }
  });
});

function kindOf({ before, after }: ReturnType<typeof restoreSteps>[number]): string {
  if (after === 'directory') return 'make';
  if (after !== 'absent') return 'put';
  return before === 'directory' ? 'remove' : 'delete';
}

test('random states lead to each other', async () => {
  let seed = 5;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  const randomFiles = (): Files => {
    const files: Record<string, Planted> = {};
    for (let entry = 0; entry < 12; entry += 1) {
      const path = Array.from({ length: 1 + random(3) }, () => `n${random(4)}`).join('/');
      const isFree = Object.keys(files).every((other) => {
        const name = other.replace(/\/$/, '');
        return name !== path && !name.startsWith(`${path}/`) && !path.startsWith(`${name}/`);
      });
      const kinds = [`${random(3)}`, { run: `${random(3)}` }, { link: 'n1' }];
      if (isFree && random(6) === 0) files[`${path}/`] = '';
      else if (isFree) files[path] = kinds[random(3)] ?? '';
    }
    return files;
  };
  await withSnapshotScene(async (scene) => {
    const targets: Snapshot[] = [];
    for (let round = 0; round < 12; round += 1) {
      replaceAll(scene, randomFiles());
      targets.push(scene.snapshot());
    }
    for (let round = 0; round < 40; round += 1) {
      const target = targets[random(targets.length)]!;
      const plan = scene.planTo(target);
      const before = scene.manifest();
      await scene.restore(plan);
      assert.equal(scene.snapshot(), target);
      if (random(2) === 0) continue;
      await scene.restore(invertPlan(plan));
      assert.equal(scene.manifest(), before);
    }
  });
});

test('UE-10: nothing is written when nothing differs, and unchanged files keep their times', async () => {
  await withSnapshotScene(async (scene) => {
    const { first, second } = twoStates(scene);
    assert.ok(isEmptyPlan(scene.planTo(first)));
    utimesSync(scene.at('same'), 1000, 2000);
    chmodSync(scene.at('same'), 0o600);
    const { ino } = statSync(scene.at('same'));
    await scene.restore(scene.planTo(second));
    const stat = statSync(scene.at('same'));
    assert.equal([stat.mtimeMs, stat.mode & 0o777, stat.ino], [2e6, 0o600, ino]);
  });
});

test('a file that is only made executable is not rewritten; a rewritten one keeps its permissions', async () => {
  await withSnapshotScene(async (scene) => {
    scene.plant({ tool: { run: 'x' }, private: 'old', shared: { run: 'old' } });
    const target = scene.snapshot();
    scene.plant({ private: 'new', shared: 'new' });
    for (const [path, mode] of [
      ['tool', 0o640],
      ['private', 0o600],
      ['shared', 0o754],
    ] as const) {
      chmodSync(scene.at(path), mode);
    }
    utimesSync(scene.at('tool'), 1000, 2000);
    await scene.restore(scene.planTo(target));
    const modes = ['tool', 'private', 'shared'].map(
      (path) => statSync(scene.at(path)).mode & 0o777,
    );
    assert.equal(modes, [0o750, 0o600, 0o754]);
    assert.is(statSync(scene.at('tool')).mtimeMs, 2e6);
    assert.equal(scene.snapshot(), target);
  });
});

test('UE-04: files the newer ignore file protects survive going back to an older one', async () => {
  await withSnapshotScene(async (scene) => {
    scene.plant({ 'src/a': '1' });
    const target = scene.snapshot();
    scene.plant({
      '.gitignore': 'out/\n*.db\n',
      'out/gigabytes': 'x',
      'data.db': 'x',
      'src/new': 'x',
    });
    await scene.restore(scene.planTo(target));
    assert.equal(Object.keys(scene.manifest()), [
      'data.db',
      'out',
      'out/gigabytes',
      'src',
      'src/a',
    ]);
  });
});

test('UE-04: files the older ignore file left out survive although it is gone now', async () => {
  await withSnapshotScene(async (scene) => {
    scene.plant({ '.gitignore': '*.db\nout\n', 'data.db': 'old', a: '1' });
    const target = scene.snapshot();
    scene.plant({ '.gitignore': null, 'data.db': 'new', 'out/x': 'new', a: '2' });
    const plan = scene.planTo(target);
    assert.equal(
      plan.untouched.map(({ path, reason }) => `${path} ${reason}`),
      ['data.db ignored', 'out/x ignored'],
    );
    await scene.restore(plan);
    assert.is(scene.manifest()['data.db'], '644 new');
    assert.is(scene.manifest()['out/x'], '644 new');
    assert.is(scene.manifest()['a'], '644 1');
  });
});

test('the rules of a snapshot come from its own ignore files, and from above the root as they are now', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ '.gitignore': 'then\n' });
    const target = scene.snapshot();
    scene.plant({ '.gitignore': 'now\n' });
    const read = (path: RawPath) => (path === '.gitignore' ? Buffer.from('above\n') : undefined);
    const options = { secrets: [], base: 'sub' as RawPath, read };
    const rules = rulesOfSnapshot(options, scene.store.objects, target);
    const paths = ['then', 'now', 'above', 'other'] as RawPath[];
    const left = paths.filter((path) => rules.verdict(path, false) !== undefined);
    assert.equal(left, ['then', 'above']);
  });
});

test('what the target had left out for its size is not deleted when it has shrunk', async () => {
  await withSnapshotScene(async (scene) => {
    scene.plant({ big: 'x'.repeat(100), a: '1' });
    const target = scene.snapshot({ fileBytesMax: 99 });
    scene.plant({ big: 'small', a: '2' });
    const plan = scene.planTo(target);
    assert.equal(plan.untouched, [{ path: 'big', reason: 'too-large' }]);
    assert.equal(
      plan.write.map(({ path }) => path),
      ['a'],
    );
  });
});

test('where a snapshot left out more than it could list, a restore to it deletes nothing', async () => {
  await withSnapshotScene(async (scene) => {
    const names = Array.from({ length: 1002 }, (_, index) => `large-${index}`);
    const all = (content: string) => Object.fromEntries(names.map((name) => [name, content]));
    scene.plant({ ...all('xx'), a: '1' });
    const first = scene.snapshot({ fileBytesMax: 1 });
    assert.is(first.skipped[0]?.path, '');
    scene.plant({ ...all('x'), a: '2', new: '3' });
    const plan = scene.planTo(first);
    assert.equal([plan.delete, plan.create, plan.write.map(({ path }) => path)], [[], [], ['a']]);
    assert.is(plan.untouched.length, names.length + 1);
    const unlisted = plan.untouched.filter(({ reason }) => reason === 'unlisted');
    assert.is(unlisted.length, 3);
    await scene.restore(plan);
    assert.is(scene.manifest()['large-999'], '644 x');
  });
});

test('UE-05: what stands in the way and is not saved blocks, by name, and nothing of it is touched', async () => {
  await withSnapshotScene(async (scene) => {
    scene.plant({ 'a/x': '1', b: '1', 'c/d/e': '1', same: '1', f: '1' });
    const target = scene.snapshot();
    scene.plant({ a: null, b: null, c: null, same: null, f: null });
    scene.plant({
      '.gitignore': '/a\n/b/keep\n/same\n/f\n',
      a: 'now an ignored file',
      'b/keep': 'ignored',
      'b/covered': '1',
      'c/.git/HEAD': 'x',
      same: '1',
      f: { link: 'x' },
    });
    const plan = scene.planTo(target);
    assert.equal(plan.blocked, [
      { path: 'a/x', reason: 'ignored', by: 'a' },
      { path: 'b', reason: 'ignored', by: 'b/keep' },
      { path: 'f', reason: 'ignored' },
      { path: 'b/covered', reason: 'in-the-way', by: 'b' },
    ]);
    await scene.restore(plan);
    const manifest = scene.manifest();
    assert.is(manifest['a'], '644 now an ignored file');
    assert.is(manifest['b/keep'], '644 ignored');
    assert.is(manifest['b/covered'], '644 1');
    assert.is(manifest['c/d/e'], '644 1');
    assert.is(manifest['c/.git/HEAD'], '644 x');
  });
});

test('UE-05: an ignored directory is in the way of a file, be it empty', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ '.gitignore': 'build/\n', build: { link: 'x' }, 'd/build': '1' });
    const target = scene.snapshot();
    scene.plant({ build: null, d: null });
    scene.plant({ 'build/': '', 'd/build/': '' });
    assert.equal(scene.planTo(target).blocked, [
      { path: 'build', reason: 'ignored' },
      { path: 'd/build', reason: 'ignored' },
    ]);
  });
});

test('a directory that still holds something is kept, and said to be', async () => {
  await withSnapshotScene(async (scene) => {
    scene.plant({ a: '1' });
    const target = scene.snapshot();
    scene.plant({ 'd/covered': '1', 'd/.env': 'SECRET', 'e/f/g': '1' });
    const report = await scene.restore(scene.planTo(target));
    assert.equal([report.deleted, report.directoriesRemoved, report.directoriesKept], [2, 2, 1]);
    assert.equal(scene.manifest(), { a: '644 1', d: 'directory', 'd/.env': '644 SECRET' });
  });
});

test('only the paths asked for are restored', async () => {
  await withSnapshotScene(async (scene) => {
    const { second } = twoStates(scene);
    const before = scene.manifest();
    await scene.restore(scene.planTo(second, ['only', 'changed.txt']));
    const after = scene.manifest();
    assert.is(after['changed.txt'], '644 after');
    assert.is(after['only/second/c'], '644 c');
    assert.not('only/first' in after);
    const others = (manifest: Record<string, string>) =>
      Object.entries(manifest).filter(([path]) => !/^(only|changed)/.test(path));
    assert.equal(others(after), others(before));
  });
});

const MEANWHILE: Record<string, (scene: SnapshotScene) => void> = {
  'a file to be written': (scene) => scene.plant({ 'changed.txt': 'mine!!' }),
  'a file to be deleted': (scene) => scene.plant({ 'only/first/b': 'mine' }),
  'a file to be deleted, now executable': (scene) => chmodSync(scene.at('only/first/b'), 0o755),
  'a place for a new file': (scene) => scene.plant({ 'only/second/c': 'mine' }),
  'a place for a new directory': (scene) => scene.plant({ 'empty/second': 'mine' }),
  'a link to be replaced': (scene) => scene.plant({ link: { link: 'mine' } }),
  'a directory above, now a link': (scene) => {
    mkdirSync(join(scene.directory, 'outside'));
    writeFileSync(join(scene.directory, 'outside/a'), 'a');
    writeFileSync(join(scene.directory, 'outside/b'), 'b');
    renameSync(scene.at('only/first'), join(scene.directory, 'moved'));
    symlinkSync(join(scene.directory, 'outside'), scene.at('only/first'));
  },
  'a directory where a file was': (scene) => {
    scene.plant({ 'changed.txt': null });
    scene.plant({ 'changed.txt/x': '1' });
  },
};

for (const [title, edit] of Object.entries(MEANWHILE)) {
  test(`HI-22: changed between plan and restore: ${title}; all is taken back`, async () => {
    await withSnapshotScene(async (scene) => {
      const { second } = twoStates(scene);
      const plan = scene.planTo(second);
      edit(scene);
      const manifest = scene.manifest();
      const error = await failure(scene.restore(plan));
      assert.is(error.code, 'tree-changed', String(error));
      assert.ok(error.hint);
      assert.equal(error.data['notTakenBack'], []);
      assert.equal(scene.manifest(), manifest);
    });
  });
}

test('HI-22: changed while the restore runs: the path is not touched, and the rest is taken back', async () => {
  await withSnapshotScene(async (scene) => {
    const { second } = twoStates(scene);
    const plan = scene.planTo(second);
    const manifest = scene.manifest();
    const { objects } = scene.store;
    let steps = 0;
    const promise = applyRestore({
      root: scene.root,
      objects,
      plan,
      onProgress: () => {
        steps += 1;
        if (steps === 3) scene.plant({ 'changed.txt': 'mine' });
      },
    });
    assert.is((await failure(promise)).code, 'tree-changed');
    assert.equal(scene.manifest(), { ...manifest, 'changed.txt': '644 mine' });
  });
});

test('what was edited after it was restored is left as it is when the rest is taken back', async () => {
  await withSnapshotScene(async (scene) => {
    const { second } = twoStates(scene);
    const plan = scene.planTo(second);
    const total = restoreSteps(plan).length;
    const promise = applyRestore({
      root: scene.root,
      objects: scene.store.objects,
      plan,
      onProgress: ({ steps }) => {
        if (steps === total) scene.plant({ 'changed.txt': 'mine', 'only/second/c': 'mine too' });
      },
    });
    const error = await failure(promise);
    assert.is(error.code, 'tree-changed');
    assert.equal(error.data['notTakenBack'], ['only/second/c', 'changed.txt']);
    assert.is(scene.manifest()['changed.txt'], '644 mine');
    assert.is(scene.manifest()['only/second/c'], '644 mine too');
    assert.is(scene.manifest()['only/first/a'], '644 a');
  });
});

test('an object that is missing or damaged refuses the restore before anything is touched', async () => {
  await withSnapshotScene(async (scene) => {
    const { second } = twoStates(scene);
    const plan = scene.planTo(second);
    const manifest = scene.manifest();
    const { objects } = scene.store;
    const after = hashObject('blob', Buffer.from('after'));
    const before = hashObject('blob', Buffer.from('before'));
    const damaged = {
      has: (id: typeof after) => objects.has(id),
      read: (id: typeof after) =>
        id === after ? { type: 'blob' as const, content: Buffer.from('AFTER') } : objects.read(id),
    };
    const unsaved = {
      read: (id: typeof after) => objects.read(id),
      has: (id: typeof after) => id !== before,
    };
    const missing = {
      has: () => true,
      read: () => {
        throw new Error('not there');
      },
    };
    const { root } = scene;
    assert.is(
      (await failure(applyRestore({ root, plan, objects: damaged }))).code,
      'object-damaged',
    );
    assert.is(
      (await failure(applyRestore({ root, plan, objects: unsaved }))).code,
      'restore-failed',
    );
    assert.match(
      String(await failure(applyRestore({ root, plan, objects: missing }))),
      /not there/,
    );
    assert.equal(scene.manifest(), manifest);
  });
});

test('a directory that may not be written to takes everything back', async () => {
  if (isRoot) return;
  await withSnapshotScene(async (scene) => {
    const { second } = twoStates(scene);
    const plan = scene.planTo(second);
    chmodSync(scene.at('to-file-too/x'), 0o555);
    const manifest = scene.manifest();
    const error = await failure(scene.restore(plan));
    chmodSync(scene.at('to-file-too/x'), 0o755);
    assert.is(error.code, 'restore-failed');
    assert.match(error.message, /to-file-too\/x\/y/);
    assert.equal(scene.manifest(), manifest);
  });
});

test('a failure in the middle takes everything back, whatever it is', async () => {
  await withSnapshotScene(async (scene) => {
    const { second } = twoStates(scene);
    const plan = scene.planTo(second);
    const manifest = scene.manifest();
    const long = 'n'.repeat(300) as RawPath;
    const id = hashObject('blob', Buffer.from('after'));
    const create = [...plan.create, { path: long, after: { mode: '100644' as const, id } }];
    const error = await failure(scene.restore({ ...plan, create }));
    assert.is(error.code, 'restore-failed');
    assert.match(error.message, /ENAMETOOLONG/);
    assert.equal(scene.manifest(), manifest);
  });
});

test('leftovers of an attempt that was killed do not stand in the way, and do not stay', async () => {
  await withSnapshotScene(async (scene) => {
    const { second } = twoStates(scene);
    const plan = scene.planTo(second);
    const { temporaryName } = await import('../../src/worktree/leftover.ts');
    const id = hashObject('blob', Buffer.from('after'));
    const name = temporaryName('changed.txt' as Parameters<typeof temporaryName>[0], id);
    scene.plant({ [name]: 'half' });
    await scene.restore(plan);
    assert.not(name in scene.manifest());
    assert.equal(scene.snapshot(), second);
  });
});

test('nothing is written through a link, whatever the plan says', async () => {
  await withSnapshotScene(async (scene) => {
    const outside = join(scene.directory, 'outside');
    mkdirSync(outside);
    scene.plant({ d: { link: outside }, seen: 'content' });
    scene.snapshot();
    const id = hashObject('blob', Buffer.from('content'));
    const nothing = {
      create: [],
      write: [],
      delete: [],
      makeDirectories: [],
      removeDirectories: [],
      untouched: [],
      blocked: [],
    };
    const create = [{ path: 'd/f' as RawPath, after: { mode: '100644' as const, id } }];
    const plan = { ...nothing, create, makeDirectories: ['d' as RawPath] };
    assert.ok(codeOf('tree-changed')(await failure(scene.restore(plan))));
    assert.ok(codeOf('tree-changed')(await failure(scene.restore({ ...nothing, create }))));
    assert.equal(readdirSync(outside), []);
    unlinkSync(scene.at('d'));
    await scene.restore(plan);
    assert.is(scene.manifest()['d/f'], '644 content');
    for (const path of ['../x', '.git/hooks/x', 'a/.GIT', '/etc/x']) {
      const hostile = {
        ...nothing,
        create: [{ path: path as RawPath, after: { mode: '100644' as const, id } }],
      };
      assert.is((await failure(scene.restore(hostile))).code, 'object-damaged');
    }
  });
});

test.run();
