// A checkpoint as an attacker would write it: trees git would not make, records and trailers that gsess would not write. It is put on
// top of a session's branch without asking anybody, so that the verbs meet it as they would meet one from elsewhere.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { gitText } from './git-oracle.ts';

export interface ForgedEntry {
  readonly mode: string;
  /** One character per byte; may be anything at all. */
  readonly name: string;
  readonly id: string;
}

export interface Forgery {
  /** The tree in place of `files`. */
  readonly files?: string;
  readonly odd?: string;
  readonly record?: (record: Record<string, unknown>) => Record<string, unknown>;
  readonly message?: (message: string) => string;
}

/** Writes a blob and returns its id. */
export function forgeBlob(store: string, content: string | Uint8Array): string {
  return forgeObject(store, 'blob', Buffer.from(content));
}

/** Files any bytes as an object of this type, without looking at them. */
function forgeObject(store: string, type: string, content: Buffer): string {
  const bytes = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
  const id = createHash('sha1').update(bytes).digest('hex');
  const path = join(store, 'objects', id.slice(0, 2), id.slice(2));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!existsSync(path)) writeFileSync(path, deflateSync(bytes), { mode: 0o600 });
  return id;
}

/** Writes a tree of exactly these entries in exactly this order, whatever git thinks of it. */
export function forgeTree(store: string, entries: readonly ForgedEntry[]): string {
  const content = Buffer.concat(
    entries.map(({ mode, name, id }) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')]),
    ),
  );
  return forgeObject(store, 'tree', content);
}

/** Writes the tree `odd` that claims these paths for entries of these modes. */
export function forgeOdd(
  store: string,
  entries: readonly { readonly path: string; readonly mode: string; readonly id: string }[],
): string {
  const named = entries.map((entry, index) => ({
    ...entry,
    entry: String(index).padStart(4, '0'),
  }));
  const listed = named.map(({ entry, path, mode }) => ({ entry, path, mode }));
  const index = forgeBlob(store, `${JSON.stringify({ entries: listed })}\n`);
  return forgeTree(store, [
    ...named.map(({ entry, mode, id }) => ({ mode, name: entry, id })),
    { mode: '100644', name: 'odd.json', id: index },
  ]);
}

/** Puts the forged checkpoint on the branch and returns its id. */
export function forgeCheckpoint(store: string, session: string, forgery: Forgery): string {
  const ref = `refs/heads/${session}`;
  const tip = gitText(store, ['rev-parse', ref]);
  const lines = gitText(store, ['ls-tree', tip]).split('\n');
  const entries = new Map(
    lines.map((line) => {
      const [, mode = '', id = '', name = ''] = /^(\d+) \w+ (\w+)\t(.*)$/.exec(line) ?? [];
      return [name, { mode: mode.replace(/^0/, ''), name, id }];
    }),
  );
  const { files, odd, record, message = (text) => text } = forgery;
  if (files !== undefined) entries.set('files', { mode: '40000', name: 'files', id: files });
  if (odd !== undefined) entries.set('odd', { mode: '40000', name: 'odd', id: odd });
  if (record !== undefined) {
    const text = gitText(store, ['cat-file', 'blob', `${tip}:session.json`]);
    const id = forgeBlob(store, `${JSON.stringify(record(JSON.parse(text)))}\n`);
    entries.set('session.json', { mode: '100644', name: 'session.json', id });
  }
  const sorted = [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const tree = forgeTree(store, sorted);
  const text = message(gitText(store, ['log', '-1', '--format=%B', tip]).trimEnd());
  const commit = forgeCommit(store, { tree, parent: tip, message: text });
  gitText(store, ['update-ref', ref, commit]);
  return commit;
}

function forgeCommit(
  store: string,
  { tree, parent, message }: { tree: string; parent: string; message: string },
): string {
  const who = 'claude <claude@gsess.invalid> 1735787045 +0000';
  const headers = `tree ${tree}\nparent ${parent}\nauthor ${who}\ncommitter ${who}`;
  return forgeObject(store, 'commit', Buffer.from(`${headers}\n\n${message}\n`));
}
