// A session's id is a lower-case UUID: the agent's own id where that is one, else derived from agent and native id (version 5,
// RFC 9562), so that two first events arriving together name the same session. Forks get a new time-ordered id (version 7).
// Being a UUID it is safe as a ref name and as a file name everywhere.

import { createHash, randomBytes } from 'node:crypto';
import { GsessError } from '../errors.ts';

export type SessionId = string & { readonly __brand: 'SessionId' };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const SHORT_LENGTH = 8;
/** What of it is the time, to the millisecond. */
const TIME_LENGTH = 13;

/** The namespace of derived ids; a constant of the format. */
const NAMESPACE = '5d8e6f0a-9a0b-5c43-8d4e-67736573730a';

export function isSessionId(text: string): text is SessionId {
  return UUID.test(text);
}

export function parseSessionId(text: string): SessionId {
  if (isSessionId(text)) return text;
  throw new GsessError('usage', `Not a session id: '${text}'`);
}

/** The session a native id begins: itself where it is a UUID, else a UUID derived from agent and native id. */
export function sessionIdOf(agent: string, nativeId: string): SessionId {
  const lower = nativeId.toLowerCase();
  return isSessionId(lower) ? lower : derivedSessionId(`${agent}\0${nativeId}`);
}

/** A UUID of version 5 that is the same for the same text. */
export function derivedSessionId(text: string): SessionId {
  const namespace = Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex');
  const bytes = createHash('sha1').update(namespace).update(text, 'utf8').digest().subarray(0, 16);
  return uuidOf(bytes, 5);
}

/** A new id that sorts by the time it was made. */
export function newSessionId(now: number, random: Buffer = randomBytes(16)): SessionId {
  const bytes = Buffer.from(random.subarray(0, 16));
  bytes.writeUIntBE(now, 0, 6);
  return uuidOf(bytes, 7);
}

/** The beginning of the id, as people are shown it: as much as tells it from others, of which those that sort by time begin alike. */
export function shortSessionId(id: string): string {
  return id.slice(0, id.charAt(14) === '7' ? TIME_LENGTH : SHORT_LENGTH);
}

function uuidOf(source: Buffer, version: number): SessionId {
  const bytes = Buffer.from(source);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ];
  return parts.join('-') as SessionId;
}
