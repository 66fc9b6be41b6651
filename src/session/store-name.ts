// The names that stores have below `projects`, as the indexes beside them repeat. A name that is read back becomes part of a path.

/** Tells whether this can be the name of a store's directory. */
export function isStoreName(name: string): boolean {
  return /^[a-z0-9-]+\.git$/.test(name);
}
