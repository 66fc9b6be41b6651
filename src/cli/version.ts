// The version of this gsess, from the package it is part of.

import { readFileSync } from 'node:fs';

/** Reads it from `package.json`, three directories above the compiled file. */
export function packageVersion(): string {
  const path = new URL('../../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string };
  return version;
}
