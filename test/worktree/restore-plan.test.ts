import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EMPTY_TREE, hashObject } from '../../src/git/object-id.ts';
import type { RawPath } from '../../src/git/raw-path.ts';
import {
  invertPlan,
  isEmptyPlan,
  type PlanOptions,
  planRestore,
  type RestorePlan,
  type StayReason,
} from '../../src/worktree/restore-plan.ts';
import type { EntryState, TreeChange } from '../../src/worktree/tree-diff.ts';

const test = suite('restore plan');

/** `path: 'x → y'`: content x becomes y; '-' is nothing, '/' an empty directory. */
type Changes = Readonly<Record<string, string>>;

interface World {
  readonly isProtected?: Readonly<Record<string, StayReason>>;
  /** What is on disk, uncovered: `path: [reason, the path that is uncovered]`. */
  readonly uncovered?: Readonly<Record<string, readonly [StayReason, string]>>;
  readonly within?: readonly string[];
}

function stateOf(text: string | undefined): EntryState | undefined {
  if (text === undefined || text === '-') return undefined;
  if (text === '/') return { mode: '40000', id: EMPTY_TREE };
  return { mode: '100644', id: hashObject('blob', Buffer.from(text)) };
}

function changesOf(changes: Changes): TreeChange[] {
  return Object.entries(changes).map(([path, change]) => {
    const [before, after] = change.split(' → ').map(stateOf);
    return {
      path: path as RawPath,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    };
  });
}

function plan(
  changes: Changes,
  { isProtected = {}, uncovered = {}, within }: World = {},
): RestorePlan {
  const options: PlanOptions = {
    isProtected: (path) => isProtected[path],
    existing: (path, wanted) => {
      const found = uncovered[path];
      if (found === undefined) return undefined;
      const isDirectory = found[1] !== path;
      if (isDirectory && wanted === 'directory') return undefined;
      return { reason: found[0], path: found[1] as RawPath };
    },
    ...(within === undefined ? {} : { within: within as RawPath[] }),
  };
  return planRestore(changesOf(changes), options);
}

/** The plan in few words. */
function summary({ create, write, delete: gone, ...rest }: RestorePlan): Record<string, string[]> {
  const paths = (entries: readonly { path: string }[]) => entries.map(({ path }) => path);
  const stays = (entries: RestorePlan['blocked']) =>
    entries.map(({ path, reason, by }) => [path, reason, by ?? ''].join(' ').trim());
  const all = {
    create: paths(create),
    write: paths(write),
    delete: paths(gone),
    make: [...rest.makeDirectories],
    remove: [...rest.removeDirectories],
    untouched: stays(rest.untouched),
    blocked: stays(rest.blocked),
  };
  return Object.fromEntries(Object.entries(all).filter(([, list]) => list.length > 0));
}

test('no change is an empty plan', () => {
  assert.ok(isEmptyPlan(plan({})));
  assert.not(isEmptyPlan(plan({ a: '/ → -' })));
});

test('files are created, written and deleted, directories come and go with them', () => {
  assert.equal(
    summary(
      plan({
        'a/b/new': '- → 1',
        changed: '1 → 2',
        'd/e/gone': '1 → -',
        'k/x': '1 → -',
        'k/y': '- → 1',
      }),
    ),
    {
      create: ['a/b/new', 'k/y'],
      write: ['changed'],
      delete: ['d/e/gone', 'k/x'],
      make: ['a', 'a/b'],
      remove: ['d/e', 'd'],
    },
  );
});

test('empty directories are entries of their own', () => {
  assert.equal(
    summary(
      plan({ 'a/b': '- → /', c: '/ → -', 'd/x': '1 → -', d: '- → /', e: '/ → -', 'e/x': '- → 1' }),
    ),
    {
      create: ['e/x'],
      delete: ['d/x'],
      make: ['a', 'a/b'],
      remove: ['c'],
    },
  );
});

test('a file gives way to a directory and a directory to a file', () => {
  assert.equal(
    summary(
      plan({ a: '1 → -', 'a/x': '- → 1', 'b/x': '1 → -', b: '- → 1', c: '/ → 1', d: '1 → /' }),
    ),
    {
      create: ['a/x', 'b', 'c'],
      delete: ['a', 'b/x', 'd'],
      make: ['a', 'd'],
      remove: ['c', 'b'],
    },
  );
});

