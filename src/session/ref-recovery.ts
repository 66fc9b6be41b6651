// Decides what a damaged ref should hold again; touches nothing. The newest whole object that names the ref wins: of those that no
// other one has behind it, the one that counts most. What nothing names any more is put aside if gsess can do without it (the journal of an
// interrupted operation, the first snapshot), and left as it is if not.

import type { ObjectId } from '../git/object-id.ts';
import type { RefDamage } from './ref-damage.ts';
import type { Candidate, RefEvidence } from './ref-evidence.ts';

/** `set`: to `value`. `remove`: gsess makes it anew or does without. `rewrite`: of `packed-refs`. `none`: nothing is known that fits. */
export interface RefRecovery extends RefDamage {
  readonly action: 'set' | 'remove' | 'rewrite' | 'none';
  readonly value: ObjectId | undefined;
  /** What the ref must still be for it to be moved. */
  readonly expect: ObjectId | 'absent' | 'damaged';
  readonly because: string;
}

export interface Known {
  readonly evidence: RefEvidence;
  readonly isWhole: (id: ObjectId) => boolean;
  /** Refs that are there, sound or not. */
  readonly present: ReadonlySet<string>;
}

const NEWEST = 'the newest whole one that names itself so';
const CAN_BE_MISSED = ['refs/gsess/base/', 'refs/gsess/journal/'];
/** Objects that all have the same hole are not looked at one by one for ever. */
const TRIES_MAX = 100;

/** One recovery for each damage, and one for each ref that a damaged `packed-refs` lost. */
export function planRecovery(damage: readonly RefDamage[], known: Known): RefRecovery[] {
  const planned = damage.map((one) => recoveryOf(one, known));
  const isPackedDamaged = damage.some(({ ref }) => ref === 'packed-refs');
  return isPackedDamaged ? [...planned, ...lostRefs(known)] : planned;
}

function recoveryOf(damage: RefDamage, known: Known): RefRecovery {
  const { ref } = damage;
  const as = (action: RefRecovery['action'], because: string, value?: ObjectId): RefRecovery => ({
    ...damage,
    action,
    value,
    expect: damage.holds ?? 'damaged',
    because,
  });
  if (ref === 'packed-refs') return as('rewrite', 'with the lines that can be read');
  if (ref === 'HEAD') return as('rewrite', 'HEAD names the newest session, for people');
  const value = newestOf(known.evidence.candidates.get(ref) ?? [], known.isWhole);
  if (value !== undefined) return as('set', NEWEST, value);
  if (CAN_BE_MISSED.some((prefix) => ref.startsWith(prefix))) {
    return as('remove', 'gsess can do without it');
  }
  return as('none', 'nothing whole in the store says what it held');
}

function lostRefs({ evidence, isWhole, present }: Known): RefRecovery[] {
  const { candidates, removed } = evidence;
  return [...candidates].flatMap(([ref, known]) => {
    if (present.has(ref) || removed.has(ref)) return [];
    const value = newestOf(known, isWhole);
    if (value === undefined) return [];
    const reason = 'nothing but packed-refs can have held it';
    const lost = { ref, reason, holds: undefined, expect: 'absent' } as const;
    return [{ ...lost, action: 'set' as const, value, because: NEWEST }];
  });
}

/** The newest whole candidate: whoever is behind another is older. */
export function newestOf(
  candidates: readonly Candidate[],
  isWhole: (id: ObjectId) => boolean,
): ObjectId | undefined {
  let left = candidates;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const behind = new Set(left.flatMap(({ parents }) => parents));
    const [newest] = left.filter(({ id }) => !behind.has(id)).sort(newestFirst);
    if (newest === undefined) return undefined;
    if (isWhole(newest.id)) return newest.id;
    left = left.filter(({ id }) => id !== newest.id);
  }
  return undefined;
}

function newestFirst(a: Candidate, b: Candidate): number {
  return b.rank - a.rank || b.at - a.at || (a.id < b.id ? -1 : 1);
}
