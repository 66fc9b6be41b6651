// Names of refs: git's own rules, and the narrower set that gsess itself writes.

import { GsessError } from '../errors.ts';

/** A lock, or the file it is prepared in, adds to the name, and a file name may have 255 bytes. */
const REF_NAME_BYTES_MAX = 200;

/** What no component may be or hold: control characters, space, `~^:?*[\`, `..`, `@{`, a leading dot, a trailing dot or `.lock`. */
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git forbids them in the names of refs.
  /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|^\.|\/\.|\.lock(\/|$)|\/\/|[./]$/;
const ASCII_ONLY = /^[\x21-\x7e]+$/;

/** True for a name below `refs/` that git accepts, one character per byte. */
export function isGitRefName(name: string): boolean {
  return name.startsWith('refs/') && !FORBIDDEN.test(name);
}

/** True for a name that gsess may write: one that git accepts, in ASCII, and not too long. */
export function isRefName(name: string): boolean {
  return isGitRefName(name) && ASCII_ONLY.test(name) && name.length <= REF_NAME_BYTES_MAX;
}

/** Throws `name-invalid` unless gsess may write a ref of this name. */
export function checkRefName(name: string): void {
  if (isRefName(name)) return;
  throw new GsessError('name-invalid', `cannot use "${name}" as the name of a ref`, {
    hint: `Give a name below refs/ that "git check-ref-format" accepts, in ASCII, of at most ${REF_NAME_BYTES_MAX} characters.`,
    data: { name },
  });
}
