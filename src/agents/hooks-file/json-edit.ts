// Changes a JSON text at one place and leaves every other character as it is. An appended item takes the layout of the container
// it joins; removing it again gives back the text as it was, so a pair of edits leaves no trace. Knows no file and no setting.

import type { JsonContainer, JsonItem, JsonScalar } from './json-scan.ts';

export interface AddedItem {
  /** Of a member; absent for an element. */
  readonly key?: string;
  readonly value: unknown;
}

/** Adds a member or an element behind the last one. */
export function appendItem(text: string, container: JsonContainer, added: AddedItem): string {
  const layout = layoutOf(text, container);
  const body = layout.render(added.value);
  const item =
    added.key === undefined ? body : `${JSON.stringify(added.key)}${layout.colon}${body}`;
  const behind = text.slice(container.tail);
  const last = container.items.at(-1);
  if (last === undefined) {
    const close = /^\s*\n/.test(behind) ? '' : layout.close;
    return text.slice(0, container.tail) + layout.open + item + close + behind;
  }
  if (last.comma !== undefined) {
    return `${text.slice(0, container.tail)}${layout.separator}${item},${behind}`;
  }
  const between = text.slice(last.value.end, container.tail);
  return `${text.slice(0, last.value.end)},${between}${layout.separator}${item}${behind}`;
}

/** Takes one item out, with the comma and the white space that came with it. */
export function removeItem(text: string, container: JsonContainer, item: JsonItem): string {
  const index = container.items.indexOf(item);
  const previous = container.items[index - 1];
  const next = container.items[index + 1];
  if (previous === undefined && next !== undefined && isPlainPair(item, next)) {
    return cut(text, item.start, next.start);
  }
  if (item.comma !== undefined) return cut(text, item.gap, item.comma + 1);
  const shorter = cut(text, item.gap, item.value.end);
  if (previous?.comma !== undefined) return cut(shorter, previous.comma, previous.comma + 1);
  const close = container.end - 1 - (text.length - shorter.length);
  const isBlank = shorter.slice(container.start + 1, close).trim() === '';
  return isBlank ? cut(shorter, container.start + 1, close) : shorter;
}

/** Puts another text in the place of a scalar. */
export function replaceScalar(text: string, scalar: JsonScalar, value: string): string {
  return text.slice(0, scalar.start) + JSON.stringify(value) + text.slice(scalar.end);
}

function cut(text: string, start: number, end: number): string {
  return text.slice(0, start) + text.slice(end);
}

/** True where no comment stands between the two. */
function isPlainPair(item: JsonItem, next: JsonItem): boolean {
  return item.comma !== undefined && next.gap === item.comma + 1;
}

interface Layout {
  /** Before the first item. */
  readonly open: string;
  /** Before any other item, behind the comma. */
  readonly separator: string;
  /** Behind an item that is the only one. */
  readonly close: string;
  readonly colon: string;
  readonly render: (value: unknown) => string;
}

function layoutOf(text: string, container: JsonContainer): Layout {
  if (isInline(text, container)) return inlineLayout(text);
  const endOfLine = text.includes('\r\n') ? '\r\n' : '\n';
  const unit = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  const closing = indentOfLine(text, container.start);
  const first = container.items[0];
  const indent = first === undefined ? closing + unit : indentOfLine(text, first.start);
  const line = endOfLine + indent;
  return {
    open: line,
    separator: line,
    close: endOfLine + closing,
    colon: ': ',
    render: (value) => JSON.stringify(value, null, unit).replaceAll('\n', line),
  };
}

/** One line, with spaces where the text has them. */
function inlineLayout(text: string): Layout {
  const isSpaced = text.includes('": ') || !text.includes('":');
  return {
    open: '',
    separator: isSpaced ? ' ' : '',
    close: '',
    colon: isSpaced ? ': ' : ':',
    render: (value) =>
      isSpaced ? JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ') : JSON.stringify(value),
  };
}

/** True where a new item belongs on the line it joins. A comment there could swallow it, so it asks for a line of its own. */
function isInline(text: string, container: JsonContainer): boolean {
  const first = container.items[0];
  const last = container.items.at(-1);
  if (first === undefined || last === undefined) {
    const isRoot = text.slice(0, container.start).trim() === '';
    return !isRoot && container.tail === container.start + 1 && !text.trim().includes('\n');
  }
  const behindLast = last.comma === undefined ? last.value.end : last.comma + 1;
  return container.tail === behindLast && !text.slice(container.start, first.start).includes('\n');
}

function indentOfLine(text: string, position: number): string {
  const lineStart = text.lastIndexOf('\n', position - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, position))?.[0] ?? '';
}
