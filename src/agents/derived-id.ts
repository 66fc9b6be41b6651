// Ids that are made of what they stand for, so that writing a transcript again gives the same file.

import { createHash } from 'node:crypto';

export function derivedHex(seed: string): string {
  return createHash('sha256').update(seed).digest('hex');
}

/** A UUID of version 8, whose bits are its maker's to choose. */
export function derivedUuid(seed: string): string {
  const hex = derivedHex(seed);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join('-');
}
