// A project directory and a store beside it, with the few things tests of snapshots and restores do again and again. Names and
// links are bytes, given as latin1 strings as everywhere in the worktree layer.

import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ObjectBatch } from '../../src/git/object-batch.ts';
import type { ObjectId, ObjectType } from '../../src/git/object-id.ts';
import { type RawPath, rawPath } from '../../src/git/raw-path.ts';
import { createRepository, type Repository } from '../../src/git/repository.ts';
import { IgnoreRules, type IgnoreRulesOptions } from '../../src/worktree/ignore-rules.ts';
import { readPlainFile } from '../../src/worktree/plain-file.ts';
import { applyRestore, type RestoreReport } from '../../src/worktree/restore.ts';
import { protectedBy, rulesOfSnapshot, uncoveredOnDisk } from '../../src/worktree/restore-guard.ts';
import { planRestore, type RestorePlan } from '../../src/worktree/restore-plan.ts';
import { rulesKey } from '../../src/worktree/rules-key.ts';
import { type Snapshot, takeSnapshot } from '../../src/worktree/snapshot.ts';
import { StatCache } from '../../src/worktree/stat-cache.ts';
import { diffSnapshots } from '../../src/worktree/tree-diff.ts';
import { assertFsckClean, git, gitText } from './git-oracle.ts';
import { processes } from './process-table.ts';
import { withTemporaryDirectory } from './temporary-directory.ts';

export interface SnapshotOptions {
  readonly cache?: StatCache;
  readonly fileBytesMax?: number;
  readonly secrets?: readonly string[];
  /** Added to the clock; some seconds make everything count as settled. */
  readonly laterMs?: number;
  readonly changedPaths?: readonly RawPath[];
  readonly onProgress?: (done: { files: number; bytes: number }) => void;
  readonly onStep?: () => void;
}

/** Content of a file; `{ link }` a link; `{ mode }` with content; null nothing; '' with a path ending in '/' an empty directory. */
export type Planted = string | Buffer | null | { readonly link: string } | { readonly run: string };

export class SnapshotScene {
  readonly directory: string;
  readonly root: string;
  readonly store: Repository;
  /** What the last snapshot put into its batch. */
  puts: { type: ObjectType; id: ObjectId }[] = [];

  constructor(directory: string) {
    this.directory = directory;
    this.root = join(directory, 'project');
    mkdirSync(this.root);
    this.store = createRepository(join(directory, 'store.git'), {
      config: {},
      processes,
      now: Date.now,
      userId: process.getuid?.(),
    });
  }

  /** The path for `node:fs`, whatever its bytes. */
  at(path: string): Buffer {
    return Buffer.concat([Buffer.from(`${this.root}/`), Buffer.from(path, 'latin1')]);
  }

  /** Makes the root hold these entries besides what it holds already. */
  plant(entries: Readonly<Record<string, Planted>>): void {
    for (const [path, planted] of Object.entries(entries)) this.#plant(path, planted);
  }

