// Finds what was typed in a text, fzf's way: its characters in order, not always side by side, in any case. What stands together, or
// begins a word, is the better match.

export interface FuzzyMatch {
  /** More is better. */
  readonly score: number;
  /** Where the characters were found, by UTF-16 units. */
  readonly at: readonly number[];
}

const TOGETHER = 8;
const BEGINS_WORD = 6;
const AS_ONE = 20;

/** Both are expected in lower case; undefined if the text does not hold it. */
export function fuzzyMatch(typed: string, text: string): FuzzyMatch | undefined {
  if (typed === '') return { score: 0, at: [] };
  const whole = bestWhole(typed, text);
  const at = whole ?? scattered(typed, text);
  return at === undefined ? undefined : { score: scoreOf(at, text), at };
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
function bestWhole(typed: string, text: string): number[] | undefined {
  let found = text.indexOf(typed);
  if (found < 0) return undefined;
  for (let at = found; at >= 0; at = text.indexOf(typed, at + 1)) {
    if (beginsWord(text, at)) {
      found = at;
      break;
    }
  }
  return Array.from({ length: typed.length }, (_, index) => found + index);
}

/** Forwards to where they end first, then back from there, which draws them together. */
function scattered(typed: string, text: string): number[] | undefined {
  let end = -1;
  for (let index = 0; index < typed.length; index += 1) {
    end = text.indexOf(typed[index] ?? '', end + 1);
    if (end < 0) return undefined;
  }
  const at: number[] = [];
  let from = end;
  for (let index = typed.length - 1; index >= 0; index -= 1) {
    from = text.lastIndexOf(typed[index] ?? '', from);
    at.unshift(from);
    from -= 1;
  }
  return at;
}

function scoreOf(at: readonly number[], text: string): number {
  const span = (at.at(-1) ?? 0) - (at[0] ?? 0) + 1;
  const bonus = at.reduce((sum, place, index) => {
    const isNext = index > 0 && at[index - 1] === place - 1;
    return sum + (isNext ? TOGETHER : 0) + (beginsWord(text, place) ? BEGINS_WORD : 0);
  }, 0);
  return bonus - (span - at.length) + (span === at.length ? AS_ONE : 0);
}

function beginsWord(text: string, at: number): boolean {
  return at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1] ?? '');
}
