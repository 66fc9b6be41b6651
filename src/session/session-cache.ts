// What is remembered of the tip of every session, newest first, so that a list of many sessions reads no commits. Purely an aid: any
// doubt about the file, and there is none. An entry tells of one commit, which never changes, and is used only for a ref that
// holds this commit; so it is never stale, and it need not be told when a session moves. The newest entries stand first, under a
// checksum of their own, for a reader who wants no others.
//
// The file is a line of JSON about it, after that line's checksum, and then a line for each session: its id, its tip, the
// mark of its ref (file-mark.ts), and what is told of it as JSON.

import {
  closeSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeStoreDirectory, temporaryPath } from '../git/durable-file.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { MarkedRef } from '../git/ref-reader.ts';
import type { SessionId } from './session-id.ts';
import type { SessionSummary } from './session-summary.ts';

/** What is remembered of a session; its text is made sense of only where it is asked for. */
export class CachedSession {
  /** The ref of the session, as it was found. */
  readonly ref: MarkedRef;
  #text: string | undefined;
  #summary: SessionSummary | undefined;

  constructor(ref: MarkedRef, told: string | SessionSummary) {
    this.ref = ref;
    if (typeof told === 'string') this.#text = told;
    else this.#summary = told;
  }

  get summary(): SessionSummary {
    this.#summary ??= summaryFrom(this.ref, this.#text ?? '');
    return this.#summary;
  }

  get text(): string {
    this.#text ??= textOf(this.summary);
    return this.#text;
  }

