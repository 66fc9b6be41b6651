// The few colours of gsess, named for what they say. Without colour each leaves its text as it is.

export const ESCAPE = '\u001b';

export interface Paint {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly accent: (text: string) => string;
  /** The row that the cursor is on. */
  readonly picked: (text: string) => string;
}

/** Returns colours, or functions that change nothing. */
export function createPaint(isColoured: boolean): Paint {
  const colour = (on: number, off: number) => (text: string) =>
    isColoured && text !== '' ? `${ESCAPE}[${on}m${text}${ESCAPE}[${off}m` : text;
  return {
    strong: colour(1, 22),
    faint: colour(2, 22),
    good: colour(32, 39),
    bad: colour(31, 39),
    warning: colour(33, 39),
    accent: colour(36, 39),
    picked: colour(7, 27),
  };
}
