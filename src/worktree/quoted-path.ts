// Writes a path down as git does in a diff: as it is if it is plain, else in double quotes with C escapes, bytes beyond ASCII in
// octal. So a name with a line end or an escape sequence in it can neither break a diff nor reach the terminal.

import type { RawPath } from '../git/raw-path.ts';

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be escaped
const UNUSUAL = /[\u0000-\u001f"\\\u007f-\u00ff]/g;

/** Quotes the path, with what stands before it (`a/`) inside the quotes. */
export function quotedPath(path: RawPath, prefix = ''): string {
  const escaped = path.replace(
    UNUSUAL,
    (byte) => NAMED_ESCAPES[byte] ?? `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return escaped === path ? prefix + path : `"${prefix}${escaped}"`;
}
