// Annotated tags. The name inside repeats the ref's, so it is our slug; the name the user gave stands in the message.

import { GsessError } from '../errors.ts';
import {
  checkMessage,
  formatSignature,
  headerValue,
  objectIdHeader,
  type Signature,
  signatureHeader,
  splitHeaders,
} from './commit.ts';
import { isObjectType, type ObjectId, type ObjectType } from './object-id.ts';

export interface Tag {
  readonly object: ObjectId;
  readonly type: ObjectType;
  /** The ref's name without `refs/tags/`. */
  readonly name: string;
  readonly tagger: Signature;
  readonly message: string;
}

const LINE_END_OR_NUL = /[\n\0]/;

/** Writes a tag; throws `usage` if its name does not fit on a line. */
export function encodeTag({ object, type, name, tagger, message }: Tag): Buffer {
  if (name === '' || LINE_END_OR_NUL.test(name)) {
    throw new GsessError('usage', `Not the name of a tag: '${name}'`);
  }
  const headers = `object ${object}\ntype ${type}\ntag ${name}\ntagger ${formatSignature(tagger)}`;
  return Buffer.from(`${headers}\n\n${checkMessage(message)}`);
}

/** Reads a tag; throws `object-damaged` if a header is missing or makes no sense. */
export function parseTag(content: Buffer): Tag {
  const { headers, message } = splitHeaders(content.toString());
  const type = headerValue(headers[1], 'type ');
  if (!isObjectType(type)) {
    throw new GsessError('object-damaged', `Cannot read a tag: '${type}' is not a type of object`);
  }
  return {
    object: objectIdHeader(headers[0], 'object '),
    type,
    name: headerValue(headers[2], 'tag '),
    tagger: signatureHeader(headers[3], 'tagger '),
    message,
  };
}
