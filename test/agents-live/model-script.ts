// What the model is to do, written into the prompt itself, at its end: `PLAY:` and a list of steps in JSON. Because the whole
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
}

/** One reply: a step, or several tool calls at once. */
export type Reply = Step | readonly Step[];

export interface ToolCall {
  readonly name: string;
  /** A text for a tool that takes no structure. */
  readonly input: object | string;
}

/** The tools by which one agent does what a script says. */
export interface Toolset {
  write(path: string, content: string): ToolCall;
  edit(path: string, old: string, replacement: string): ToolCall;
  read(path: string): ToolCall;
  run(command: string): ToolCall;
  agent(step: Extract<Step, { agent: unknown }>): ToolCall;
}

const MARK = 'PLAY:';
const SCRIPT = /\bPLAY:(\[.*\])\s*$/m;

/** A prompt that makes the model do this. */
export function scriptedPrompt(text: string, script: readonly Reply[]): string {
  return `${text}\n\n${MARK}${JSON.stringify(script)}`;
}

/** The script in a prompt, if there is one. */
export function scriptIn(prompt: string): readonly Reply[] | undefined {
  const line = SCRIPT.exec(prompt)?.[1];
  return line === undefined ? undefined : (JSON.parse(line) as readonly Reply[]);
}

/** The prompt as a person would have typed it. */
export function withoutScript(prompt: string): string {
  return prompt.replace(SCRIPT, '').trimEnd();
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

/** The tool call of a step; none for a step that only says something. */
export function toolCallOf(step: Step, tools: Toolset): ToolCall | undefined {
  if ('say' in step) return undefined;
  if ('write' in step) return tools.write(step.write, step.content);
  if ('edit' in step) return tools.edit(step.edit, step.old, step.new);
  if ('read' in step) return tools.read(step.read);
  if ('run' in step) return tools.run(step.run);
  if ('agent' in step) return tools.agent(step);
  return { name: step.tool, input: step.input };
}

export const claudeTools: Toolset = {
  write: (path, content) => ({ name: 'Write', input: { file_path: path, content } }),
  edit: (path, old, replacement) => ({
    name: 'Edit',
    input: { file_path: path, old_string: old, new_string: replacement },
  }),
  read: (path) => ({ name: 'Read', input: { file_path: path } }),
  run: (command) => ({ name: 'Bash', input: { command } }),
  agent: ({ asked, agent, background }) => ({
    name: 'Agent',
    input: {
      description: asked,
      prompt: scriptedPrompt(asked, agent),
      subagent_type: 'general-purpose',
      run_in_background: background === true,
    },
  }),
};

/** Gemini's tools and, but for the one that edits, Qwen's. */
const familyTools: Omit<Toolset, 'edit'> = {
  write: (path, content) => ({ name: 'write_file', input: { file_path: path, content } }),
  read: (path) => ({ name: 'read_file', input: { file_path: path } }),
  run: (command) => ({ name: 'run_shell_command', input: { command } }),
  agent: ({ asked, agent }) => ({
    name: 'invoke_agent',
    input: { agent_name: 'generalist', prompt: scriptedPrompt(asked, agent) },
  }),
};

export const geminiTools: Toolset = {
  ...familyTools,
  edit: (path, old, replacement) => ({
    name: 'replace',
    input: { file_path: path, instruction: 'edit', old_string: old, new_string: replacement },
  }),
};

export const qwenTools: Toolset = {
  ...familyTools,
  edit: (path, old, replacement) => ({
    name: 'edit',
    input: { file_path: path, old_string: old, new_string: replacement },
  }),
  agent: ({ asked, agent }) => ({
    name: 'agent',
    input: {
      description: asked,
      prompt: scriptedPrompt(asked, agent),
      subagent_type: 'general-purpose',
      run_in_background: false,
    },
  }),
};

export const nanocoderTools: Toolset = {
  write: (path, content) => ({ name: 'write_file', input: { path, content } }),
  edit: (path, old, replacement) => ({
    name: 'string_replace',
    input: { path, old_str: old, new_str: replacement },
  }),
  read: (path) => ({ name: 'read_file', input: { path } }),
  run: (command) => ({ name: 'execute_bash', input: { command } }),
  agent: ({ asked, agent }) => ({
    name: 'agent',
    input: { subagent_type: 'general', description: scriptedPrompt(asked, agent) },
  }),
};

export const codexTools: Toolset = {
  write: (path, content) => patch('Add', path, prefixed('+', content)),
  edit: (path, old, replacement) =>
    patch('Update', path, `@@\n${prefixed('-', old)}${prefixed('+', replacement)}`),
  read: (path) => ({ name: 'view_image', input: { path } }),
  run: (command) => ({ name: 'exec_command', input: { cmd: command } }),
  agent: ({ asked, agent }) => ({
    name: 'collaboration.spawn_agent',
    input: { task_name: 'helper', message: scriptedPrompt(asked, agent) },
  }),
};

export const opencodeTools: Toolset = {
  write: (filePath, content) => ({ name: 'write', input: { filePath, content } }),
  edit: (filePath, oldString, newString) => ({
    name: 'edit',
    input: { filePath, oldString, newString },
  }),
  read: (filePath) => ({ name: 'read', input: { filePath } }),
  run: (command) => ({ name: 'bash', input: { command, description: 'Runs it' } }),
  agent: ({ asked, agent }) => ({
    name: 'task',
    input: {
      description: asked,
      prompt: scriptedPrompt(asked, agent),
      subagent_type: 'general',
    },
  }),
};

export const piTools: Toolset = {
  write: (path, content) => ({ name: 'write', input: { path, content } }),
  edit: (path, old, replacement) => ({
    name: 'edit',
    input: { path, edits: [{ oldText: old, newText: replacement }] },
  }),
  read: (path) => ({ name: 'read', input: { path } }),
  run: (command) => ({ name: 'bash', input: { command } }),
  agent: ({ asked }) => ({ name: 'agent', input: { asked } }),
};

function patch(verb: 'Add' | 'Update', path: string, lines: string): ToolCall {
  const input = `*** Begin Patch\n*** ${verb} File: ${path}\n${lines}*** End Patch\n`;
  return { name: 'apply_patch', input };
}

function prefixed(sign: string, text: string): string {
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.map((line) => `${sign}${line}\n`).join('');
}
