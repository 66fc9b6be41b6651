// Names that a file may bear on this disk but that `git fsck --strict` refuses in a tree, because on another file system they would
// become `.git` or `.gitmodules`: HFS+ drops some code points, NTFS drops trailing dots and spaces and knows short names. A
// snapshot keeps such entries apart (see odd-tree.ts). The rules are those of git's fsck.c, path.c and utf8.c; where versions of
// git differ, the strictest holds.

import type { RawName } from '../git/raw-path.ts';
import { isPlainGitmodules } from './gitmodules.ts';

/** What an entry is to be stored as. */
export type EntryKind = 'file' | 'link' | 'directory';

/** Yes, no, or: it depends on the content of the file. */
export type NameVerdict = 'plain' | 'odd' | 'ask-content';

/** Git stops reading a line of `.gitattributes` here, and calls a longer one an error. */
const ATTRIBUTE_LINE_BYTES_MAX = 2047;
const ATTRIBUTE_FILE_BYTES_MAX = 100 * 1024 * 1024;

/** U+200C–F, U+202A–E, U+206A–F and U+FEFF as UTF-8 bytes: HFS+ treats names as if these were not there. */
const HFS_IGNORED = /\xe2\x80[\x8c-\x8f\xaa-\xae]|\xe2\x81[\xaa-\xaf]|\xef\xbb\xbf/g;

/** A well-formed character beyond ASCII; git takes anything else for the end of the name. */
const WELL_FORMED = new RegExp(
  [
    '[\\xc2-\\xdf][\\x80-\\xbf]',
    '\\xe0[\\xa0-\\xbf][\\x80-\\xbf]',
    '[\\xe1-\\xec\\xee][\\x80-\\xbf]{2}',
    '\\xed[\\x80-\\x9f][\\x80-\\xbf]',
    '\\xef(?!\\xbf[\\xbe\\xbf])[\\x80-\\xbf]{2}',
    '\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}',
    '[\\xf1-\\xf3][\\x80-\\xbf]{3}',
    '\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}',
  ]
    .map((form) => `^${form}`)
    .join('|'),
);

const NTFS_DOT_GIT = /^(?:\.git|git~1)[. ]*(?:$|[\\:])/i;

/** Every look-alike holds one of these, and nearly every name holds none. Without `i`, which makes it slow to be made in every hook. */
const WORTH_A_LOOK = /[Gg][Ii][Tt]|[Mm][Aa][Ii][Ll][Mm][Aa][Pp]|~|\xe2|\xef\xbb/;

interface SpecialFile {
  readonly name: string;
  /** How NTFS begins the short name when the regular ones are taken. */
  readonly shortName: string;
}

const GITMODULES: SpecialFile = { name: 'gitmodules', shortName: 'gi7eba' };
const GITATTRIBUTES: SpecialFile = { name: 'gitattributes', shortName: 'gi7d29' };
const NOT_AS_LINK: readonly SpecialFile[] = [
  { name: 'gitignore', shortName: 'gi250a' },
  { name: 'mailmap', shortName: 'maba30' },
];

/** Tells whether an entry of this name and kind may stand in a tree. */
export function judgeName(name: RawName, kind: EntryKind): NameVerdict {
  if (!WORTH_A_LOOK.test(name)) return 'plain';
  if (meansDotGit(name)) return 'odd';
  if (afterEachBackslash(name).some((part) => resembles(part, GITMODULES))) {
    return kind === 'file' ? 'ask-content' : 'odd';
  }
  if (resembles(name, GITATTRIBUTES)) return kind === 'file' ? 'ask-content' : 'odd';
  return kind === 'link' && NOT_AS_LINK.some((file) => resembles(name, file)) ? 'odd' : 'plain';
}

/** Answers 'ask-content': whether git would accept a file of this name with this content. */
export function isContentPlain(name: RawName, content: Buffer): boolean {
  if (afterEachBackslash(name).some((part) => resembles(part, GITMODULES))) {
    return isPlainGitmodules(content);
  }
  return areAttributeLinesShort(content);
}

/** Tells whether some file system would take this name for `.git`. */
export function meansDotGit(name: RawName): boolean {
  if (afterEachBackslash(name).some((part) => NTFS_DOT_GIT.test(part))) return true;
  return isHfsName(name, 'git');
}

function areAttributeLinesShort(content: Buffer): boolean {
  if (content.length > ATTRIBUTE_FILE_BYTES_MAX) return false;
  let start = 0;
  while (content.length - start > ATTRIBUTE_LINE_BYTES_MAX) {
    const end = content.indexOf(0x0a, start);
    if (end < 0 || end - start > ATTRIBUTE_LINE_BYTES_MAX) return false;
    start = end + 1;
  }
  return true;
}

function afterEachBackslash(name: string): string[] {
  if (!name.includes('\\')) return [name];
  const parts = [name];
  for (let at = name.indexOf('\\'); at >= 0; at = name.indexOf('\\', at + 1)) {
    parts.push(name.slice(at + 1));
  }
  return parts;
}

function resembles(name: string, file: SpecialFile): boolean {
  return isHfsName(name, file.name) || isNtfsName(name, file);
}

function isHfsName(name: string, afterDot: string): boolean {
  const seen = name.replace(HFS_IGNORED, '');
  if (seen.slice(0, afterDot.length + 1).toLowerCase() !== `.${afterDot}`) return false;
  const rest = seen.slice(afterDot.length + 1);
  return rest === '' || (rest > '\x7f' && !WELL_FORMED.test(rest));
}

function isNtfsName(name: string, { name: afterDot, shortName }: SpecialFile): boolean {
  const end = /^[. ]*(?:$|:)/;
  const lower = name.toLowerCase();
  if (lower.startsWith(`.${afterDot}`)) return end.test(lower.slice(afterDot.length + 1));
  if (lower.startsWith(`${afterDot.slice(0, 6)}~`)) {
    return /^[1-4]$/.test(lower.charAt(7)) && end.test(lower.slice(8));
  }
  const tilde = lower.indexOf('~');
  if (tilde < 0 || tilde > 6 || lower.slice(0, tilde) !== shortName.slice(0, tilde)) return false;
  return (
    /^[1-9][0-9]*$/.test(lower.slice(tilde + 1, 8)) && lower.length >= 8 && end.test(lower.slice(8))
  );
}
