// What undo and redo have in common: everything but the direction.

import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { jsonPath } from '../git/raw-path.ts';
import { undoOperation } from '../session/undo-operation.ts';
import type { Options } from './command.ts';
import { confirmingDeletion, type Yes } from './confirm-deletion.ts';
import type { Context } from './context.ts';
import { changeCounts } from './plan-text.ts';
import { openPlace } from './workspace.ts';

export const TAKE_BACK_OPTIONS = {
  yes: {
    type: 'boolean',
    alias: 'y',
    values: ['large'],
    description:
      'also take what was changed since, which is saved first; =large: and delete many files',
  },
  root: {
    type: 'string',
    placeholder: 'DIR',
    description: 'the directory whose last change is meant, where it is not this one',
    completes: 'directory',
  },
} as const satisfies Options;

export async function takeBack(
  context: Context,
  direction: 'undo' | 'redo',
  options: { readonly yes: Yes; readonly root: string | undefined },
): Promise<void> {
  const { store, root: here } = openPlace(context);
  const root = options.root === undefined ? here : namedRoot(context, options.root);
  const everything = options.yes !== false;
  const done = await confirmingDeletion(context, options.yes, (agreed) =>
    undoOperation(store, { root, direction, everything, agreed }),
  );
  if (done === undefined) return;
  for (const warning of done.warnings) context.output.warn(warning);
  const { summary, created, written, deleted } = done;
  await context.output.result(
    {
      summary,
      created: created.map(jsonPath),
      written: written.map(jsonPath),
      deleted: deleted.map(jsonPath),
      warnings: done.warnings,
    },
    () => {
      const counts = changeCounts({ create: created, write: written, delete: deleted });
      const files = counts === '' ? '' : ` (${counts})`;
      return `${direction === 'undo' ? 'Taken back' : 'Done again'}: ${summary}${files}`;
    },
  );
}

/** The real path of a directory that `--root` names. */
export function namedRoot({ cwd }: Context, directory: string): string {
  try {
    return realpathSync(resolve(cwd, directory));
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT', 'ENOTDIR')) throw cause;
    throw new GsessError('not-found', `No such directory: '${directory}'`, { cause });
  }
}
