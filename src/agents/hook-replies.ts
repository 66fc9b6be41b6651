// What agents take from the standard output of a hook, in the one form that those which take something have in common. What an agent
// takes is declared by its hook side; what gsess says by it is decided in `cli`. Loaded at every hook.

/** What of a hook's output an agent takes. */
export interface HookReplies {
  /** The event at which context for the model is taken, and its name there; null where there is none. */
  readonly context: { readonly at: 'start' | 'first-prompt'; readonly event: string } | null;
  /** What a person types in front of the name of a slash command; null where a hook cannot answer a prompt in the model's place. */
  readonly slashPrefix: string | null;
}

export const NO_REPLIES: HookReplies = { context: null, slashPrefix: null };

/** Adds a line to what the model knows. */
export function contextReply(event: string, text: string): string {
  return JSON.stringify({ hookSpecificOutput: { hookEventName: event, additionalContext: text } });
}

/** Answers a prompt: the person sees the text, the model sees neither. */
export function answerReply(text: string): string {
  return JSON.stringify({ decision: 'block', reason: text });
}
