import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPaint } from '../../src/ui/paint.ts';
import { safeColouredLines, safeJson, safeLines, safeText } from '../../src/ui/safe-text.ts';

const text = suite('safe text');

const HOSTILE: readonly (readonly [string, string, string])[] = [
  ['clears the screen', 'a\u001b[2Jb', 'a\\x1b[2Jb'],
  ['sets the title', '\u001b]0;owned\u0007', '\\x1b]0;owned\\x07'],
  ['sets the clipboard', '\u001b]52;c;Zm9v\u001b\\', '\\x1b]52;c;Zm9v\\x1b\\'],
  ['makes a link', '\u001b]8;;http://x\u0007y', '\\x1b]8;;http://x\\x07y'],
  ['begins a device string', '\u001bP1$r', '\\x1bP1$r'],
  ['uses the one-character forms of C1', '\u009b31m\u009d\u0090', '\\x9b31m\\x9d\\x90'],
  ['rings', 'x\u0007', 'x\\x07'],
  ['steps back', 'abc\b\b\bxyz', 'abc\\x08\\x08\\x08xyz'],
  ['deletes', 'a\u007fb', 'a\\x7fb'],
  ['ends a string', 'a\0b', 'a\\x00b'],
  ['turns the reading order round', 'a\u202egpj.exe', 'a\\u202egpj.exe'],
  ['isolates the reading order', '\u2066x\u2069', '\\u2066x\\u2069'],
  ['marks the direction', 'a\u200fb\u061c', 'a\\u200fb\\u061c'],
  ['hides a joint', 'pay\u200bpal\u200d\u2060', 'pay\\u200bpal\\u200d\\u2060'],
  ['hides a byte order mark', '\ufeffx', '\\ufeffx'],
  ['hides a soft hyphen', 'a\u00adb', 'a\\xadb'],
  ['hides in tags', 'x\u{e0041}', 'x\\u{e0041}'],
  ['is an invisible letter', 'a\u3164b\u115f', 'a\\u3164b\\u115f'],
  ['is half a character', 'a\ud800b\udfff', 'a\\ud800b\\udfff'],
  ['is for private use', '\ue000\u{10ffff}', '\\ue000\\u{10ffff}'],
];

for (const [what, hostile, shown] of HOSTILE) {
  text(`shows as an escape what ${what}`, () => {
    assert.is(safeText(hostile), shown);
    assert.is(safeLines(hostile), shown);
  });
}

text('leaves what people write as it is', () => {
  const written = 'Straße, façade, 日本語, العربية, עברית, हिन्दी, 👍🏽, é, ❤️, ½ → “quoted” $`\\';
  assert.is(safeText(written), written);
  assert.is(safeLines(written), written);
});

text('folds lines into one, and keeps them where asked', () => {
  assert.is(safeText('a\nb\r\nc\rd\te\u2028f\u0085g'), 'a b c d e f g');
  assert.is(safeLines('a\nb\r\nc\td'), 'a\nb\nc\td');
  assert.is(safeLines('real\rfake'), 'real\\x0dfake');
  assert.is(safeLines('a\u2028b'), 'a\\u2028b');
});

text('shows a heap of combining marks as escapes from the fifth on', () => {
  assert.is(safeText(`a${'\u0301'.repeat(6)}`), `a${'\u0301'.repeat(4)}\\u0301\\u0301`);
});

text('lets no control character through, whatever it is given', () => {
  let state = 1;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state;
  };
  for (let round = 0; round < 300; round += 1) {
    const random = Array.from({ length: 40 }, () => String.fromCharCode(next() % 0x10000)).join('');
    for (const safe of [safeText(random), safeLines(random).replace(/[\n\t]/g, '')]) {
      assert.not.match(safe, /\p{C}/u);
    }
  }
});

text('keeps our own colours and no other sequence', () => {
  const painted = createPaint(true).bad('x');
  assert.is(safeColouredLines(`${painted}\n`), `${painted}\n`);
  assert.is(safeColouredLines('\u001b[8mhidden\u001b[5m'), '\\x1b[8mhidden\\x1b[5m');
  assert.is(createPaint(false).bad('x'), 'x');
});

text('writes JSON that acts on no terminal and parses to the same value', () => {
  const value = { title: HOSTILE.map(([, hostile]) => hostile).join('|'), smile: '👍' };
  const json = safeJson(value);
  assert.not.match(json.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
  assert.equal(JSON.parse(json), value);
  assert.match(json, '👍');
});

text.run();
