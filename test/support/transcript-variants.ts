// What happens to transcripts in the field, made from a sound one: each kind of damage and of unusual form that users of agents have
// reported.

import { gzipSync } from 'node:zlib';

const LINE_END = Buffer.from('\n');

export interface Variant {
  /** A file name. */
  readonly name: string;
  readonly bytes: Buffer;
  /** As many turns as the sound one has; undefined where that cannot be asked. */
  readonly keepsTurns: boolean;
}

/** All variants of a transcript of at least four lines, each line ended. */
export function transcriptVariants(sound: Buffer): readonly Variant[] {
  const lines = splitLines(sound);
  const middle = lines.length >> 1;
  const [before, after] = [lines.slice(0, middle), lines.slice(middle)];
  const [line = Buffer.alloc(0), next = Buffer.alloc(0)] = after;
  const half = line.subarray(0, line.length >> 1);
  const joined = (...parts: readonly (Buffer | string)[]) =>
    Buffer.concat(parts.map((part) => Buffer.from(part)));
  const ended = (parts: readonly Buffer[]) =>
    Buffer.concat(parts.flatMap((part) => [part, LINE_END]));
  const withField = (field: Buffer) =>
    ended([...before, joined('{"x":', field, ',', line.subarray(1)), ...after.slice(1)]);
  const kept = (name: string, bytes: Buffer): Variant => ({ name, bytes, keepsTurns: true });
  const changed = (name: string, bytes: Buffer): Variant => ({ name, bytes, keepsTurns: false });
  return [
    kept('no-final-newline.jsonl', sound.subarray(0, -1)),
    changed('torn-last-line.jsonl', sound.subarray(0, -40)),
    changed('torn-middle-line.jsonl', ended([...before, half, ...after.slice(1)])),
    kept('torn-prefix-glued.jsonl', ended([...before, joined(half, line), ...after.slice(1)])),
    kept('two-on-one-line.jsonl', ended([...before, joined(line, next), ...after.slice(2)])),
    kept('nul-block-middle.jsonl', ended([...before, Buffer.alloc(512), ...after])),
    kept('nul-block-tail.jsonl', joined(sound, Buffer.alloc(4096))),
    kept('blank-lines.jsonl', joined(ended([...before, joined(), joined('  '), ...after]), '\n\n')),
    kept('crlf.jsonl', Buffer.from(sound.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')),
    kept('bom.jsonl', joined('\ufeff', sound)),
    kept('invalid-utf8.jsonl', withField(joined('"', Buffer.from([0xff, 0xfe]), '"'))),
    kept('lone-surrogate.jsonl', withField(joined('"cut \\ud83d"'))),
    kept('raw-u2028.jsonl', withField(joined('"a\u2028b"'))),
    changed('raw-newline.jsonl', withField(joined('"a\nb"'))),
    kept('repeated-block.jsonl', ended([...lines, ...after])),
    changed('reordered.jsonl', ended([...before, ...after.reverse()])),
    changed('head-cut.jsonl', ended(lines.slice(1))),
    changed('empty.jsonl', Buffer.alloc(0)),
    changed('first-line.jsonl', ended(lines.slice(0, 1))),
    changed('shrunk.jsonl', ended(lines.slice(0, middle + 1))),
    kept('array.json', joined('[', lines.join(','), ']')),
    kept('cold.jsonl.gz', gzipSync(sound)),
    changed('cold.jsonl.zst', joined(Buffer.from('28b52ffd', 'hex'), 'not really compressed')),
  ];
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start);
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}
