// The flags that settle what a word of the user's names where it could name several things: they are declared by every command that
// takes a reference, and read in one place.

import { GsessError } from '../errors.ts';
import type { Reading } from '../session/reference.ts';
import type { Options } from './command.ts';

const ID = { type: 'boolean', description: 'the reference is an id, or begins one' } as const;
const NAME = { type: 'boolean', description: 'the reference is the name of a session' } as const;
const TAG = { type: 'boolean', description: 'the reference is a tag' } as const;
const INDEX = {
  type: 'boolean',
  description: "the reference is a number of 'gsess list'",
} as const;

/** For a session or one of its checkpoints. */
export const READING_OPTIONS = {
  id: ID,
  name: NAME,
  tag: TAG,
  index: INDEX,
} as const satisfies Options;

/** The same beside an argument or a flag that is called `name` itself. */
export const READING_OPTIONS_BESIDE_NAME = {
  id: ID,
  tag: TAG,
  index: INDEX,
} as const satisfies Options;

/** For a session. */
export const SESSION_READING_OPTIONS = {
  id: ID,
  name: NAME,
  index: INDEX,
} as const satisfies Options;

/** The reading that was asked for; throws `usage` for more than one. */
export function readingOf(flags: Readonly<Partial<Record<Reading, unknown>>>): Reading | undefined {
  const asked = (['id', 'name', 'tag', 'index'] as const).filter((flag) => flags[flag] === true);
  if (asked.length > 1) {
    throw new GsessError('usage', `--${asked.join(' and --')} exclude each other`);
  }
  return asked[0];
}