  #plant(path: string, planted: Planted): void {
    const onDisk = this.at(path.replace(/\/$/, ''));
    const above = dirname(path);
    if (planted !== null && above !== '.') mkdirSync(this.at(above), { recursive: true });
    if (path.endsWith('/')) {
      if (planted === null) rmSync(onDisk, { recursive: true });
      else mkdirSync(onDisk, { recursive: true });
    } else if (planted === null) {
      rmSync(onDisk, { recursive: true });
    } else if (typeof planted === 'string') {
      writeFileSync(onDisk, Buffer.from(planted, 'latin1'));
    } else if (Buffer.isBuffer(planted)) {
      writeFileSync(onDisk, planted);
    } else if ('link' in planted) {
      rmSync(onDisk, { force: true });
      symlinkSync(Buffer.from(planted.link, 'latin1'), onDisk);
    } else {
      writeFileSync(onDisk, Buffer.from(planted.run, 'latin1'), { mode: 0o755 });
    }
  }

  ruleOptions(secrets: readonly string[] = ['.env']): IgnoreRulesOptions {
    return {
      secrets,
      read: (path) => readPlainFile(this.at(path), { bytesMax: 1_000_000 }),
    };
  }

  /** Takes a snapshot and makes it durable. */
  snapshot(options: SnapshotOptions = {}): Snapshot {
    const { cache = new StatCache(), fileBytesMax = 1_000_000, laterMs = 0, onProgress } = options;
    const batch = new ObjectBatch(this.store.objects, { now: Date.now });
    this.puts = [];
    const put = (type: ObjectType, content: Buffer) => {
      const id = batch.put(type, content);
      this.puts.push({ type, id });
      return id;
    };
    const ruleOptions = this.ruleOptions(options.secrets);
    const snapshot = takeSnapshot({
      root: this.root,
      rules: new IgnoreRules(ruleOptions),
      rulesKey: rulesKey(ruleOptions),
      limits: { fileBytesMax },
      cache,
      objects: { put },
      now: () => Date.now() + laterMs,
      changedPaths: options.changedPaths,
      ...(onProgress === undefined ? {} : { onProgress }),
      ...(options.onStep === undefined ? {} : { onStep: options.onStep }),
    });
    batch.flush();
    return snapshot;
  }

  /** The tree stock git makes of the root, nothing left out, in an index of its own. */
  treeOfGit(): string {
    const directory = join(this.directory, 'shadow.git');
    rmSync(directory, { recursive: true, force: true });
    git(this.directory, ['init', '-q', '--bare', directory]);
    const environment = { GIT_DIR: directory, GIT_WORK_TREE: this.root };
    git(this.root, ['add', '-A', '-f', '.'], { environment });
    return gitText(this.root, ['write-tree'], { environment });
  }

  /** Holds the snapshot by a ref, and lets git judge the whole store. */
  fsck(snapshot: Snapshot): void {
    const { directory } = this.store;
    const holding = [`040000 tree ${snapshot.tree}\tfiles`];
    if (snapshot.odd !== undefined) holding.push(`040000 tree ${snapshot.odd}\todd`);
    const tree = gitText(directory, ['mktree'], { input: `${holding.join('\n')}\n` });
    const commit = gitText(directory, ['commit-tree', tree, '-m', 'x']);
    git(directory, ['update-ref', 'refs/heads/x', commit]);
    this.store.objects.rescan();
    assertFsckClean(directory);
  }

  planTo(target: Snapshot, within?: readonly string[]): RestorePlan {
    const present = this.snapshot();
    const { objects } = this.store;
    return planRestore(diffSnapshots(objects, present, target), {
      isProtected: protectedBy(
        objects,
        { rules: new IgnoreRules(this.ruleOptions()), skipped: present.skipped },
        {
          ...target,
          rules: rulesOfSnapshot(this.ruleOptions(), objects, target),
          skipped: target.skipped,
        },
      ),
      existing: uncoveredOnDisk(this.root, objects, present),
      ...(within === undefined ? {} : { within: within.map(rawPath) }),
    });
  }

  restore(plan: RestorePlan): Promise<RestoreReport> {
    return applyRestore({ root: this.root, objects: this.store.objects, plan });
  }

  /** Everything below the root but what a restore should not touch: kinds, permissions, bytes. */
  manifest(): Record<string, string> {
    const found: Record<string, string> = {};
    const visit = (directory: string) => {
      for (const name of readdirSync(this.at(directory), 'latin1').sort()) {
        const path = directory === '' ? name : `${directory}/${name}`;
        const stat = lstatSync(this.at(path));
        if (stat.isSymbolicLink()) found[path] = `-> ${readlinkSync(this.at(path), 'latin1')}`;
        else if (stat.isFile()) {
          const mode = (stat.mode & 0o777).toString(8);
          found[path] = `${mode} ${readFileSync(this.at(path), 'latin1')}`;
        } else found[path] = stat.isDirectory() ? 'directory' : 'special';
        if (stat.isDirectory()) visit(path);
      }
    };
    visit('');
    return found;
  }
}

/** Makes the scene, calls `use`, and removes it. */
export function withSnapshotScene<T>(use: (scene: SnapshotScene) => T | Promise<T>): Promise<T> {
  return withTemporaryDirectory((directory) => use(new SnapshotScene(directory)));
}

/** Reason by path. */
export function reasonsIn(snapshot: Snapshot): Record<string, string> {
  return Object.fromEntries(snapshot.skipped.map(({ path, reason }) => [path, reason]));
}

export function asRaw(path: string): RawPath {
  return path as RawPath;
}
