// Where the figures keep their trees and stores between runs: on a real disk, not in memory, since syncing is part of what is timed.
// GSESS_BENCH_DIR names another place.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TMPFS = 0x01021994;

export const WORKPLACE = process.env['GSESS_BENCH_DIR'] ?? join(tmpdir(), 'gsess-bench');

/** A new empty directory of this figure's own; it stays until `clean`. */
export function newDirectory(name: string): string {
  return mkdtempSync(join(madeWorkplace(), `${name}-`));
}

/** The directory of something kept from run to run, made if it is not there. */
export function keptDirectory(name: string): string {
  const path = join(madeWorkplace(), 'kept', name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Git leaves ten thousands of files to be written some time later, which whoever syncs next would wait for. */
export function settleDisk(): void {
  const { status, error } = spawnSync('sync');
  if (status !== 0) throw error ?? new Error('sync failed');
}

export function removeWorkplace(): void {
  rmSync(WORKPLACE, { recursive: true, force: true });
}

export function workplaceText(): string {
  return `${(bytesOnDisk(WORKPLACE) / 1e9).toFixed(1)} GB are in ${WORKPLACE}`;
}

/** Blocks on disk of everything below, hard links counted once. */
export function bytesOnDisk(directory: string): number {
  const seen = new Set<number>();
  let bytes = 0;
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const { ino, blocks } = statSync(join(directory, entry), { throwIfNoEntry: false }) ?? {};
    if (ino === undefined || blocks === undefined || seen.has(ino)) continue;
    seen.add(ino);
    bytes += blocks * 512;
  }
  return bytes;
}

function madeWorkplace(): string {
  mkdirSync(WORKPLACE, { recursive: true, mode: 0o700 });
  if (statfsSync(WORKPLACE).type === TMPFS) {
    throw new Error(`${WORKPLACE} is in memory; name a place on a disk with GSESS_BENCH_DIR`);
  }
  return WORKPLACE;
}
