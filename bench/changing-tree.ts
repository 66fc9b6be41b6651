// A tree that changes by one file at a time, the same for all who are timed on it: each round begins with one change, whoever's turn
// comes first.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../test/support/seeded-random.ts';
import { type ProjectTree, sourceText } from './project-tree.ts';

export interface ChangingTree {
  /** To be called before each turn of a round; `round` counts on over all kinds of change. */
  edit(round: number): void;
  add(round: number): void;
  remove(round: number): void;
  /** Relative to the tree: what the last round changed. */
  readonly changed: readonly string[];
}

const BYTES = 3000;

export function changingTree({ directory, paths }: ProjectTree): ChangingTree {
  const random = seededRandom(Date.now());
  const added: string[] = [];
  let changed: readonly string[] = [];
  let done = '';
  const once = (kind: string, round: number, change: () => string) => {
    if (done === `${kind} ${round}`) return;
    done = `${kind} ${round}`;
    changed = [change()];
  };
  const write = (path: string) => {
    writeFileSync(join(directory, path), sourceText(random, BYTES));
    return path;
  };
  const added_ = (path: string) => {
    added.push(path);
    return write(path);
  };
  return {
    edit: (round) => once('edit', round, () => write(random.pick(paths))),
    add: (round) => once('add', round, () => added_(`${random.pick(paths)}.added.ts`)),
    remove: (round) =>
      once('remove', round, () => {
        const path = added.pop();
        if (path === undefined) throw new Error('There is nothing left that was added');
        rmSync(join(directory, path));
        return path;
      }),
    get changed() {
      return changed;
    },
  };
}
