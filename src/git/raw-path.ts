// Paths and file names are bytes, on disk and in git. They are held as strings with one character per byte (latin1), so that a
// name that is not UTF-8 survives, and `<` on two of them is git's own order. A path is separated by '/', relative to its root,
// and '' is the root itself. The brands keep such a string from being mistaken for readable text.

import { isUtf8 as bytesAreUtf8 } from 'node:buffer';

declare const rawPathBrand: unique symbol;
declare const rawNameBrand: unique symbol;

export type RawPath = string & { readonly [rawPathBrand]: true };

/** One component of a path, and so a path itself. */
export type RawName = RawPath & { readonly [rawNameBrand]: true };

const NOT_ASCII = /[\u0080-\uffff]/;

/** Turns readable text into the path of its UTF-8 bytes. */
export function rawPath(text: string): RawPath {
  return (NOT_ASCII.test(text) ? Buffer.from(text).toString('latin1') : text) as RawPath;
}

/** Turns readable text into the name of its UTF-8 bytes. */
export function rawName(text: string): RawName {
  return rawPath(text) as RawName;
}

/** Takes a path or name as the file system or git gave it. */
export function rawFromBytes(bytes: Buffer): RawName {
  return bytes.toString('latin1') as RawName;
}

/** Gives the path in the form `node:fs` takes without altering a byte. */
export function pathBytes(raw: RawPath): string | Buffer {
  return NOT_ASCII.test(raw) ? Buffer.from(raw, 'latin1') : raw;
}

/** Tells whether every byte is a character of ASCII, so that the path is the same as text and as bytes. */
export function isAscii(raw: string): boolean {
  return !NOT_ASCII.test(raw);
}

/** Tells whether the path can be shown and written down as text. */
export function isUtf8(raw: RawPath): boolean {
  return !NOT_ASCII.test(raw) || bytesAreUtf8(Buffer.from(raw, 'latin1'));
}

/** Decodes the path for people; bytes that are not UTF-8 become U+FFFD. */
export function displayPath(raw: RawPath): string {
  return NOT_ASCII.test(raw) ? Buffer.from(raw, 'latin1').toString() : raw;
}

/** Puts a name or a relative path below a directory. */
export function joinRaw(directory: RawPath, name: RawPath): RawPath {
  return (directory === '' ? name : `${directory}/${name}`) as RawPath;
}

/** A path as JSON holds it: text, or its bytes where they are none. */
export type JsonPath = string | { readonly base64: string };

export function jsonPath(raw: RawPath): JsonPath {
  const bytes = Buffer.from(raw, 'latin1');
  return isUtf8(raw) ? bytes.toString() : { base64: bytes.toString('base64') };
}

/** The inverse of `jsonPath`. */
export function pathOfJson(value: JsonPath): RawPath {
  if (typeof value === 'string') return rawPath(value);
  return rawFromBytes(Buffer.from(value.base64, 'base64'));
}

/** Whether a path is one of these, or lies below one; '' is above everything. */
export function isBelowAny(path: RawPath, tops: readonly RawPath[]): boolean {
  return tops.some((top) => top === '' || path === top || path.startsWith(`${top}/`));
}

/** The directory that holds the path; '' for one directly in the root. */
export function directoryOf(path: RawPath): RawPath {
  return path.slice(0, Math.max(0, path.lastIndexOf('/'))) as RawPath;
}

/** From the outermost to the innermost, without the root. */
export function directoriesAbove(path: RawPath): RawPath[] {
  const directories: RawPath[] = [];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    directories.push(path.slice(0, slash) as RawPath);
  }
  return directories;
}
