// gsess diff: what became of the files between two checkpoints.

import { GsessError } from '../../errors.ts';
import { joinRaw, jsonPath, type RawPath } from '../../git/raw-path.ts';
import { compareFiles } from '../../session/file-changes.ts';
import type { FileDiff } from '../../worktree/file-diff.ts';
import { quotedPath } from '../../worktree/quoted-path.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { withDiffSides } from '../diff-sides.ts';
import { patchBytes, patchText, statText } from '../diff-text.ts';
import { isWithin, pathsBelow } from '../paths-below.ts';
import { READING_OPTIONS, readingOf } from '../reading-options.ts';
import { openWorkspace } from '../workspace.ts';

interface Shape {
  readonly stat: boolean;
  readonly 'name-only': boolean;
}

export const diff = defineCommand({
  name: 'diff',
  summary: 'show what became of the files between two checkpoints',
  details: `Without arguments, or with a session: its last turn, from the end of the one before it, so with what was
    changed by hand in between. With @N: what turn N did, from its prompt to its end. With
    another checkpoint: what changed since the one before it. With two: what differs from the
    first to the second. With --now: what differs from the checkpoint, or the end of the current session,
    to the files on the disk.

    What it prints is a patch that 'git apply' takes. Files larger than a megabyte are named, not
    compared.`,
  positionals: {
    a: { description: 'the older checkpoint, or the only one', completes: 'checkpoint' },
    b: { description: 'the newer checkpoint', completes: 'checkpoint' },
  },
  options: {
    ...READING_OPTIONS,
    now: { type: 'boolean', description: 'compare with the files on the disk' },
    stat: { type: 'boolean', description: 'print a summary with a line a file' },
    'name-only': { type: 'boolean', description: 'print the paths alone' },
    path: {
      type: 'array',
      alias: 'p',
      placeholder: 'PATH',
      description: 'only this file, or what is below this directory',
      completes: 'file',
    },
  },
  rest: { after: 'dashes', placeholder: 'PATH', description: 'the same as --path' },
  examples: [
    { command: 'gsess diff', description: 'show what the last turn changed' },
    { command: 'gsess diff @2 --stat', description: 'sum up what turn 2 did' },
    { command: 'gsess diff @1 @3 -- src', description: 'compare the ends of two turns below src' },
    { command: 'gsess diff works --now', description: "compare the tag 'works' with the disk" },
  ],
  slash: {},
  keys: [{ view: 'moments', key: 'space', label: 'difference' }],
  run: async (context, { a, b, now, path, rest, ...shape }) => {
    if (shape.stat && shape['name-only']) {
      throw new GsessError('usage', '--stat and --name-only exclude each other');
    }
    // Not quick to load, and of all commands needed by this one alone.
    const { diffFiles } = await import('../../worktree/file-diff.ts');
    const workspace = await openWorkspace(context);
    await withDiffSides(
      workspace,
      { from: a, to: b, now, reading: readingOf(shape) },
      async (sides) => {
        for (const warning of sides.warnings) context.output.warn(warning);
        const within = pathsBelow(sides.root, context.cwd, [...path, ...rest]);
        const changes = compareFiles(sides.objects, sides.before, sides.after);
        const wanted = changes.filter((change) => isWithin(change.path, within));
        await print([...diffFiles(wanted, sides.objects)], shape, context);
      },
    );
  },
});

async function print(diffs: readonly FileDiff[], shape: Shape, { output }: Context): Promise<void> {
  const isShort = shape.stat || shape['name-only'];
  // Somebody may want to apply it, so off a terminal it is the very bytes.
  if (!output.json && !isShort && output.columns === undefined) {
    return output.raw(patchBytes(diffs));
  }
  const value = diffs.map(({ path, status, content, linesAdded, linesRemoved }) => ({
    path: jsonPath(path),
    status,
    content,
    added: linesAdded,
    removed: linesRemoved,
  }));
  await output.result(value, () => {
    if (shape.stat) return statText(diffs, output.paint);
    if (shape['name-only']) return diffs.map(nameText).join('\n');
    return patchText(diffs, output.paint);
  });
}

/** An empty directory is told from a file. */
function nameText({ path, content }: FileDiff): string {
  return quotedPath(content === 'directory' ? joinRaw(path, '' as RawPath) : path);
}
