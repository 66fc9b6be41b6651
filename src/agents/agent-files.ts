// Looks at what an agent keeps on disk: the entries of a directory, the files below one, the beginning of a file. Only reads and follows
// no link; what is not there or may not be read is empty. A hook needs this, so it loads nothing else.

import { closeSync, constants, type Dirent, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../errors.ts';
import type { SideFile } from './agent.ts';

const FILES_MAX = 10_000;
const DEPTH_MAX = 8;
/** A pipe is not waited for. */
const READ_ONLY = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const UNREADABLE = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'EISDIR', 'EAGAIN'];

/** The entries of a directory, by name. */
export function directoryEntries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  } catch (error) {
    if (isSystemError(error, ...UNREADABLE)) return [];
    throw error;
  }
}

/** The files below a directory, named by their way there; `prefix` goes before each name. */
export function filesBelow(directory: string, prefix = ''): SideFile[] {
  const files: SideFile[] = [];
  const pending: string[] = [''];
  for (let within = pending.pop(); within !== undefined; within = pending.pop()) {
    const depth = within === '' ? 0 : within.split('/').length;
    for (const entry of directoryEntries(join(directory, within))) {
      const name = within === '' ? entry.name : `${within}/${entry.name}`;
      if (entry.isDirectory() && depth < DEPTH_MAX) pending.push(name);
      if (entry.isFile() && files.length < FILES_MAX) {
        files.push({ name: prefix + name, path: join(directory, name) });
      }
    }
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The first bytes of a file as text; empty where it cannot be read. */
export function fileHead(path: string, bytes: number): string {
  let descriptor: number;
  try {
    descriptor = openSync(path, READ_ONLY);
  } catch (error) {
    if (isSystemError(error, ...UNREADABLE)) return '';
    throw error;
  }
  try {
    const buffer = Buffer.alloc(bytes);
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, bytes, 0));
  } catch (error) {
    if (isSystemError(error, ...UNREADABLE)) return '';
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
