// One transcript that is watched: looks whether its agent has written to it, reads what is whole, and keeps the moments that wait to be
// captured. At most one a second is due, a prompt is never left out, and of what came between two prompts the latest stands for
// all. What is no moment that anybody would go back to, such as the end of a call, waits longer (`saveInterval`): the next moment has it
// too, so that it only has to be saved where none comes. Captures nothing itself.

import { readFileSync, statSync } from 'node:fs';
import type { AgentFormat, Capabilities } from '../agents/agent.ts';
import { isSystemError } from '../errors.ts';
import { type Moment, newsOf, type Said, saidIn } from './transcript-news.ts';

const EVERY_MS = 1000;
/** So long nothing may follow what was said for it to be the last word of a turn. */
const SETTLED_MS = 1000;
const MOMENTS: readonly Moment['kind'][] = ['prompt', 'tool', 'turn'];
const NEWLINE = 0x0a;

export interface WatchedPlace {
  readonly path: string;
  readonly format: AgentFormat;
  readonly form: Capabilities['transcript'];
}

/** What is not news: bytes that were captured before, or stood there when the watching began. */
export interface Baseline {
  /** Read only once the file has grown. */
  readonly bytes: () => Uint8Array;
  /** The file as it is now is all in there. */
  readonly isCurrent: boolean;
  /** Milliseconds since 1970: what is dated earlier is no news either. */
  readonly since?: number;
}

/** What is told of a transcript beside its moments. */
export type TranscriptFacts = Pick<
  ReturnType<AgentFormat['read']>,
  'model' | 'provider' | 'permissionMode'
>;

interface Waiting {
  readonly moment: Moment;
  readonly notBefore: number;
}

export class WatchedFile {
  readonly place: WatchedPlace;
  /** Of the last reading. */
  facts: TranscriptFacts = {};
  readonly #baseline: Baseline;
  #said: Said | undefined;
  #signature: string | undefined;
  #wholeBytes: number | undefined;
  #waiting: Waiting[] = [];
  #lastAt = Number.NEGATIVE_INFINITY;
  #isTorn = false;

  readonly #saveInterval: number;

  constructor(place: WatchedPlace, baseline: Baseline, saveInterval: number) {
    this.place = place;
    this.#saveInterval = saveInterval;
    this.#baseline = baseline;
    if (baseline.isCurrent) this.#signature = signatureOf(place.path);
  }

  /** Whether something waits. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Looks at the file; true if its agent has written since. `isLast`: no more will come, so what is torn is taken as it is. */
  look(now: number, { isLast }: { readonly isLast: boolean }): boolean {
    const signature = signatureOf(this.place.path);
    // A file that is gone takes nothing away.
    if (signature === undefined) return false;
    if (signature === this.#signature && !(isLast && this.#isTorn)) return false;
    const bytes = readIfThere(this.place.path);
    if (bytes === undefined) return false;
    this.#signature = signature;
    this.#read(bytes, { now, isLast });
    return true;
  }

  /** The moment that is to be captured now; with `isLast` whatever waits, however soon. */
  due(now: number, { isLast }: { readonly isLast: boolean }): Moment | undefined {
    const [next] = this.#waiting;
    if (next === undefined) return undefined;
    const everyMs = MOMENTS.includes(next.moment.kind) ? EVERY_MS : this.#saveInterval;
    const isDue = now >= next.notBefore && now >= this.#lastAt + everyMs;
    return isDue || isLast ? next.moment : undefined;
  }

  /** The moment that was due is captured. */
  taken(now: number): void {
    this.#waiting.shift();
    this.#lastAt = now;
  }

  /** The moment that was due could not be captured; it waits on. */
  failed(now: number): void {
    this.#lastAt = now;
  }

  /** Nobody wants to know of what waits. */
  forget(): void {
    this.#waiting = [];
  }

  #read(bytes: Buffer, { now, isLast }: { readonly now: number; readonly isLast: boolean }): void {
    const { format, form } = this.place;
    const whole = form === 'lines' && !isLast ? bytes.lastIndexOf(NEWLINE) + 1 : bytes.length;
    const before = this.#wholeBytes;
    const isOnlyTorn = whole < bytes.length && whole === before;
    this.#isTorn = whole < bytes.length;
    if (isOnlyTorn || whole === 0) return;
    const transcript = format.read(bytes.subarray(0, whole));
    const isHalfWritten = transcript.warnings.some(({ problem }) => UNREAD.includes(problem));
    if (form !== 'lines' && isHalfWritten && !isLast) {
      this.#isTorn = true;
      return;
    }
    this.#said ??= saidIn(format.read(this.#baseline.bytes()));
    const since = before === undefined ? this.#baseline.since : undefined;
    this.#wholeBytes = whole;
    this.facts = transcript;
    const news = newsOf(transcript, this.#said, since);
    this.#said = saidIn(transcript);
    for (const moment of news.length > 0 ? news : [OTHER]) this.#add(moment, now);
  }

  #add(moment: Moment, now: number): void {
    const last = this.#waiting.at(-1)?.moment.kind;
    if (last !== undefined && last !== 'prompt') {
      // What comes after an answer without a word of the agent leaves it the answer.
      if (moment.kind === 'other') return;
      // A prompt stands for what is no moment before it, too, and would have to wait as long behind it.
      if (moment.kind !== 'prompt' || !MOMENTS.includes(last)) this.#waiting.pop();
    }
    const notBefore = moment.kind === 'turn' ? now + SETTLED_MS : now;
    this.#waiting.push({ moment, notBefore });
  }
}

const OTHER: Moment = { kind: 'other' };
const UNREAD = ['torn', 'not-json'];

/** Changes whenever the file is written to or another one takes its place; undefined where there is none. */
function signatureOf(path: string): string | undefined {
  try {
    const status = statSync(path, { bigint: true });
    return status.isFile() ? `${status.ino} ${status.size} ${status.mtimeNs}` : undefined;
  } catch (error) {
    if (isSystemError(error, ...UNREADABLE)) return undefined;
    throw error;
  }
}

/** Undefined for what is not there or may not be read. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isSystemError(error, ...UNREADABLE)) return undefined;
    throw error;
  }
}

const UNREADABLE = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'EISDIR'];
