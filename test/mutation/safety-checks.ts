// The checks that the promises of gsess hang on, and for each the tests that fail where it is missing. `mutation-run.ts` takes them out of
// the code one at a time and sees that this is so; a check whose text is no longer in its file makes a fast test fail.

export interface SafetyCheck {
  /** The number of the promise it serves, as in docs/promises.md. */
  readonly promise: number;
  /** What it does, in words. */
  readonly check: string;
  /** Where it stands, below `src`. */
  readonly file: string;
  /** A piece of that file that is there exactly once. */
  readonly text: string;
  /** What stands there instead, so that the check is gone. */
  readonly instead: string;
  /** A regular expression on the path of tests of which at least one must fail then. */
  readonly tests: string;
}

export const SAFETY_CHECKS: readonly SafetyCheck[] = [
  {
    promise: 1,
    check: 'the `.git` of a project is neither captured nor restored',
    file: 'worktree/tree-walk.ts',
    text: 'if (DOT_GIT.test(name)) {',
    instead: 'if (false) {',
    tests: 'worktree/snapshot',
  },
  {
    promise: 2,
    check: 'what was written is synced before it is given its name',
    file: 'git/durable-file.ts',
    text: '    writeFileSync(descriptor, bytes);\n    fsyncSync(descriptor);',
    instead: '    writeFileSync(descriptor, bytes);',
    tests: 'faults/lost-pages',
  },
  {
    promise: 2,
    check: 'an object that is there already is believed only after its content was read',
    file: 'git/object-store.ts',
    text: 'if (stored?.type !== type || !stored.content.equals(content)) return false;',
    instead: 'if (stored === undefined) return false;',
    tests: 'git/object-',
  },
  {
    promise: 3,
    check: 'a restore is in the journal before the first file is touched',
    file: 'session/file-operation.ts',
    text: 'const journal = await openJournal(store, batch, operation);',
    instead: [
      'batch.flush();',
      'await applyRestore({ root: operation.root, objects: store.objects, plan, contents });',
      'const journal = await openJournal(store, batch, operation);',
    ].join('\n'),
    tests: 'session/restore-refused',
  },
  {
    promise: 3,
    check: 'a restore that cannot be carried out whole is refused',
    file: 'session/restore-checkpoint.ts',
    text: 'const contents = refuseImpossible(batch, request.root, plan);',
    instead:
      'const contents = refuseImpossible(batch, request.root, { ...plan, create: [], write: [], blocked: [] });',
    tests: 'session/restore-refused|model/model',
  },
  {
    promise: 4,
    check: 'a ref is moved only from the value the change was built on',
    file: 'git/ref-store.ts',
    text: "if (expect !== 'any' && expect !== actual) throw refMoved(name, expect, actual);",
    instead: '',
    tests: 'git/ref-store',
  },
  {
    promise: 4,
    check: 'whoever takes a lock looks again whether someone else took it too',
    file: 'git/lock.ts',
    text: '    rival = findLiveOwner(directory, options, path);',
    instead: '',
    tests: 'git/lock\\.test',
  },
  {
    promise: 5,
    check: 'a snapshot believes a stat only of what was at rest',
    file: 'git/file-mark.ts',
    text: '  return Math.max(mtimeMs, ctimeMs) + rest <= lookedAt;',
    instead: '  return Math.max(mtimeMs, ctimeMs) + rest <= lookedAt || true;',
    tests: 'worktree/stat-cache|session/list-sessions',
  },
  {
    promise: 5,
    check: 'what is left out is listed',
    file: 'worktree/table-summary.ts',
    text: '    if (reason !== undefined) {',
    instead: '    if (false) {',
    tests: 'worktree/snapshot',
  },
  {
    promise: 6,
    check: 'the present is kept as a checkpoint before a restore',
    file: 'session/restore-checkpoint.ts',
    text: 'const kept = await keepPresent(store, batch, safety);',
    instead: 'const kept = { ref: sessionRef(session), commit: request.checkpoint.id };',
    tests: 'session/restore-undo|model/model',
  },
  {
    promise: 6,
    check: 'a path is looked at again right before it is replaced',
    file: 'worktree/restore.ts',
    text: 'if (seen.insteadOf !== undefined || !isSameState(seen.state, before)) throw changed(step, seen);',
    instead: '',
    tests: 'worktree/restore\\.test',
  },
  {
    promise: 6,
    check: 'what the rules of the target ignore is not deleted either',
    file: 'worktree/restore-guard.ts',
    text: '    target.rules.verdict(path, isDirectory)?.reason ??\n',
    instead: '',
    tests: 'worktree/restore\\.test|model/model',
  },
  {
    promise: 6,
    check: 'a plan is carried out only if it is the one that was shown',
    file: 'session/restore-checkpoint.ts',
    text: '  refuseOtherPlan(plan, shown);',
    instead: '',
    tests: 'session/restore-undo',
  },
  {
    promise: 6,
    check: 'a restore that deletes much asks for a yes of its own',
    file: 'session/agreed-deletion.ts',
    text: '  if (!isLargeDeletion(deletion)) return;',
    instead: '  return;',
    tests: 'cli/large-deletion',
  },
  {
    promise: 6,
    check: 'a file of commands that is not as gsess made it is not written over',
    file: 'cli/command-directory.ts',
    text: "if (state !== 'ours') return state === 'absent';",
    instead: "if (state === 'absent') return true;",
    tests: 'cli/command-directory',
  },
  {
    promise: 7,
    check: 'undo takes nothing with it that was changed since, unless told to',
    file: 'session/undo-operation.ts',
    text: 'if (blocked.length > 0 && !everything) {',
    instead: 'if (false) {',
    tests: 'session/restore-undo',
  },
  {
    promise: 8,
    check: 'a directory that was listed anew is compared as a whole',
    file: 'worktree/tree-walk.ts',
    text: 'const keepsId = isSame && isInPlace && oldId !== undefined;',
    instead: 'const keepsId = isSame && oldId !== undefined;',
    tests: 'worktree/stat-cache|model/model',
  },
  {
    promise: 9,
    check: 'a home directory is never a root',
    file: 'worktree/root.ts',
    text: 'if (isAtOrBelow(realAsFarAsItExists(home), root)) {',
    instead: 'if (false) {',
    tests: 'worktree/root',
  },
  {
    promise: 9,
    check: 'a file is read without following a link that took its place',
    file: 'worktree/steady-read.ts',
    text: 'constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);',
    instead: 'constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);',
    tests: 'worktree/steady-read',
  },
  {
    promise: 10,
    check: 'a tree that leads out of the root is refused',
    file: 'worktree/safe-path.ts',
    text: "      name === '..' ||\n",
    instead: '',
    tests: 'journeys/hostile-trees|worktree/restore',
  },
  {
    promise: 10,
    check: 'foreign text is made safe before it is shown',
    file: 'ui/safe-text.ts',
    text: "  return escapeUnsafe(text.replace(LINE_BREAKS, ' '));",
    instead: "  return text.replace(LINE_BREAKS, ' ');",
    tests: 'ui/safe-text',
  },
  {
    promise: 10,
    check: 'a prompt, which a script may have from a stranger, erases nothing for good',
    file: 'cli/run-slash-command.ts',
    text: "if (!host.mayErase && args['purge'] === true) throw notFromHere();",
    instead: '',
    tests: 'journeys/slash-in-agents',
  },
  {
    promise: 11,
    check: 'a store that others may write to is not used',
    file: 'git/unsafe-store.ts',
    text: "if ((stat.mode & OTHERS_MAY_WRITE) !== 0) return 'others may write to it';",
    instead: '',
    tests: 'git/repository',
  },
  {
    promise: 14,
    check: 'a store of a newer format is refused',
    file: 'git/repository.ts',
    text: 'if (Number(format) > STORE_FORMAT) throw',
    instead: 'if (false) throw',
    tests: 'git/repository',
  },
  {
    promise: 14,
    check: 'what the stat cache names is void once objects were removed from the store',
    file: 'session/root-snapshot.ts',
    text: 'if (anchor === undefined || anchor.generation !== store.pruneGeneration()) return new StatCache();',
    instead: 'if (anchor === undefined) return new StatCache();',
    tests: 'session/capture',
  },
];
