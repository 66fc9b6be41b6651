// Commits, and the signatures they share with tags. Dates are milliseconds here and whole seconds in git. A signature is made
// safe rather than refused, since its name comes from an agent: what git cannot hold is left out, and a clock that stands before
// 1970 counts as 1970. Headers we do not know (gpgsig, mergetag, encoding) are passed over when read.

import { GsessError } from '../errors.ts';
import { isObjectId, type ObjectId } from './object-id.ts';

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** Milliseconds since 1970; git keeps whole seconds. */
  readonly at: number;
  /** Minutes east of Greenwich. */
  readonly offsetMinutes: number;
}

export interface Commit {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

const SIGNATURE = /^([^<>]*)<([^<>]*)> (\d{1,16}) ([+-])(\d\d)(\d\d)$/;
const NOT_IN_A_SIGNATURE = /[<>\n\0]/g;
const OFFSET_MINUTES_MAX = 99 * 60 + 59;
/** The last moment a JavaScript date can name. */
const AT_MAX = 8.64e15;

/** Writes a commit; throws `usage` if the message holds a NUL, which fsck refuses. */
export function encodeCommit({ tree, parents, author, committer, message }: Commit): Buffer {
  const lines = [`tree ${tree}`];
  for (const parent of parents) lines.push(`parent ${parent}`);
  lines.push(`author ${formatSignature(author)}`, `committer ${formatSignature(committer)}`);
  return Buffer.from(`${lines.join('\n')}\n\n${checkMessage(message)}`);
}

/** Reads a commit; throws `object-damaged` if a header is missing or makes no sense. */
export function parseCommit(content: Buffer): Commit {
  const { headers, message } = splitHeaders(content.toString());
  let at = 0;
  const tree = objectIdHeader(headers[at++], 'tree ');
  const parents: ObjectId[] = [];
  while (headers[at]?.startsWith('parent ')) parents.push(objectIdHeader(headers[at++], 'parent '));
  const author = signatureHeader(headers[at++], 'author ');
  const committer = signatureHeader(headers[at], 'committer ');
  return { tree, parents, author, committer, message };
}

/** Writes a signature as it stands in a header. */
export function formatSignature({ name, email, at, offsetMinutes }: Signature): string {
  if (!(Math.abs(at) <= AT_MAX) || !(Math.abs(offsetMinutes) <= OFFSET_MINUTES_MAX)) {
    throw new GsessError('usage', `Not a date: ${at} at ${offsetMinutes} minutes`);
  }
  const seconds = Math.max(0, Math.floor(at / 1000));
  const minutes = Math.abs(Math.trunc(offsetMinutes));
  const hhmm = String(Math.floor(minutes / 60) * 100 + (minutes % 60)).padStart(4, '0');
  return `${clean(name)} <${clean(email)}> ${seconds} ${offsetMinutes < 0 ? '-' : '+'}${hhmm}`;
}

/** Splits an object of headers and a message, as commits and tags are. */
export function splitHeaders(text: string): { headers: string[]; message: string } {
  const end = text.indexOf('\n\n');
  if (end < 0) {
    if (!text.endsWith('\n')) throw damaged('its headers have no end');
    return { headers: text.slice(0, -1).split('\n'), message: '' };
  }
  return { headers: text.slice(0, end).split('\n'), message: text.slice(end + 2) };
}

/** Takes the value of a header that must be next. */
export function headerValue(line: string | undefined, prefix: string): string {
  if (line?.startsWith(prefix)) return line.slice(prefix.length);
  throw damaged(`it has no '${prefix.trim()}' where one belongs`);
}

/** Takes the object id of a header that must be next. */
export function objectIdHeader(line: string | undefined, prefix: string): ObjectId {
  const value = headerValue(line, prefix);
  if (isObjectId(value)) return value;
  throw damaged(`'${value}' is not an object id`);
}

/** Takes the signature of a header that must be next. */
export function signatureHeader(line: string | undefined, prefix: string): Signature {
  const match = SIGNATURE.exec(headerValue(line, prefix));
  if (match === null) throw damaged(`its ${prefix}is not a signature`);
  const [, name = '', email = '', seconds, sign, hours, minutes] = match;
  const offset = Number(hours) * 60 + Number(minutes);
  return {
    name: name.trim(),
    email,
    at: Number(seconds) * 1000,
    offsetMinutes: sign === '-' && offset > 0 ? -offset : offset,
  };
}

/** Returns the message if git can hold it. */
export function checkMessage(message: string): string {
  if (!message.includes('\0')) return message;
  throw new GsessError('usage', 'A message cannot hold a NUL character');
}

function clean(text: string): string {
  return text.replace(NOT_IN_A_SIGNATURE, '').trim();
}

function damaged(reason: string): GsessError {
  return new GsessError('object-damaged', `Cannot read a commit or tag: ${reason}`);
}
