// A user with one session of two prompts, and the means to stop a process of theirs at a chosen call, so that two meet at a named point
// and not by luck.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { FaultControl } from './fault-shim.ts';
import { assertFsckClean, gitText } from './git-oracle.ts';
import { HookScript } from './hook-agent.ts';
import { type SealedUser, withSealedUser } from './run-gsess.ts';
import { type RunningGsess, startGsess } from './start-gsess.ts';
import { checkpointsOf, failuresOf, leftoversIn, onlyStoreOf } from './user-store.ts';

export const BARRIER_SESSION = 'cccccccc-0000-4000-8000-000000000001';

/** Where a process can be met; an order for `FaultControl`. */
export const AT = {
  /** The objects are durable, nothing points at them. */
  beforeRefs: { action: 'stop', at: 1, calls: ['open'], path: '/gsess/ref-locks/' },
  /** The objects are written, under temporary names. */
  beforeNames: { action: 'stop', at: 1, calls: ['rename'], path: '/objects/' },
  /** The root is locked, its walk has not begun. */
  beforeWalk: { action: 'stop', at: 1, calls: ['open-read'], path: '/gsess/cache/' },
  /** The new branch is written and locked. */
  beforeMove: { action: 'stop', at: 1, calls: ['rename'], path: '/refs/heads/' },
  /** One file of a restore is in place, the others not. */
  betweenFiles: { action: 'stop', at: 2, calls: ['rename'], path: '/project/' },
} as const;

export interface BarrierScene {
  readonly user: SealedUser;
  readonly script: HookScript;
  readonly store: string;
  readonly control: FaultControl;
  write(files: Readonly<Record<string, string>>): void;
  /** Starts a command; `met` has it stop where it was ordered to. */
  start(args: readonly string[], options?: { readonly met?: boolean }): RunningGsess;
  /** Starts the hook of a prompt. */
  prompt(
    text: string,
    options?: { readonly met?: boolean; readonly by?: HookScript },
  ): RunningGsess;
  /** The same, to its end; it must succeed. */
  prompted(text: string, by?: HookScript): Promise<void>;
  /** Waits for a hook and wants it to have succeeded without a word. */
  ended(hook: RunningGsess): Promise<void>;
  /** What the checkpoints of a session hold, newest first: name and content of each file. */
  states(session?: string): string[];
  /** The subjects of the checkpoints, newest first, without `prompt N: `. */
  subjects(session?: string): string[];
}

/** Calls `use` once, and wants the store sound, no lock left, and no failure kept. */
export function withBarrierScene(use: (scene: BarrierScene) => Promise<void>): Promise<void> {
  return withSealedUser(async (user) => {
    const control = FaultControl.create(user.directory, {
      roots: [user.data, user.project, user.home],
    });
    if (control === undefined) throw new Error('the test was to be skipped');
    const script = new HookScript(user, { nativeId: BARRIER_SESSION });
    const started: RunningGsess[] = [];
    const start = (args: readonly string[], met: boolean, input = ''): RunningGsess => {
      const environment = met ? control.environment : {};
      const running = startGsess(user, args, { environment, input });
      started.push(running);
      return running;
    };
    const prompt: BarrierScene['prompt'] = (text, { met = false, by = script } = {}) => {
      const payload = by.payload('UserPromptSubmit', { prompt: text });
      return start(['hook', 'claude'], met, JSON.stringify(payload));
    };
    const ended: BarrierScene['ended'] = async (hook) => {
      assert.equal(await hook.outcome, { status: 0, stdout: '', stderr: '' });
      assert.equal(failuresOf(user), []);
    };
    const scene: BarrierScene = {
      user,
      script,
      control,
      get store() {
        return onlyStoreOf(user);
      },
      write: (files) => {
        for (const [name, content] of Object.entries(files)) {
          writeFileSync(join(user.project, name), content);
        }
      },
      start: (args, { met = false } = {}) => start(args, met),
      prompt,
      prompted: async (text, by = script) => {
        await ended(prompt(text, { by }));
        by.appendPrompt(text);
        by.appendReply({ type: 'text', text: `${text}: done` });
      },
      ended,
      states: (session = BARRIER_SESSION) =>
        checkpointsOf(onlyStoreOf(user), session).map(({ files }) =>
          stateOf(onlyStoreOf(user), files),
        ),
      subjects: (session = BARRIER_SESSION) =>
        checkpointsOf(onlyStoreOf(user), session).map(({ subject }) =>
          subject.replace(/^prompt \d+: /, ''),
        ),
    };
    try {
      scene.write({ 'a.txt': 'one\n', 'b.txt': 'one\n', 'c.txt': 'one\n' });
      await scene.prompted('one');
      scene.write({ 'a.txt': 'two\n', 'b.txt': 'two\n', 'c.txt': 'two\n' });
      await scene.prompted('two');
      await use(scene);
    } finally {
      // One that stands still after a failure would keep the test from ending.
      for (const running of started) running.kill();
    }
    assertFsckClean(scene.store);
    assert.equal(leftoversIn(user.data), { locks: [], temporary: [] });
    control.close();
  });
}

/** The files on disk as `states` has them. */
export function stateOnDisk({ user }: BarrierScene): string {
  const names = readdirSync(user.project).sort();
  return names
    .map((name) => `${name}=${readFileSync(join(user.project, name), 'utf8').trim()}`)
    .join(' ');
}

function stateOf(store: string, tree: string): string {
  const names = gitText(store, ['ls-tree', '-r', '--name-only', tree]).split('\n').filter(Boolean);
  return names
    .map((name) => `${name}=${gitText(store, ['cat-file', 'blob', `${tree}:${name}`])}`)
    .join(' ');
}
