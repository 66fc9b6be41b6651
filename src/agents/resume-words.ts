// The words that agents take when they are resumed, in the few ways in which they take them.

/** What an agent may be started with besides; one that does not take it leaves it away, as its capabilities declare. */
export interface ResumeExtras {
  /** What is said to it first. */
  readonly prompt?: string | undefined;
  readonly model?: string | undefined;
  readonly permissionMode?: string | undefined;
}

/** As the last argument; one that begins with a dash is kept from being read as a flag. */
export function promptArgument({ prompt }: ResumeExtras): readonly string[] {
  if (prompt === undefined) return [];
  return prompt.startsWith('-') ? ['--', prompt] : [prompt];
}

/** Of Gemini CLI and those that come from it. */
export function familyWords({ prompt, model }: ResumeExtras): readonly string[] {
  return [...flagged('--model', model), ...flagged('--prompt-interactive', prompt)];
}

/** The flag with its value in one word, so that no value reads as a flag. */
export function flagged(flag: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [`${flag}=${value}`];
}