  /** The same under another mark. */
  as(ref: MarkedRef): CachedSession {
    return new CachedSession(ref, this.#summary ?? this.text);
  }
}

/** What is remembered besides id and tip; a list without names is read faster. */
type Told = [
  name: string | null,
  title: string,
  agent: string,
  branch: string | null,
  updatedAt: string,
  turns: number,
  checkpoints: number,
  root: string,
  nativeIds: readonly string[],
  bytes: number,
  forkedFrom: SessionId | null,
  isInTurn: boolean,
];

function textOf(summary: SessionSummary): string {
  const { name, title, agent, branch, updatedAt, turns, checkpoints, root, nativeIds } = summary;
  const { bytes, forkedFrom, isInTurn } = summary;
  const said: readonly unknown[] = [name, title, agent, branch, updatedAt, turns, checkpoints];
  return JSON.stringify([...said, root, nativeIds, bytes, forkedFrom, isInTurn]);
}

function summaryFrom(ref: MarkedRef, text: string): SessionSummary {
  const told = JSON.parse(text) as Told;
  const [name, title, agent, branch, updatedAt, turns, checkpoints, root, nativeIds] = told;
  const [bytes, forkedFrom, isInTurn] = [told[9], told[10], told[11]];
  const id = ref.name.slice(REFS.length) as SessionId;
  return {
    id,
    name,
    title,
    agent,
    branch,
    updatedAt,
    turns,
    checkpoints,
    bytes,
    forkedFrom,
    isInTurn,
    root,
    live: false,
    nativeIds,
    tip: ref.id,
  };
}

interface Facts {
  readonly version: number;
  /** See `RefReader.directoryMark`; null where the sessions here were not all there was. */
  readonly mark: string | null;
  readonly count: number;
  readonly first: Part;
  readonly rest: Part;
}

interface Part {
  readonly bytes: number;
  readonly crc: number;
}

/** The sessions that stand first. */
export const FIRST_COUNT = 100;

const VERSION = 2;
const CRC_LENGTH = 8;
/** Enough for the first ones, unless they have very long titles; then they are read with the rest. */
const HEAD_BYTES = 128 * 1024;
const CACHE_BYTES_MAX = 256 * 1024 * 1024;
const REFS = 'refs/heads/';
const ID_LENGTH = 36;
const AFTER_TIP = ID_LENGTH + 42;

/** The sessions by the names of their refs, newest first; none if the file is absent, damaged or of another version. */
export function loadSessionCache(storeDirectory: string): {
  readonly mark: string | null;
  readonly sessions: ReadonlyMap<string, CachedSession>;
} {
  const bytes = unlessUnreadable(() => readFileSync(cachePath(storeDirectory)));
  const opened = bytes === undefined ? undefined : open(bytes);
  if (bytes === undefined || opened === undefined) return { mark: null, sessions: new Map() };
  const { facts, start } = opened;
  const middle = start + facts.first.bytes;
  const parts = [part(bytes, start, facts.first), part(bytes, middle, facts.rest)];
  const lines = parts.flatMap((text) => (text === undefined ? [] : linesOf(text)));
  if (lines.length !== facts.count) return { mark: null, sessions: new Map() };
  const sessions = new Map<string, CachedSession>();
  for (const entry of lines.map(parseLine)) sessions.set(entry.ref.name, entry);
  return { mark: facts.mark, sessions };
}

/** The newest sessions where the refs are marked so; undefined where the file does not tell. At most `FIRST_COUNT`. */
export function newestCached(
  storeDirectory: string,
  { mark, limit }: { readonly mark: string; readonly limit: number },
): CachedSession[] | undefined {
  const bytes = unlessUnreadable(() => readHead(cachePath(storeDirectory)));
  const opened = bytes === undefined ? undefined : open(bytes);
  if (bytes === undefined || opened?.facts.mark !== mark) return undefined;
  const { facts, start } = opened;
  if (limit > FIRST_COUNT && facts.count > FIRST_COUNT) return undefined;
  const text = part(bytes, start, facts.first);
  return text === undefined ? undefined : linesOf(text).slice(0, limit).map(parseLine);
}

/** Replaces the file in one step. It is not synced: after a power cut the checksums decide. */
export function saveSessionCache(
  storeDirectory: string,
  sessions: readonly CachedSession[],
  mark: string | null,
): void {
  const first = Buffer.from(sessions.slice(0, FIRST_COUNT).map(formatLine).join(''));
  const rest = Buffer.from(sessions.slice(FIRST_COUNT).map(formatLine).join(''));
  const facts: Facts = {
    version: VERSION,
    mark,
    count: sessions.length,
    first: { bytes: first.length, crc: crc32(first) },
    rest: { bytes: rest.length, crc: crc32(rest) },
  };
  const line = JSON.stringify(facts);
  const path = cachePath(storeDirectory);
  makeStoreDirectory(dirname(path));
  const temporary = temporaryPath(dirname(path));
  try {
    const bytes = Buffer.concat([Buffer.from(`${hexOf(crc32(line))}${line}\n`), first, rest]);
    writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function cachePath(storeDirectory: string): string {
  return join(storeDirectory, 'gsess', 'cache', 'sessions');
}

function open(bytes: Buffer): { readonly facts: Facts; readonly start: number } | undefined {
  const end = bytes.indexOf('\n');
  if (end < CRC_LENGTH || bytes.length > CACHE_BYTES_MAX) return undefined;
  const line = bytes.toString('utf8', CRC_LENGTH, end);
  if (bytes.toString('latin1', 0, CRC_LENGTH) !== hexOf(crc32(line))) return undefined;
  const facts = JSON.parse(line) as Facts;
  return facts.version === VERSION ? { facts, start: end + 1 } : undefined;
}

function part(bytes: Buffer, start: number, { bytes: length, crc }: Part): string | undefined {
  const found = bytes.subarray(start, start + length);
  return found.length === length && crc32(found) === crc ? found.toString('utf8') : undefined;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  lines.pop();
  return lines;
}

function formatLine({ ref, text }: CachedSession): string {
  return `${ref.name.slice(REFS.length)} ${ref.id} ${ref.mark ?? '-'} ${text}\n`;
}

function parseLine(line: string): CachedSession {
  const end = line.indexOf(' ', AFTER_TIP);
  const mark = line.slice(AFTER_TIP, end);
  const ref = {
    name: `${REFS}${line.slice(0, ID_LENGTH)}`,
    id: line.slice(ID_LENGTH + 1, AFTER_TIP - 1) as ObjectId,
    mark: mark === '-' ? undefined : mark,
  };
  return new CachedSession(ref, line.slice(end + 1));
}

function hexOf(crc: number): string {
  return crc.toString(16).padStart(CRC_LENGTH, '0');
}

function readHead(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(HEAD_BYTES);
    return buffer.subarray(0, readSync(descriptor, buffer));
  } finally {
    closeSync(descriptor);
  }
}

/** Why it cannot be read makes no difference: without it a list only takes longer. */
function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  }
}
