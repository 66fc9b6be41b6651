// Which part of something long is on the screen, and where the cursor in it goes.

export interface Window {
  readonly cursor: number;
  readonly top: number;
}

/** The cursor where there is something, and the window around it. */
export function clampWindow(
  { cursor, top }: Window,
  { count, height }: { readonly count: number; readonly height: number },
): Window {
  const at = Math.max(0, Math.min(cursor, count - 1));
  const lowest = Math.max(0, count - height);
  const above = Math.min(top, at, lowest);
  return { cursor: at, top: Math.max(0, above, at - height + 1) };
}

/** How far a key moves; undefined for a key that does not. */
export function movedBy(key: string, height: number): number | undefined {
  switch (key) {
    case 'up':
    case 'ctrl+p':
      return -1;
    case 'down':
    case 'ctrl+n':
      return 1;
    case 'pageup':
      return 1 - height;
    case 'pagedown':
      return height - 1;
    case 'home':
      return Number.NEGATIVE_INFINITY;
    case 'end':
      return Number.POSITIVE_INFINITY;
    default:
      return undefined;
  }
}
