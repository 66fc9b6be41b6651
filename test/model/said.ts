// What was said in a session, as the oracle remembers it, and as Claude's own form of a conversation tells it.

/** One turn: its number, and the texts of prompts and answers in order. */
export interface Turn {
  readonly number: number;
  readonly texts: readonly string[];
}

export type Said = readonly Turn[];

export function textsOf(said: Said): string[] {
  return said.flatMap(({ texts }) => texts);
}

/** Adds to the last turn. */
export function andThen(said: Said, text: string): Said {
  const last = said.at(-1);
  if (last === undefined) throw new Error('nobody has asked anything');
  return [...said.slice(0, -1), { ...last, texts: [...last.texts, text] }];
}

/** The texts in a native transcript, calls and their results left out. */
export function textsIn(native: Buffer): string[] {
  const lines = native
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.flatMap((line) => {
    const content: unknown = JSON.parse(line).message?.content;
    if (typeof content === 'string') return [content];
    if (!Array.isArray(content)) return [];
    return content.flatMap((part: { type?: string; text?: string }) =>
      part.type === 'text' && part.text !== undefined ? [part.text] : [],
    );
  });
}
