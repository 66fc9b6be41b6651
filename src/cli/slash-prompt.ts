// Tells a prompt that is for gsess from one that is for the agent. Agents hand over what was typed, `/gsess:chat save x`, or what
// the file of that command makes of it: `gsess /chat save x`, and below it what the agent is to do where nobody answers. A person may
// type the latter where there is no such file. Loaded at every hook.

const TYPED = /^\s*(?:\/gsess[:/-](?=[A-Za-z])|\$?gsess\s+\/(?=[A-Za-z]))/;
/** Begins what follows the line in the file of a command. */
export const BEHIND_LINE = '\n\n(The line above is for gsess';

/** The slash command in a prompt, with its slash; undefined for any other prompt. */
export function slashLineIn(prompt: string): string | undefined {
  const start = TYPED.exec(prompt)?.[0];
  if (start === undefined) return undefined;
  const end = prompt.lastIndexOf(BEHIND_LINE);
  return `/${prompt.slice(start.length, end < 0 ? undefined : end).trim()}`;
}
