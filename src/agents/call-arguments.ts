// Arguments of a call come as the text that the model wrote, which need not be JSON.

/** What the text says, or the text itself; anything else as it is. */
export function callArguments(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}
