// The small parts that the browser's text is made with: the line one types into, folding, matching, and painting what changed.

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { foldLines, linesOf } from '../../src/ui/fold-text.ts';
import { FrameWriter } from '../../src/ui/frame-writer.ts';
import { foldCase, fuzzyPlaces, fuzzyScore } from '../../src/ui/fuzzy-match.ts';
import { shortAgeText } from '../../src/ui/human-units.ts';
import { keyPressesOf, pasteOf, type TerminalKey } from '../../src/ui/key-press.ts';
import { highlight } from '../../src/ui/layout-line.ts';
import { createPaint } from '../../src/ui/paint.ts';
import { textWidth } from '../../src/ui/text-width.ts';
import { EMPTY_LINE, lineOf, typedText, typeInto } from '../../src/ui/typed-line.ts';
import { ScreenEmulator } from '../support/screen-emulator.ts';

const text = suite('the text of the browser');

text('types, moves and erases by characters as people count them', () => {
  const press = (line: typeof EMPTY_LINE, ...names: readonly string[]) =>
    names.reduce((so, name) => {
      const typed = name.length > 1 && /^[a-z+]+$/.test(name) ? '' : name;
      return typeInto(so, { name, text: typed });
    }, line);
  const family = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}';
  const line = press(EMPTY_LINE, 'a', 'e\u0301', family);
  assert.is(typedText(press(line, 'backspace')), 'ae\u0301');
  assert.is(typedText(press(line, 'left', 'left', 'X')), `aXe\u0301${family}`);
  assert.is(typedText(press(lineOf('one two'), 'ctrl+w')), 'one ');
  assert.is(typedText(press(lineOf('one two'), 'home', 'Z', 'end', 'ctrl+u')), '');
  assert.is(press(line, 'up'), line);
});

text('tells keys that come together from each other, and a paste from keys', () => {
  const none = {} as TerminalKey;
  const names = (input: string, key = none) => keyPressesOf(input, key).map(({ name }) => name);
  assert.equal(names('go on\r'), ['g', 'o', 'space', 'o', 'n', 'enter']);
  assert.equal(names('e\u0301\u0003\t\u007f\u001b'), ['e\u0301', 'ctrl+c', 'tab', 'backspace']);
  assert.equal(names('c', { ...none, ctrl: true }), ['ctrl+c']);
  assert.equal(names('x', { ...none, meta: true }), []);
  assert.equal(pasteOf('a\r\nb\u001b[2J'), { name: 'paste', text: 'a b [2J' });
});

text('matches characters in order, and likes them together and where words begin', () => {
  const rank = (typed: string, ...texts: readonly string[]) =>
    texts
      .map((one) => ({ one, score: fuzzyScore(typed, one) }))
      .filter(({ score }) => score !== undefined)
      .sort((a, b) => (b.score ?? 0) - (a.score ?? 0))
      .map(({ one }) => one);
  assert.equal(rank('tst', 'mend tests', 'the last test', 'x'), ['mend tests', 'the last test']);
  assert.equal(rank('flag', 'a reflagged', 'the flag'), ['the flag', 'a reflagged']);
  assert.equal(fuzzyPlaces('mt', 'mend tests'), [0, 5]);
  assert.equal(fuzzyPlaces('q', 'mend'), []);
  assert.is(foldCase('İSTANBUL').length, 'İSTANBUL'.length);
});

text('paints whole characters where one was found', () => {
  const painted = highlight('ae\u0301b', [1, 3], (part) => `<${part}>`);
  assert.is(painted, 'a<e\u0301b>');
});

text('folds what is too wide, and goes on in its colour', () => {
  const paint = createPaint(true);
  const lines = foldLines(linesOf(`${paint.good('+字字字字')}x\ty`), 5);
  assert.equal(lines.slice(0, 2), [paint.good('+字字'), `${paint.good('字字')}x`]);
  assert.ok(
    lines.every(
      (line) =>
        textWidth(
          line
            .split('\u001b')
            .join('')
            .replaceAll(/\[\d+m/g, ''),
        ) <= 5,
    ),
  );
});

text('tells ages in a column', () => {
  const now = Date.UTC(2026, 0, 1);
  const ages = [500, 5000, 3_600_000, 4 * 86_400_000, 100 * 86_400_000, 900 * 86_400_000];
  assert.equal(
    ages.map((age) => shortAgeText(now - age, now)),
    ['now', '5s', '60m', '4d', '3mo', '2y'],
  );
  assert.is(shortAgeText(Number.NaN, now), '?');
});

text('writes the lines that changed, and gives the terminal back once', () => {
  const screen = new ScreenEmulator();
  const writer = new FrameWriter((part) => screen.write(part));
  writer.show(['before it is open'], undefined);
  assert.is(screen.written, '');
  writer.open();
  writer.show(['one', 'two', 'three'], { row: 1, column: 2 });
  assert.is(screen.text, 'one\ntwo\nthree');
  const before = screen.written.length;
  writer.show(['one', 'TWO'], { row: 1, column: 2 });
  assert.is(screen.text, 'one\nTWO');
  assert.not.match(screen.written.slice(before), /one/);
  writer.showLine(2, 'working');
  assert.is(screen.text, 'one\nTWO\nworking');
  writer.forget();
  writer.show(['new'], undefined);
  assert.is(screen.text, 'new');
  writer.close();
  const closed = screen.written.length;
  writer.close();
  writer.show(['after'], undefined);
  assert.is(screen.written.length, closed);
});

text.run();
