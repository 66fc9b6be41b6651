// gsess du: what takes space in the store, and what erasing a session would free.

import { allStores } from '../../session/all-stores.ts';
import { shortSessionId } from '../../session/session-id.ts';
import { type SessionUsage, type StoreUsage, storeUsage } from '../../session/store-usage.ts';
import { bytesText, countText } from '../../ui/human-units.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { renderPairs, renderTable } from '../table.ts';
import { openPlace } from '../workspace.ts';

export const du = defineCommand({
  name: 'du',
  summary: 'tell what takes space, by session',
  details: `Shows what the store of this project takes on disk, and for each session what only it holds: so much
    'gsess delete --purge' would free. What a session shares with its forks and with other sessions is
    counted apart. Sizes are those on disk, packed; of versions that are kept as differences, one pays
    for the others.`,
  options: {
    all: {
      type: 'boolean',
      alias: 'a',
      description: 'the stores of all projects, without sessions',
    },
  },
  examples: [
    { command: 'gsess du', description: 'see which session is the largest' },
    { command: 'gsess du --all', description: 'see what gsess takes in all' },
  ],
  run: async (context, { all }) => {
    const stores = all ? allStores(context.surroundings) : [openPlace(context).store];
    const usages: StoreUsage[] = [];
    for (const store of stores) {
      usages.push(await storeUsage(store, () => context.output.progress('reading the store')));
      store.objects.close();
    }
    const [only] = usages;
    if (all) await context.output.result(usages, () => totals(usages));
    else if (only !== undefined) await context.output.result(only, () => usageText(context, only));
  },
});

function totals(usages: readonly StoreUsage[]): string {
  const rows = usages
    .toSorted((a, b) => b.bytes - a.bytes)
    .map(({ project, bytes, sessions }) => [bytesText(bytes), String(sessions.length), project]);
  const total = usages.reduce((sum, { bytes }) => sum + bytes, 0);
  const columns = [
    { heading: 'SIZE', align: 'right' },
    { heading: 'SESSIONS', align: 'right' },
    { heading: 'PROJECT' },
  ] as const;
  return `${renderTable(columns, rows)}\n\n${bytesText(total)} in ${countText(usages.length, 'store')}`;
}

function usageText({ output }: Context, usage: StoreUsage): string {
  const { packs, loose } = usage;
  const some = (bytes: number) => (bytes > 0 ? bytesText(bytes) : '');
  const facts = renderPairs([
    ['store', usage.store],
    ['in all', bytesText(usage.bytes)],
    ['packs', packs.count > 0 ? `${bytesText(packs.bytes)} in ${packs.count}` : ''],
    ['loose objects', loose.count > 0 ? `${bytesText(loose.bytes)} in ${loose.count}` : ''],
    ['shared', some(usage.shared)],
    ['operation log', some(usage.operations)],
    ['trash', some(usage.trash)],
    ['unreached', some(usage.unreached)],
    ['caches', some(usage.caches)],
    ['temporary files', some(usage.temporary)],
  ]);
  if (usage.sessions.length === 0) return facts;
  const columns = [
    { heading: 'OWN', align: 'right' },
    { heading: 'FILES', align: 'right' },
    { heading: 'TRANSCRIPTS', align: 'right' },
    { heading: 'SHARED', align: 'right' },
    { heading: 'CHECKPOINTS', align: 'right' },
    { heading: 'ID' },
    { heading: 'SESSION', isFlexible: true },
  ] as const;
  return `${facts}\n\n${renderTable(columns, usage.sessions.map(rowOf), output.columns)}`;
}

function rowOf(session: SessionUsage): string[] {
  const { id, name, title, deleted, unique, parts, shared, checkpoints } = session;
  return [
    bytesText(unique),
    bytesText(parts.files),
    bytesText(parts.transcripts),
    shared === null ? '?' : bytesText(shared),
    String(checkpoints),
    shortSessionId(id),
    `${name ?? title}${deleted ? ' (deleted)' : ''}`,
  ];
}
