// Which known words a misspelt one may have meant.

const DISTANCE_MAX = 2;
const SUGGESTIONS_MAX = 3;
/** A longer word is no slip of the finger. */
const LENGTH_MAX = 40;

/** The known words that begin with this one or are at most two slips away, nearest first. */
export function nearWords(word: string, known: readonly string[]): string[] {
  if (word.length > LENGTH_MAX) return [];
  return known
    .map((candidate) => {
      const isBeginning = word.length > 1 && candidate.startsWith(word);
      return { candidate, distance: isBeginning ? 0 : slips(word, candidate) };
    })
    .filter(
      ({ candidate, distance }) => distance <= DISTANCE_MAX && distance < candidate.length - 1,
    )
    .sort((a, b) => a.distance - b.distance)
    .slice(0, SUGGESTIONS_MAX)
    .map(({ candidate }) => candidate);
}

/** Letters to add, drop, change or swap with their neighbour to come from one to the other. */
function slips(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const isSame = from[i - 1] === to[j - 1];
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row[j] = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + (isSame ? 0 : 1),
        isSwap ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = row;
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