test('what is protected stays, and blocks what it stands in the way of', () => {
  const isProtected = {
    'd/log': 'ignored',
    f: 'secret',
    w: 'ignored',
    'p/q': 'too-large',
  } as const;
  assert.equal(
    summary(
      plan(
        {
          'd/log': '1 → -',
          'd/x': '1 → -',
          d: '- → 1',
          f: '1 → -',
          'f/x': '- → 1',
          w: '1 → 2',
          'p/q': '1 → -',
        },
        { isProtected },
      ),
    ),
    {
      untouched: ['d/log ignored', 'f secret', 'p/q too-large'],
      blocked: ['d ignored d/log', 'f/x secret f', 'w ignored', 'd/x in-the-way d'],
    },
  );
});

test('a protected file where the target has an empty directory blocks it', () => {
  assert.equal(summary(plan({ f: '1 → /' }, { isProtected: { f: 'ignored' } })), {
    untouched: ['f ignored'],
    blocked: ['f ignored'],
  });
});

test('a protected empty directory is not removed', () => {
  assert.equal(summary(plan({ d: '/ → -' }, { isProtected: { d: 'ignored' } })), {});
});

test('a protected empty directory gives way to a file of the target, and blocks one above it', () => {
  const isProtected = { build: 'ignored', 'd/build': 'ignored' } as const;
  assert.equal(summary(plan({ build: '/ → 1', d: '- → 1', 'd/build': '/ → -' }, { isProtected })), {
    create: ['build'],
    remove: ['build'],
    blocked: ['d ignored d/build'],
  });
});

test('what is on disk and not covered blocks', () => {
  const uncovered = {
    file: ['uncovered', 'file'],
    up: ['special', 'up'],
    dir: ['ignored', 'dir/deep/x'],
    made: ['uncovered', 'made'],
    fine: ['ignored', 'fine/x'],
  } as const;
  assert.equal(
    summary(
      plan(
        {
          file: '- → 1',
          'up/a/b': '- → 1',
          dir: '/ → 1',
          made: '- → /',
          'fine/new': '- → 1',
          fine: '/ → -',
        },
        { uncovered },
      ),
    ),
    {
      create: ['fine/new'],
      blocked: ['file uncovered', 'up/a/b special up', 'dir ignored dir/deep/x', 'made uncovered'],
    },
  );
});

test('only what lies within the paths asked for is touched', () => {
  const changes = {
    'a/b/new': '- → 1',
    'a/b/gone': '1 → -',
    'a/other': '1 → -',
    top: '1 → 2',
    'a/bc': '1 → 2',
    x: '1 → -',
    'x/y/z': '- → 1',
  };
  assert.equal(summary(plan(changes, { within: ['a/b', 'x/y'] })), {
    create: ['a/b/new'],
    delete: ['a/b/gone'],
    blocked: ['x/y/z out-of-scope x'],
  });
  assert.equal(plan(changes, { within: [''] }), plan(changes));
  assert.equal(summary(plan({ 'd/e/x': '1 → -' }, { within: ['d/e'] })), {
    delete: ['d/e/x'],
    remove: ['d/e'],
  });
});

test('hostile paths are refused', () => {
  for (const path of [
    '..',
    'a/../b',
    '.',
    'a/.',
    '',
    '/a',
    'a//b',
    '.git',
    'a/.GIT/hooks/x',
    '.Git',
    'a\0b',
  ]) {
    assert.throws(
      () => plan({ [path]: '- → 1' }),
      (error: { code: string }) => error.code === 'object-damaged',
      JSON.stringify(path),
    );
  }
});

test('the inverse of a plan leads back, and its inverse forth', () => {
  const forth = plan({ 'a/b': '- → 1', c: '1 → 2', 'd/e': '1 → -', f: '1 → -', 'f/g': '- → 1' });
  const back = plan({ 'a/b': '1 → -', c: '2 → 1', 'd/e': '- → 1', f: '- → 1', 'f/g': '1 → -' });
  assert.equal(invertPlan(forth), back);
  assert.equal(invertPlan(invertPlan(forth)), forth);
});

test.run();
