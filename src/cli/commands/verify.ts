// gsess verify: reads the whole store and says what is wrong with it.

import { type Problem, verifyStore } from '../../git/verify.ts';
import { type OperationProblem, verifyOperations } from '../../session/verify-operations.ts';
import { type SessionProblem, verifySessions } from '../../session/verify-sessions.ts';
import { safeText } from '../../ui/safe-text.ts';
import { treeFault } from '../../worktree/tree-fault.ts';
import { defineCommand } from '../command.ts';
import { openPlace } from '../workspace.ts';

export const verify = defineCommand({
  name: 'verify',
  summary: 'check every byte of the store of this project',
  details: `Every object is read and hashed, every ref followed to its end, every commit and tag read a second time by
    a reader that is not gsess's, and every session, transcript, tag and operation looked at. Nothing is
    changed.
    The exit status is 1 if something is damaged. 'gsess git fsck' is the same question put to git.`,
  examples: [{ command: 'gsess verify', description: 'check the store' }],
  run: async (context) => {
    const { output } = context;
    const { store } = openPlace(context);
    output.progress('reading the store');
    const { objects, commits, problems: found } = await verifyStore(store.repository, treeFault);
    const problems: readonly (Problem | SessionProblem | OperationProblem)[] = [
      ...found,
      ...verifySessions(store),
      ...verifyOperations(store),
    ];
    // Somebody else's file among the refs does no harm, so it is told and that is all.
    const ok = problems.every(({ kind }) => kind === 'ref-ignored');
    if (!ok) context.exitStatus = 1;
    await output.result({ ok, objects, commits, problems }, () =>
      [
        ...problems.map(
          (problem) =>
            `${problem.kind} ${safeText([problem.ref, problem.object, problem.message].filter(Boolean).join(' '))}`,
        ),
        `${objects} objects, ${commits} commits: ${ok ? 'sound' : output.paint.bad('damaged')}`,
      ].join('\n'),
    );
  },
});
