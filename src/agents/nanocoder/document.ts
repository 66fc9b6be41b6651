// A session of Nanocoder as it stands on disk: one JSON object, whose list of messages comes last or nearly so. Taken apart without
// changing a character, whole or cut off anywhere. Text is held as one character per byte, so that places in it are places in the file.

import { elementsOf, fieldsOf } from '../../transcript/json-values.ts';
import { type NanocoderMessage, parseHeader, parseMessage, type SessionHeader } from './record.ts';

export interface RawField {
  readonly key: string;
  readonly value: string;
}

export interface PlacedMessage {
  readonly message: NanocoderMessage;
  /** Counted from one; it stays the message's as long as none before it is taken out. */
  readonly id: string;
  readonly text: string;
  readonly offset: number;
}

export interface SessionDocument {
  readonly header: SessionHeader;
  /** The fields before and after the messages, as they are written. */
  readonly fields: readonly RawField[];
  readonly messages: readonly PlacedMessage[];
  /** False where its end is missing. */
  readonly isWhole: boolean;
  /** Elements of the list that are no message. */
  readonly strangers: readonly { readonly offset: number; readonly length: number }[];
}

/** In a string the quotes of such a key would be escaped, and no field before it holds an object. */
const MESSAGES = /"messages"\s*:\s*\[/;
const LENGTH_MAX = 512 * 1024 * 1024;

/** Undefined for what is no session. */
export function openDocument(content: Uint8Array): SessionDocument | undefined {
  if (content.length > LENGTH_MAX) return undefined;
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const text = bytes.toString('latin1');
  const list = MESSAGES.exec(text);
  if (list === null) return undefined;
  const head = `${text.slice(0, list.index).replace(/,\s*$/, '')}}`;
  const whole = parsed(text);
  const isWhole = whole !== undefined;
  const header = parseHeader(isWhole ? whole : parsed(head));
  if (header === undefined) return undefined;
  const fields = isWhole ? fieldsOf(text, text.indexOf('{')) : fieldsOf(head, head.indexOf('{'));
  const source = isWhole ? text : head;
  const messages: PlacedMessage[] = [];
  const strangers: { offset: number; length: number }[] = [];
  for (const { start, end } of elementsOf(text, list.index + list[0].length - 1)) {
    const element = text.slice(start, end);
    const message = parseMessage(parsed(element));
    const id = `message-${messages.length + 1}`;
    if (message === undefined) strangers.push({ offset: start, length: end - start });
    else messages.push({ message, id, text: element, offset: start });
  }
  return {
    header,
    fields: fields
      .filter(({ key }) => key !== 'messages')
      .map(({ key, valueStart, valueEnd }) => ({ key, value: source.slice(valueStart, valueEnd) })),
    messages,
    isWhole,
    strangers,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'latin1').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
