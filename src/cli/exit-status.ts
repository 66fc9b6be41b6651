// What the exit status says, in words; shown by help and the man pages. Which error leads to which is told in `errors.ts`.

export const EXIT_STATUSES: readonly (readonly [number, string])[] = [
  [0, 'done'],
  [1, 'failed'],
  [2, 'wrong usage, an ambiguous reference, or something that needs a confirmation'],
  [3, 'not found'],
  [4, 'the session is live, or another gsess is at work'],
  [5, 'files changed meanwhile; what was left alone is listed'],
  [130, 'interrupted'],
];

export const INTERRUPTED_STATUS = 130;
