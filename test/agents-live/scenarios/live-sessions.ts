// Claude at work while gsess is used: two at once in one project, gsess called by the agent itself, and going back under its feet.

import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { assertFsckClean, gitText } from '../../support/git-oracle.ts';
import { type CapturedWorld, withCapturedWorld } from '../captured-world.ts';
import type { Scenario } from '../scenario.ts';
import { gsessProgram } from '../world.ts';

function subjectAt(world: CapturedWorld, revision: string): string {
  return gitText(world.store(), ['log', '-1', '--format=%s', revision]);
}

export const scenario: Scenario = {
  title: 'gsess is used while Claude works',
  needs: 'claude',
  run: (check, agents) =>
    withCapturedWorld(agents, async (world) => {
      const { claude, project } = world;
      const [first, second] = [randomUUID(), randomUUID()];
      const one = claude.converse({ sessionId: first });
      const two = claude.converse({ sessionId: second });
      try {
        await one.say([{ write: 'one.txt', content: '1\n' }, { say: 'First.' }], 'Be the first');
        await two.say([{ write: 'two.txt', content: '2\n' }, { say: 'Second.' }], 'Be the second');

        await check('both are live, and a verb that changes something asks which', async () => {
          const list = await world.json<{ id: string; live: boolean }[]>(['list']);
          const live = list.filter((session) => session.live).map(({ id }) => id);
          assert.equal(live.sort(), [first, second].sort());
          const refs = gitText(world.store(), ['for-each-ref']);
          const { status, stdout } = await world.gsess(['tag', 'which', '--json']);
          assert.is(status, 2);
          const { error } = JSON.parse(stdout) as { error: { code: string } };
          assert.is(error.code, 'ambiguous');
          assert.is(gitText(world.store(), ['for-each-ref']), refs);
        });

        await check('called by the agent it knows whose session it is in', async () => {
          const tag = `'${process.execPath}' '${gsessProgram}' tag from-inside`;
          await two.say([{ run: tag }, { say: 'Tagged.' }], 'Tag this');
          assert.ok(subjectAt(world, 'refs/tags/from-inside').startsWith('before Bash '));
        });
        await two.close();

        await check('the one left is the current one, and its files may go back', async () => {
          writeFileSync(join(project, 'one.txt'), 'by hand\n');
          await world.json(['restore', '@1', '--files', '--yes']);
          assert.is(world.files()['one.txt'], '1\n');
          assert.is(subjectAt(world, first).startsWith('restore @1'), true);
          await world.json(['undo']);
          assert.is(world.files()['one.txt'], 'by hand\n');
          await one.say([{ run: 'echo 11 > one.txt' }, { say: 'On.' }], 'Go on');
          assert.is(subjectAt(world, first), 'turn 2: On.');
        });

        await check(
          'a conversation it was to go back to is void once it just goes on',
          async () => {
            await world.json(['restore', '@1', '--conversation', '--yes']);
            await one.say('Never mind');
            await one.close();
            const { command } = await world.json<{ command: string[] }>([
              'resume',
              first,
              '--print',
            ]);
            assert.equal(command, ['claude', '--resume', first]);
          },
        );
      } finally {
        await one.kill();
        await two.kill();
      }

      await check('all of it is sound to stock git', () => assertFsckClean(world.store()));
    }),
};
