// gsess gc: packs the store, removes what nothing needs any more, and sweeps what killed runs left.

import {
  collectGarbage,
  type GarbageReport,
  PRUNE_GRACE_MS,
  TRASH_GRACE_MS,
} from '../../session/collect-garbage.ts';
import { defineCommand } from '../command.ts';
import { confirmErasure } from '../confirm-erasure.ts';
import { gitPacker } from '../git-packer.ts';
import { bytesText, countText } from '../human-units.ts';
import { openWorkspace } from '../workspace.ts';

const DAY_MS = 24 * 60 * 60_000;

export const gc = defineCommand({
  name: 'gc',
  summary: 'pack the store and remove what nothing needs any more',
  details: `Objects are put together in packs, with deltas where git is installed. What was deleted or moved away leaves
    the trash after 30 days, and the operations that could have been undone with it leave the log. What
    nothing reaches any more is removed once it is two weeks old, and so are temporary files of killed
    runs. No session, tag or checkpoint in the list is ever touched.

    It runs beside agents: nobody waits for it longer than a moment. If anything in the store cannot be
    read, nothing is packed or removed; 'gsess verify' shows what it is. Where there is too little space
    for new packs, packing is left out and the rest is done.`,
  options: {
    'dry-run': { type: 'boolean', alias: 'n', description: 'say what would go and do nothing' },
    'prune-days': {
      type: 'number',
      placeholder: 'DAYS',
      description: 'remove what nothing reaches after so many days; 0 for at once',
    },
    'empty-trash': {
      type: 'boolean',
      description: 'erase for good what was deleted, however lately',
    },
    yes: {
      type: 'boolean',
      alias: 'y',
      values: ['purge'],
      description: '=purge: do not ask before the trash is emptied',
    },
  },
  examples: [
    { command: 'gsess gc', description: 'tidy up the store of this project' },
    { command: 'gsess gc --dry-run', description: 'see what would go' },
    { command: 'gsess gc --empty-trash', description: 'erase everything that was deleted' },
  ],
  run: async (context, { 'dry-run': isDry, 'prune-days': days, 'empty-trash': empties, yes }) => {
    const { store, project } = openWorkspace(context);
    const { output } = context;
    if (empties && !isDry) {
      const question = 'Erase everything in the trash? Nothing brings it back.';
      if (!(await confirmErasure(context, yes, question))) return;
    }
    const report = await collectGarbage(store, {
      isDry,
      pruneGraceMs: empties ? 0 : days === undefined ? PRUNE_GRACE_MS : days * DAY_MS,
      trashGraceMs: empties ? 0 : TRASH_GRACE_MS,
      packer: gitPacker(context, project),
      onProgress: (text) => output.progress(text),
    });
    if (report.objects === null) context.exitStatus = 1;
    for (const reason of report.skipped) output.warn(reason);
    await output.result(report, () => (isDry ? foretold(report) : told(report)));
  },
});

function told(report: GarbageReport): string {
  const { objects, bytesBefore, bytesAfter } = report;
  const done = [
    objects && objects.packed > 0 ? `packed ${countText(objects.packed, 'object')}` : '',
    objects && objects.removed > 0 ? `removed ${countText(objects.removed, 'object')}` : '',
    report.trash > 0 ? `let go ${countText(report.trash, 'thing')} of the trash` : '',
    report.operations > 0 ? `forgot ${countText(report.operations, 'operation')}` : '',
    report.swept > 0 ? `swept ${countText(report.swept, 'temporary file')}` : '',
  ].filter((text) => text !== '');
  const sizes = `${bytesText(bytesBefore)} before, ${bytesText(bytesAfter)} now`;
  return `${done.length === 0 ? 'There was nothing to do' : capital(done.join(', '))}: ${sizes}`;
}

function foretold({ objects, trash, operations, bytesBefore }: GarbageReport): string {
  const { packs, loose } = objects?.before ?? { packs: 0, loose: 0 };
  return [
    `${bytesText(bytesBefore)} in ${countText(packs, 'pack')} and ${countText(loose, 'loose object')}`,
    `would be removed: ${countText(objects?.removed ?? 0, 'object')}`,
    `would leave the trash: ${countText(trash, 'thing')}, with ${countText(operations, 'operation')}`,
  ].join('\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
