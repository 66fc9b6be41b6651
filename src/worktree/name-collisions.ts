// Names that stand side by side here and would be one name elsewhere: macOS and Windows take `A` and `a` for the same, and macOS an
// accented letter whether it is written as one character or as two. They are captured like any other; they are only told of.

import { isUtf8 } from 'node:buffer';
import type { RawName } from '../git/raw-path.ts';

/** Only such a name can have a twin: the other one may be plain. */
const MAY_COLLIDE = /[A-Z\x80-\xff]/;

/** Those of the names that collide with another of them. */
export function collidingNames(names: readonly RawName[]): ReadonlySet<RawName> {
  const colliding = new Set<RawName>();
  if (!names.some((name) => MAY_COLLIDE.test(name))) return colliding;
  const first = new Map<string, RawName>();
  for (const name of names) {
    const folded = fold(name);
    const twin = first.get(folded);
    if (twin === undefined) {
      first.set(folded, name);
    } else {
      colliding.add(twin).add(name);
    }
  }
  return colliding;
}

const BEYOND_ASCII = /[\x80-\xff]/;

/** The same for names that some file system cannot tell apart. Of bytes that are no text only the letters of ASCII are folded. */
function fold(name: RawName): string {
  if (!BEYOND_ASCII.test(name)) return name.toLowerCase();
  const bytes = Buffer.from(name, 'latin1');
  if (!isUtf8(bytes)) return `\0${name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())}`;
  return bytes.toString('utf8').normalize('NFD').toUpperCase().toLowerCase().normalize('NFC');
}
