// What the model is to do, written into the prompt itself: the last line is `PLAY:` and a list of steps in JSON. Because the whole
// conversation comes with every request, the server needs no memory: the step to play is the number of replies since the prompt.

export type Step =
  /** Ends the turn. */
  | ({ readonly say: string } & Manner)
  | ({ readonly write: string; readonly content: string } & Manner)
  | ({ readonly edit: string; readonly old: string; readonly new: string } & Manner)
  | ({ readonly read: string } & Manner)
  | ({ readonly run: string } & Manner)
  /** A subagent with a script of its own, waited for unless it is to run in the background. */
  | ({
      readonly agent: readonly Step[];
      readonly asked: string;
      readonly background?: true;
    } & Manner)
  | ({ readonly tool: string; readonly input: object } & Manner);

export interface Manner {
  /** Text before a tool call. */
  readonly text?: string;
  readonly think?: string;
  /** How long the model takes before it answers. */
  readonly delayMs?: number;
}

/** One reply: a step, or several tool calls at once. */
export type Reply = Step | readonly Step[];

export interface ToolCall {
  readonly name: string;
  readonly input: object;
}

const MARK = 'PLAY:';
const SCRIPT_LINE = /^PLAY:(\[.*\])\s*$/m;

/** A prompt that makes the model do this. */
export function scriptedPrompt(text: string, script: readonly Reply[]): string {
  return `${text}\n\n${MARK}${JSON.stringify(script)}`;
}

/** The script in a prompt, if there is one. */
export function scriptIn(prompt: string): readonly Reply[] | undefined {
  const line = SCRIPT_LINE.exec(prompt)?.[1];
  return line === undefined ? undefined : (JSON.parse(line) as readonly Reply[]);
}

/** The prompt as a person would have typed it. */
export function withoutScript(prompt: string): string {
  return prompt.replace(SCRIPT_LINE, '').trimEnd();
}

/** A shell command that makes a file and runs until that is gone again, so it cannot outlive its scenario. */
export function runWhile(file: string): Step {
  return { run: `touch ${file}; while [ -e ${file} ]; do sleep 0.1; done` };
}

/** The script with every path made absolute, for the tools insist on it. */
export function resolvePaths(
  script: readonly Reply[],
  resolve: (path: string) => string,
): readonly Reply[] {
  const one = (step: Step): Step => {
    if ('write' in step) return { ...step, write: resolve(step.write) };
    if ('edit' in step) return { ...step, edit: resolve(step.edit) };
    if ('read' in step) return { ...step, read: resolve(step.read) };
    if ('agent' in step) return { ...step, agent: step.agent.map(one) };
    return step;
  };
  return script.map((reply) => (isSeveral(reply) ? reply.map(one) : one(reply)));
}

export function isSeveral(reply: Reply): reply is readonly Step[] {
  return Array.isArray(reply);
}

/** The tool call of a step, in Claude's names; none for a step that only says something. */
export function toolCallOf(step: Step): ToolCall | undefined {
  if ('say' in step) return undefined;
  if ('write' in step) {
    return { name: 'Write', input: { file_path: step.write, content: step.content } };
  }
  if ('edit' in step) {
    const input = { file_path: step.edit, old_string: step.old, new_string: step.new };
    return { name: 'Edit', input };
  }
  if ('read' in step) return { name: 'Read', input: { file_path: step.read } };
  if ('run' in step) return { name: 'Bash', input: { command: step.run } };
  if ('agent' in step) return { name: 'Agent', input: agentInput(step) };
  return { name: step.tool, input: step.input };
}

function agentInput(step: Extract<Step, { agent: unknown }>): object {
  return {
    description: step.asked,
    prompt: scriptedPrompt(step.asked, step.agent),
    subagent_type: 'general-purpose',
    run_in_background: step.background === true,
  };
}
