// Decides which packs are written anew. A pack is worth it if it is small beside what else would be written, so that a large one is
// written again only after the store has grown by half, or if it holds much that is to go. One that holds nothing but what is to go
// one day, and not yet, waits for that day.

export interface PackFacts {
  readonly name: string;
  readonly bytes: number;
  readonly objects: number;
  /** Not reached, and old enough to go. */
  readonly doomed: number;
  /** Not reached, but too young to go. */
  readonly young: number;
  readonly isKept: boolean;
  /** Nothing would be won by packing its objects again. */
  readonly isSettled: boolean;
}

export interface Choice {
  /** `sparing` writes only what has to go out of a pack. */
  readonly mode: 'whole' | 'sparing';
  /** Everything that is to go must be gone at once. */
  readonly isStrict: boolean;
  readonly looseBytes: number;
}

/** The share of a pack that may be waste. */
const WASTE_MAX = 0.1;

/** The names of the packs to be written anew. */
export function choosePacks(packs: readonly PackFacts[], choice: Choice): ReadonlySet<string> {
  const { mode, isStrict, looseBytes } = choice;
  const free = packs.filter(({ isKept, young, objects }) => !isKept && young < objects);
  const mustGo = (pack: PackFacts) =>
    pack.doomed > 0 && (isStrict || pack.doomed > pack.objects * WASTE_MAX);
  const chosen = new Set(free.filter(mustGo).map(({ name }) => name));
  if (mode === 'sparing') return chosen;
  let smallerBytes = looseBytes;
  for (const pack of free.toSorted((a, b) => a.bytes - b.bytes)) {
    if (!pack.isSettled || pack.bytes < smallerBytes * 2) chosen.add(pack.name);
    if (chosen.has(pack.name)) smallerBytes += pack.bytes;
  }
  // One pack alone, with nothing to add to it, would become the same again.
  const [only, ...others] = packs.filter(({ name }) => chosen.has(name));
  const isIdle = only?.isSettled && !mustGo(only) && others.length === 0 && looseBytes === 0;
  return isIdle ? new Set() : chosen;
}
