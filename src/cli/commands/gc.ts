// gsess gc: packs the store, removes what nothing needs any more, and sweeps what killed runs left.

import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { GsessError } from '../../errors.ts';
import {
  collectGarbage,
  type GarbageReport,
  PRUNE_GRACE_MS,
} from '../../session/collect-garbage.ts';
import { isGatheringDue, isGcDue } from '../../session/gc-due.ts';
import { openStoreDirectory, type Store } from '../../session/store.ts';
import { isStoreName } from '../../session/store-name.ts';
import { bytesText, countText } from '../../ui/human-units.ts';
import { safeText } from '../../ui/safe-text.ts';
import { shortId } from '../chosen-session.ts';
import { defineCommand } from '../command.ts';
import { confirmErasure } from '../confirm-erasure.ts';
import type { Context } from '../context.ts';
import { openPlace } from '../workspace.ts';

const DAY_MS = 24 * 60 * 60_000;

export const gc = defineCommand({
  name: 'gc',
  summary: 'pack the store and remove what nothing needs any more',
  details: `Objects are put together in packs, each as what differs from the version before. What was deleted or moved away leaves
    the trash after 30 days (retention.trashDays), and the operations that could have been undone with it leave the log. What
    nothing reaches any more is removed once it is two weeks old, and so are temporary files of killed
    runs. No tag is ever touched, nor any session in the list, unless retentionDays or maxSessions is set:
    then old sessions are moved to the trash, and told; 'gsess undo' brings them back. One that has a name
    or a tag, that is running, or that was used within a day stays.

    It runs beside agents: nobody waits for it longer than a moment. If anything in the store cannot be
    read, nothing is packed or removed; 'gsess verify' shows what it is. Where there is too little space
    for new packs, packing is left out and the rest is done.`,
  options: {
    'dry-run': { type: 'boolean', alias: 'n', description: 'say what would go and do nothing' },
    auto: {
      type: 'boolean',
      description: 'only if much has come together, and at the lowest priority',
    },
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
    store: { type: 'string', description: 'the store that is meant, by name', hidden: true },
  },
  examples: [
    { command: 'gsess gc', description: 'tidy up the store of this project' },
    { command: 'gsess gc --dry-run', description: 'see what would go' },
    { command: 'gsess gc --empty-trash', description: 'erase everything that was deleted' },
  ],
  run: async (context, args) => {
    const { 'dry-run': isDry, 'prune-days': days, 'empty-trash': empties, yes } = args;
    const { output } = context;
    const { store, root } =
      args.store === undefined
        ? openPlace(context)
        : { store: named(context, args.store), root: undefined };
    if (args.auto) {
      setPriority(constants.priority.PRIORITY_LOW);
      const problem = isGatheringDue(store) ? await gather(store) : undefined;
      if (problem !== undefined) output.warn(problem);
      if (!isGcDue(store)) return await output.result(null, () => 'Nothing is due');
    }
    if (empties && !isDry) {
      const question = 'Erase everything in the trash? Nothing brings it back.';
      if (!(await confirmErasure(context, yes, question))) return;
    }
    const request = {
      isDry,
      root,
      // What nobody was told of is not erased in the same breath.
      leavesSessions: empties,
      pruneGraceMs: empties ? 0 : days === undefined ? PRUNE_GRACE_MS : days * DAY_MS,
      ...(empties ? { trashGraceMs: 0 } : {}),
      onProgress: (text: string) => output.progress(text),
    };
    const report = await collectGarbage(store, request).catch((error: unknown) => {
      // Another one is at it.
      if (args.auto && error instanceof GsessError && error.code === 'locked') return undefined;
      throw error;
    });
    if (report === undefined) return await output.result(null, () => 'Nothing is due');
    if (report.objects === null) context.exitStatus = 1;
    for (const reason of report.skipped) output.warn(reason);
    await output.result({ ...report, retired: report.retired.map(retiredJson) }, () =>
      [isDry ? foretold(report) : told(report), ...retiredText(report, isDry)].join('\n'),
    );
  },
});

/** A store by the name of its directory, for gsess itself: it starts this where no project is at hand. */
function named({ surroundings }: Context, name: string): Store {
  const directory = join(surroundings.dataDirectory, 'projects', name);
  const store = isStoreName(name) ? openStoreDirectory(directory, surroundings) : undefined;
  if (store === undefined) throw new GsessError('not-found', `No store '${name}'`);
  return store;
}

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

type Retired = GarbageReport['retired'][number];

function retiredJson({ session, reason }: Retired) {
  const { id, title, root, updatedAt } = session;
  return { id, title, root, updatedAt, reason };
}

function retiredText({ retired }: GarbageReport, isDry: boolean): string[] {
  if (retired.length === 0) return [];
  const what = countText(retired.length, 'session');
  const told = isDry
    ? `would be moved to the trash: ${what}`
    : `Moved ${what} to the trash; 'gsess undo' brings ${retired.length === 1 ? 'it' : 'them'} back`;
  const lines = retired.map(
    ({ session, reason }) =>
      `  ${shortId(session)} ${safeText(session.title)}, last used ${session.updatedAt.slice(0, 10)} (${reason})`,
  );
  return [told, ...lines];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Loaded where it is wanted, as by a capture. */
async function gather(store: Store): Promise<string | undefined> {
  const { gatherObjects } = await import('../../session/gather-objects.ts');
  return await gatherObjects(store);
}
