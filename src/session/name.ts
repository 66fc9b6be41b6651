// What people may call a session or a tag: 1 to 100 code points after trimming, no control characters, and nothing that a reference
// or a shell would read as something else (a list number, `latest`, a whole id, a path that leads up or begins at the top).

import { createHash } from 'node:crypto';
import { GsessError } from '../errors.ts';
import { isSessionId } from './session-id.ts';

const NAME_LENGTH_MAX = 100;
/** `a/b` is a name like any other; what leads up or begins at the top is none. */
const PATH_PARTS = ['', '.', '..'];
const SLUG_LENGTH_MAX = 60;
const HASH_LENGTH = 8;

/** Returns the trimmed name; throws `name-invalid` saying what is wrong with it. */
export function parseName(text: string, what: 'session' | 'tag'): string {
  const name = text.trim().normalize('NFC');
  const fault = faultOf(name);
  if (fault === undefined) return name;
  throw new GsessError('name-invalid', `Not a name for a ${what}: '${oneLineOf(name)}' ${fault}`, {
    hint: `A name has 1 to ${NAME_LENGTH_MAX} characters, is not a number, 'latest', 'last', an id or a path.`,
  });
}

/** Whether it is a name as it stands. */
export function isName(text: string): boolean {
  return faultOf(text) === undefined;
}

function faultOf(name: string): string | undefined {
  if (name === '') return 'is empty';
  if ([...name].length > NAME_LENGTH_MAX) return `is longer than ${NAME_LENGTH_MAX} characters`;
  if (/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(name)) return 'holds a control character';
  if (/^\d+$/.test(name)) return 'reads as a list number';
  if (/^(latest|last)$/i.test(name)) return 'is a word with a meaning of its own';
  if (isSessionId(name.toLowerCase())) return 'reads as an id';
  if (name.split('/').some((part) => PATH_PARTS.includes(part))) return 'reads as a path';
  if (/[@~]\d*$/.test(name)) return 'reads as a turn or an ancestor';
  return undefined;
}

/**
 * The ref-safe form of a tag's name: lower-case letters, digits and '-', with 8 digits of the name's hash where that loses
 * something, so that different names never meet on any file system.
 */
export function tagSlug(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (plain === name && plain.length <= SLUG_LENGTH_MAX) return plain;
  const hash = createHash('sha256').update(name, 'utf8').digest('hex').slice(0, HASH_LENGTH);
  const kept = plain.slice(0, SLUG_LENGTH_MAX - HASH_LENGTH - 1).replace(/-+$/, '');
  return kept === '' ? hash : `${kept}-${hash}`;
}

function oneLineOf(name: string): string {
  return [...name.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu, '?')].slice(0, NAME_LENGTH_MAX).join('');
}
