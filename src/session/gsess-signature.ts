// How gsess signs what it writes: in its own name, whoever the user is to git.

import type { Signature } from '../git/commit.ts';

/** `at` in milliseconds since 1970. */
export function gsessSignature(at: number): Signature {
  return { name: 'gsess', email: 'gsess@gsess.invalid', at, offsetMinutes: 0 };
}
