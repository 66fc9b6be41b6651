// Commit messages: a subject for people, a body, and trailers (`Key: value`, the last paragraph) for machines. A trailer's value is
// one line and comes back exactly, outer spaces included. Text that a prompt smuggles into subject or body is never taken for a
// trailer as long as the message has trailers of its own, which every checkpoint has.

import { GsessError } from '../errors.ts';

const KEY = /^[A-Za-z0-9][A-Za-z0-9-]*$/;
const LINE_END = /\r\n|\r|\n/g;
const OUTER_LINE_ENDS = /^[\r\n]+|[\r\n]+$/g;
const PLAIN = /^[ -~]*$/;
const REPLACEMENT = '\ufffd';

/** Puts a message together. Subject and body are cleaned; a trailer that is not one line throws `usage`. */
export function formatMessage(
  subject: string,
  body: string,
  trailers: readonly (readonly [key: string, value: string])[],
): string {
  const paragraphs = [withoutControls(subject).trim() || '(no subject)'];
  const text = withoutNul(body).replace(OUTER_LINE_ENDS, '');
  if (text !== '') paragraphs.push(text);
  if (trailers.length > 0) {
    paragraphs.push(trailers.map(([key, value]) => formatTrailer(key, value)).join('\n'));
  }
  return `${paragraphs.join('\n\n')}\n`;
}

/** Makes one line of any text, so that a trailer can hold it. */
export function foldTrailerValue(text: string): string {
  return Buffer.from(withoutNul(text).replace(LINE_END, ' ')).toString();
}

/** Reads the trailers of a message; a last paragraph that is anything else has none. */
export function parseTrailers(message: string): Map<string, string[]> {
  const trailers = new Map<string, string[]>();
  const text = message.endsWith('\n') ? message.slice(0, -1) : message;
  const start = text.lastIndexOf('\n\n');
  if (start < 0) return trailers;
  for (const line of text.slice(start + 2).split('\n')) {
    const colon = line.indexOf(':');
    const key = line.slice(0, Math.max(0, colon));
    if (!KEY.test(key)) return new Map();
    const value = line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    const values = trailers.get(key);
    if (values === undefined) trailers.set(key, [value]);
    else values.push(value);
  }
  return trailers;
}

/** The first line of a message. */
export function subjectOf(message: string): string {
  const end = message.indexOf('\n');
  return end < 0 ? message : message.slice(0, end);
}

function formatTrailer(key: string, value: string): string {
  if (!KEY.test(key)) throw new GsessError('usage', `Not the key of a trailer: '${key}'`);
  if (foldTrailerValue(value) !== value) {
    throw new GsessError('usage', `The value of the trailer '${key}' is not one line of text`);
  }
  return `${key}: ${value}`;
}

function withoutControls(text: string): string {
  // Such a set of characters takes time to put together, and nearly every subject does without.
  return PLAIN.test(text) ? text : text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

function withoutNul(text: string): string {
  return text.replaceAll('\0', REPLACEMENT);
}
