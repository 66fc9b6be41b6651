// The main job, end to end: Claude works for three turns, a person changes files in between, and everything can be looked at, gone back
// to and undone. Checkpoints are held against copies of the disk taken at the same moments.

import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { differences, manifestOf } from '../../support/disk-manifest.ts';
import { assertFsckClean, gitText } from '../../support/git-oracle.ts';
import {
  assertCheckpointsAreCopies,
  type CapturedWorld,
  type Moment,
  storedTranscript,
  withCapturedWorld,
} from '../captured-world.ts';
import type { Scenario } from '../scenario.ts';

/** Three turns of one Claude, with changes by hand between them; returns the files as each turn left them. */
async function work(world: CapturedWorld, sessionId: string) {
  const { claude, project } = world;
  const byHand = (path: string, content: string) => writeFileSync(join(project, path), content);
  const talk = claude.converse({ sessionId });
  byHand('notes.txt', 'before anything\n');
  await talk.say(
    [
      { write: 'src/flags.ts', content: "export const flags = ['--force'];\n" },
      { write: 'docs/flags.md', content: '# Flags\n' },
      { run: "printf 'x\\n' > made.sh; chmod +x made.sh" },
      { say: 'The flags are there.' },
    ],
    'Add the flags',
  );
  const first = world.files();
  byHand('notes.txt', 'by hand after turn 1\n');
  await talk.say(
    [
      [
        { edit: 'src/flags.ts', old: '--force', new: '--yes' },
        { edit: 'docs/flags.md', old: '# Flags', new: '# The flags' },
      ],
      { run: 'rm made.sh; mkdir gone; echo more > gone/deep.txt' },
      { run: 'cat made.sh' },
      { say: 'Renamed.' },
    ],
    'Rename --force to --yes',
  );
  const second = world.files();
  rmSync(join(project, 'notes.txt'));
  byHand('by-hand.txt', 'by hand after turn 2\n');
  await talk.say(
    [{ run: 'rm -r gone docs' }, { read: 'src/flags.ts' }, { say: 'Tidy now.' }],
    'Tidy up',
  );
  byHand('by-hand.txt', 'by hand after turn 3\n');
  const third = world.files();
  await talk.close();
  return { first, second, third };
}

export const scenario: Scenario = {
  title: 'Claude works for three turns, and everything can be looked at, gone back to and undone',
  needs: 'claude',
  run: (check, agents) =>
    withCapturedWorld(agents, async (world) => {
      const { claude } = world;
      const sessionId = randomUUID();
      const gitBefore = manifestOf(join(world.project, '.git'));
      const { first, second, third } = await work(world, sessionId);
      const store = world.store();

      await check('the log tells each prompt, each call and each turn', async () => {
        const log = await world.json<Moment[]>(['log']);
        const told = log.filter(({ kind }) => kind !== 'manual').reverse();
        assert.equal(
          told.map(({ kind, turn, tool }) => [kind, turn, tool ?? ''].join(' ').trim()),
          [
            ...['prompt 1', 'tool 1 Write', 'tool 1 Write', 'tool 1 Bash', 'turn 1'],
            ...['prompt 2', 'tool 2 Edit', 'tool 2 Edit', 'tool 2 Bash', 'tool 2 Bash', 'turn 2'],
            ...['prompt 3', 'tool 3 Bash', 'turn 3'],
          ],
        );
        const subjects = told.map(({ subject }) => subject);
        assert.ok(subjects.includes('before Write src/flags.ts'), subjects.join('; '));
        assert.ok(subjects.includes('turn 2: Renamed.'));
        assert.ok(subjects.some((subject) => subject.startsWith('prompt 3: Tidy up')));
      });

      await check('the list tells one session of three turns', async () => {
        const list = await world.json<{ id: string; turns: number; live: boolean }[]>(['list']);
        assert.equal(
          list.map(({ id, turns, live }) => [id, turns, live]),
          [[sessionId, 3, false]],
        );
      });

      await check('each checkpoint holds the files as they were on disk just then', () => {
        const held = assertCheckpointsAreCopies(store, sessionId, world.copies());
        assert.ok(held >= 14, `${held} checkpoints`);
        assertFsckClean(store);
      });

      await check("the stored transcript is Claude's own file, byte for byte", async () => {
        const own = claude.transcriptBytes(sessionId);
        assert.ok(storedTranscript(store, sessionId, sessionId).equals(own));
        const { status, stdout } = await world.gsess(['export', sessionId, '--format', 'native']);
        assert.is(status, 0);
        assert.ok(Buffer.from(stdout).equals(own));
      });

      await check('looking ahead at a restore changes nothing', async () => {
        const plan = await world.json<{ create: string[]; write: string[]; delete: string[] }>([
          'restore',
          '@1',
          '--files',
          '--dry-run',
        ]);
        assert.ok(plan.create.includes('made.sh') && plan.delete.includes('by-hand.txt'));
        assert.equal(world.files(), third);
      });

      await check('a restore brings back exactly the files of turn 1', async () => {
        await world.json(['restore', '@1', '--files', '--yes']);
        assert.equal(world.files(), first);
      });

      await check('undo brings back exactly those of turn 3, the change by hand too', async () => {
        await world.json(['undo']);
        assert.equal(world.files(), third);
        await world.json(['redo']);
        assert.equal(world.files(), first);
        await world.json(['undo']);
        assert.equal(world.files(), third);
      });

      await check('a tag names a moment for good', async () => {
        await world.json(['tag', 'Renamed, not tidied', '@2']);
        await world.json(['restore', 'Renamed, not tidied', '--files', '--yes']);
        assert.equal(world.files(), second);
        await world.json(['undo']);
        assert.equal(world.files(), third);
      });

      await check('all of it is sound to stock git, and only grew', () => {
        assertFsckClean(store);
        const subjects = gitText(store, ['log', '--format=%s', sessionId]).split('\n');
        assert.ok(subjects.at(-1)?.startsWith('prompt 1: Add the flags'), subjects.at(-1));
      });

      await check("the project's own git holds what it held", () => {
        const gitAfter = manifestOf(join(world.project, '.git'));
        assert.equal(differences(gitBefore, gitAfter), []);
      });

      await check('without the connection the settings are as they were', async () => {
        assert.is.not(claude.settings(), world.settingsBefore);
        await world.json(['connect', '--remove', 'claude']);
        assert.is(claude.settings(), world.settingsBefore);
      });
    }),
};
