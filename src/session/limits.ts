// What gsess allows itself: how much of a machine's time and space one snapshot may take. A big monorepo is meant to stay below all
// of it, a directory full of data is not. Whoever goes over one keeps the conversation and leaves the files out, as a whole.

export interface Limits {
  /** Larger files are left out of snapshots, one by one, and listed. */
  readonly fileBytes: number;
  /** Of all files and links of one snapshot, together. */
  readonly treeBytes: number;
  /** How many files and links one snapshot may hold. */
  readonly treeFiles: number;
  /** What one event may add to the store, before compression. */
  readonly growthBytes: number;
  /** How long a hook may take until it gives up the files. */
  readonly hookMs: number;
  /** Disk space that stays free for others. */
  readonly freeBytes: number;
}

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

export const DEFAULT_LIMITS: Limits = {
  fileBytes: 32 * MIB,
  treeBytes: 8 * GIB,
  treeFiles: 500_000,
  growthBytes: 2 * GIB,
  hookMs: 20_000,
  freeBytes: 256 * MIB,
};
