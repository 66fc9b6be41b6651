// Finds where JSON values and their fields stand in a text without changing a character of it: for records glued on one line,
// and for editing one field while number forms, key order and unknown fields survive. It trusts the text to be what
// JSON.parse took, or says that a value does not end; deep nesting costs no stack.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export interface JsonField {
  /** The key as parsed, escapes resolved. */
  readonly key: string;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Gives the end of the object or array that begins at `start`, or -1 if it does not end before `limit`. */
export function endOfValue(text: string, start: number, limit: number = text.length): number {
  let depth = 0;
  let at = start;
  while (at < limit) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      if (at < 0) return -1;
      continue;
    }
    if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** Lists the fields of the object that begins at `start`, not those of objects inside it. */
export function fieldsOf(text: string, start = 0): JsonField[] {
  const fields: JsonField[] = [];
  let at = skipSpace(text, start + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const keyEnd = endOfString(text, at);
    const key: unknown = JSON.parse(text.slice(at, keyEnd));
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const valueEnd = endOfAny(text, valueStart);
    fields.push({ key: String(key), valueStart, valueEnd });
    at = skipSpace(text, skipSpace(text, valueEnd) + 1);
  }
  return fields;
}

/** Lists where the elements of the array that begins at `start` stand; where it does not end, those that do. */
export function elementsOf(text: string, start: number): { start: number; end: number }[] {
  const elements: { start: number; end: number }[] = [];
  let at = skipSpace(text, start + 1);
  while (at < text.length && text.charAt(at) !== ']') {
    const end = endOfAny(text, at);
    if (end <= at) break;
    elements.push({ start: at, end });
    at = skipSpace(text, end);
    if (text.charAt(at) !== ',') break;
    at = skipSpace(text, at + 1);
  }
  return elements;
}

/** Takes the white space between the tokens out, and nothing from inside a string. */
export function compactJson(text: string): string {
  return text.replace(/("[^"\\]*(?:\\[\s\S][^"\\]*)*")|[ \t\r\n]+/g, '$1');
}

/** Puts other values in the place of some fields of an object, and leaves every other character as it is. */
export function replaceFields(
  text: string,
  replacementFor: (key: string, value: string) => string | undefined,
): string {
  let replaced = '';
  let copied = 0;
  for (const { key, valueStart, valueEnd } of fieldsOf(text)) {
    const replacement = replacementFor(key, text.slice(valueStart, valueEnd));
    if (replacement === undefined) continue;
    replaced += text.slice(copied, valueStart) + replacement;
    copied = valueEnd;
  }
  return replaced + text.slice(copied);
}

/** Gives the first place at or after `at` that is no JSON white space. */
export function skipSpace(text: string, at: number): number {
  let next = at;
  while (next < text.length && ' \t\r\n'.includes(text.charAt(next))) next += 1;
  return next;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return -1;
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function endOfAny(text: string, start: number): number {
  const first = text.charAt(start);
  if (first === '"') return endOfString(text, start);
  if (first === '{' || first === '[') return endOfValue(text, start);
  let at = start;
  while (at < text.length && !',}] \t\r\n'.includes(text.charAt(at))) at += 1;
  return at;
}
