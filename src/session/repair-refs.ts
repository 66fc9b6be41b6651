// Puts damaged refs right again as `ref-recovery.ts` decided. Of each the file as it was is kept first, in `gsess/damaged/` of the store;
// then the ref is moved by compare-and-swap, so that one which somebody else mended meanwhile stays as it is.

import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GsessError } from '../errors.ts';
import { makeStoreDirectory, writeDurably } from '../git/durable-file.ts';
import { newestBranch } from './head.ts';
import { findRefDamage } from './ref-damage.ts';
import { gatherEvidence, wholeness } from './ref-evidence.ts';
import { planRecovery, type RefRecovery } from './ref-recovery.ts';
import type { Store } from './store.ts';

/** What could be done about the damaged refs of a store, if there are any, in the order to do it in. Changes nothing. */
export function planRepair(store: Store): RefRecovery[] {
  const damage = findRefDamage(store);
  if (damage.length === 0) return [];
  const present = new Set(store.refs.scan('').refs.map(({ name }) => name));
  for (const { ref } of damage) present.add(ref);
  const evidence = gatherEvidence(store);
  const planned = planRecovery(damage, { evidence, present, isWhole: wholeness(store) });
  return planned.sort((a, b) => orderOf(a) - orderOf(b));
}

/** Nothing can be moved while it is not known what packed-refs holds; HEAD comes last, for it names what was found again. */
function orderOf({ ref }: RefRecovery): number {
  return ref === 'packed-refs' ? 0 : ref === 'HEAD' ? 2 : 1;
}

/** Carries it out; returns why some of it could not be done. */
export async function repairRefs(
  store: Store,
  recoveries: readonly RefRecovery[],
): Promise<readonly string[]> {
  return store.withWriting('doctor', async () => {
    const faults: string[] = [];
    for (const recovery of recoveries) {
      try {
        await repair(store, recovery);
      } catch (error) {
        if (!(error instanceof GsessError)) throw error;
        faults.push(`${recovery.ref}: ${error.message}`);
      }
    }
    return faults;
  });
}

async function repair(
  store: Store,
  { ref, action, value, expect, reason }: RefRecovery,
): Promise<void> {
  if (action === 'none') throw new GsessError('ref-damaged', `it cannot be recovered: ${reason}`);
  keepDamaged(store, ref);
  if (ref === 'packed-refs') return store.refs.dropDamagedLines();
  if (ref === 'HEAD') return store.refs.setHead(newestBranch(store));
  return store.refs.update([{ name: ref, value: value ?? null, expect }], 'doctor');
}

/** A copy of the file, as it is; never in place of an earlier one. What is no plain file has nothing to keep. */
function keepDamaged({ repository, surroundings }: Store, ref: string): void {
  const path = join(repository.directory, ref);
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return;
  const directory = join(repository.directory, 'gsess', 'damaged');
  makeStoreDirectory(directory);
  const name = ref.replaceAll('%', '%25').replaceAll('/', '%2F');
  writeDurably(join(directory, `${name}.${surroundings.now()}`), readFileSync(path));
}
