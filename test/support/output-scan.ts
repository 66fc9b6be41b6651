// Looks at every byte that gsess printed. Nothing in it may act on a terminal: no control character but line feed and tab, no
// character that turns or hides text, and nothing that is not UTF-8 (a lone byte of C1 acts on some terminals). On a terminal the
// colours and the progress line of gsess are the only sequences.

import { isUtf8 } from 'node:buffer';

/** Made of signs that act or do not show; the two variation selectors choose between the forms of a sign. */
const ACTS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\p{Cf}]|(?![\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
const OURS = /\x1b\[(?:1|2|7|22|27|31|32|33|36|39)m|\r\x1b\[2K/g;

/** What is wrong with the output; undefined if nothing is. */
export function hostileOutput(
  bytes: Uint8Array,
  { terminal = false }: { readonly terminal?: boolean } = {},
): string | undefined {
  if (!isUtf8(bytes)) return 'bytes that are not UTF-8';
  const text = Buffer.from(bytes).toString();
  const rest = terminal ? text.replace(OURS, '').replaceAll('\r\n', '\n') : text;
  const at = rest.search(ACTS);
  return at < 0 ? undefined : JSON.stringify(rest.slice(Math.max(0, at - 40), at + 40));
}

/** Throws unless the output is inert; `what` names the run. */
export function assertInert(
  what: string,
  outputs: Readonly<Record<string, Uint8Array>>,
  options?: { readonly terminal?: boolean },
): void {
  for (const [name, bytes] of Object.entries(outputs)) {
    const fault = hostileOutput(bytes, options);
    if (fault !== undefined) throw new Error(`${what} printed on ${name}: ${fault}`);
  }
}
