// Everything on a piece of disk as text, to compare before with after: kinds, permissions, bytes, link targets, and, where asked
// for, times.
// Paths are bytes, held as latin1 strings.

import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';

export type Manifest = Record<string, string>;

export interface ManifestOptions {
  /** Leaves out these paths and all below them. */
  readonly without?: (path: string) => boolean;
  /** Modification and change times too, so that even writing the same bytes again shows. */
  readonly times?: boolean;
}

/** The path for `node:fs`, whatever its bytes. */
export function bytesPath(directory: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(path, 'latin1')]);
}

export function manifestOf(directory: string, options: ManifestOptions = {}): Manifest {
  const { without = () => false, times = false } = options;
  const found: Manifest = {};
  const visit = (above: string): void => {
    for (const name of readdirSync(bytesPath(directory, above), 'latin1').sort()) {
      const path = above === '' ? name : `${above}/${name}`;
      if (without(path)) continue;
      const place = bytesPath(directory, path);
      const stat = lstatSync(place);
      const when = times ? ` at ${stat.mtimeMs} ${stat.ctimeMs}` : '';
      found[path] = describe(place, stat) + when;
      if (stat.isDirectory()) visit(path);
    }
  };
  visit('');
  return found;
}

function describe(place: Buffer, stat: Stats): string {
  const mode = (stat.mode & 0o7777).toString(8);
  if (stat.isSymbolicLink()) return `link to ${readlinkSync(place, 'latin1')}`;
  if (stat.isDirectory()) return `directory ${mode}`;
  if (!stat.isFile()) return `special ${mode}`;
  const content = readFileSync(place);
  const shown =
    content.length <= 80
      ? JSON.stringify(content.toString('latin1'))
      : `${content.length} bytes, sha1 ${createHash('sha1').update(content).digest('hex')}`;
  return `file ${mode} ${shown}`;
}

/** The paths that differ, with what they were and are; empty for equal manifests. */
export function differences(before: Manifest, after: Manifest): string[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths
    .filter((path) => before[path] !== after[path])
    .map((path) => `${path}: ${before[path] ?? 'absent'} -> ${after[path] ?? 'absent'}`);
}
