// Finds what was typed in a text, fzf's way: its characters in order, not always side by side, in any case. What stands together, or
// begins a word, is the better match. Ranking ten thousand texts has to be done between two keys, so it makes nothing but a number;
// where the characters are is found out for those that are shown.

const TOGETHER = 8;
const BEGINS_WORD = 6;
const AS_ONE = 20;
const LAST_ASCII = 127;

/** How well the text holds what was typed, more is better; undefined if it does not. Both are expected in lower case. */
export function fuzzyScore(typed: string, text: string): number | undefined {
  const whole = findWhole(typed, text);
  if (whole >= 0) {
    const begins = beginsWord(text, whole) ? BEGINS_WORD : 0;
    return AS_ONE + TOGETHER * (typed.length - 1) + begins;
  }
  const end = endOfScattered(typed, text);
  if (end < 0) return undefined;
  let [score, at, next] = [0, end, -1];
  for (let index = typed.length - 1; index >= 0; index -= 1) {
    at = text.lastIndexOf(typed[index] ?? '', at);
    if (at === next - 1) score += TOGETHER;
    if (beginsWord(text, at)) score += BEGINS_WORD;
    next = at;
    at -= 1;
  }
  return score - (end - next + 1 - typed.length);
}

/** Where its characters are, by UTF-16 units; none if the text does not hold it. */
export function fuzzyPlaces(typed: string, text: string): readonly number[] {
  const whole = findWhole(typed, text);
  if (whole >= 0) return Array.from(typed.split(''), (_, index) => whole + index);
  let at = endOfScattered(typed, text);
  if (at < 0) return [];
  const places: number[] = [];
  for (let index = typed.length - 1; index >= 0; index -= 1) {
    at = text.lastIndexOf(typed[index] ?? '', at);
    places.unshift(at);
    at -= 1;
  }
  return places;
}

/** In lower case and as long as before, so that places in it are places in the text. */
export function foldCase(text: string): string {
  const folded = text.toLowerCase();
  if (folded.length === text.length) return folded;
  return [...text]
    .map((character) => {
      const lower = character.toLowerCase();
      return lower.length === character.length ? lower : character;
    })
    .join('');
}

/** All characters side by side, at the beginning of a word if there is such a place. */
function findWhole(typed: string, text: string): number {
  const found = text.indexOf(typed);
  for (let at = found; at >= 0; at = text.indexOf(typed, at + 1)) {
    if (beginsWord(text, at)) return at;
  }
  return found;
}

/** Where they end first; going back from there draws them together. */
function endOfScattered(typed: string, text: string): number {
  let end = -1;
  for (let index = 0; index < typed.length; index += 1) {
    end = text.indexOf(typed[index] ?? '', end + 1);
    if (end < 0) return -1;
  }
  return end;
}

function beginsWord(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text.charCodeAt(at - 1);
  const isLetter = before >= 97 && before <= 122;
  const isDigit = before >= 48 && before <= 57;
  return before <= LAST_ASCII && !isLetter && !isDigit;
}
