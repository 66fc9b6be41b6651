// The files by which agents offer the slash commands of gsess: one line that the hook of gsess answers, and below it what the model is to
// do where no hook runs. Nothing in them is run by a shell, for what a person types stands in that line as it is. Text to text; a file
// is known as ours by a mark that holds a hash of the rest, so that one that was changed by hand is nobody's but its owner's.

import { createHash } from 'node:crypto';
import type { CommandFiles } from './agent.ts';
import { shellQuote } from './shell-line.ts';

export interface OfferedCommand {
  readonly name: string;
  readonly summary: string;
  /** What follows the name, such as `[ref]`; may be empty. */
  readonly words: string;
}

export interface CommandFile {
  /** Below the directory of the commands, '/'-separated. */
  readonly name: string;
  readonly text: string;
}

/** How the files are written. */
export interface OfferedBy {
  readonly files: Pick<CommandFiles, 'form' | 'argumentsWord' | 'fields'>;
  /** The words of `gsess slash` on a command line. */
  readonly slashCommand: readonly string[];
  /** Begins what stands below the line; see slash-prompt.ts. */
  readonly behindLine: string;
}

const UNKNOWN_HASH = '00000000';
const MARK = /^# Made by gsess ([0-9a-f]{8}): /m;

/** The files that offer these commands. */
export function commandFiles(commands: readonly OfferedCommand[], by: OfferedBy): CommandFile[] {
  switch (by.files.form) {
    case 'markdown':
      return commands.map((command) => ({
        name: `${command.name}.md`,
        text: marked(markdown(command, by)),
      }));
    case 'toml':
      return commands.map((command) => ({
        name: `${command.name}.toml`,
        text: marked(toml(command, by)),
      }));
    case 'skill':
      return [
        { name: 'SKILL.md', text: marked(skill(commands, by)) },
        { name: 'agents/openai.yaml', text: marked(SKILL_POLICY) },
      ];
  }
}

/** True for a file that some gsess wrote and nobody changed. */
export function isOurFile(text: string): boolean {
  const hash = MARK.exec(text)?.[1];
  return hash !== undefined && marked(text.replace(hash, UNKNOWN_HASH)) === text;
}

const MARK_LINE = `# Made by gsess ${UNKNOWN_HASH}: 'gsess connect' writes it anew unless it was changed, and '--remove' takes it away.`;

function marked(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, UNKNOWN_HASH.length);
  return text.replace(UNKNOWN_HASH, hash);
}

function markdown({ name, summary, words }: OfferedCommand, by: OfferedBy): string {
  const { fields, argumentsWord } = by.files;
  return [
    '---',
    MARK_LINE,
    `description: ${JSON.stringify(`gsess: ${summary}`)}`,
    ...(words === '' ? [] : [`argument-hint: ${JSON.stringify(words)}`]),
    ...fields,
    '---',
    `gsess /${name} ${argumentsWord}${behindLine(by)}`,
    '',
  ].join('\n');
}

function toml({ name, summary }: OfferedCommand, by: OfferedBy): string {
  const prompt = `gsess /${name} ${by.files.argumentsWord}${behindLine(by)}\n`;
  return [
    MARK_LINE,
    `description = ${JSON.stringify(`gsess: ${summary}`)}`,
    `prompt = ${JSON.stringify(prompt)}`,
    '',
  ].join('\n');
}

function skill(commands: readonly OfferedCommand[], by: OfferedBy): string {
  return [
    '---',
    MARK_LINE,
    'name: gsess',
    'description: "Only where the user types $gsess: goes back in this session, and resumes others."',
    '---',
    'A prompt that begins with `$gsess /` and a name is for gsess, whose hook answers it:',
    '',
    ...commands.map(
      ({ name, words, summary }) => `- \`${`$gsess /${name} ${words}`.trim()}\`: ${summary}`,
    ),
    behindLine(by),
    '',
  ].join('\n');
}

const SKILL_POLICY = `${MARK_LINE}
interface:
  display_name: "gsess"
  short_description: "Go back in this session, or resume another"
policy:
  allow_implicit_invocation: false
`;

function behindLine({ behindLine: beginning, slashCommand }: OfferedBy): string {
  const command = slashCommand.map(shellQuote).join(' ');
  return `${beginning}, whose hook answers it. If you read this, no hook ran. Then run the command
below with that line, from its slash on, as its one argument, in single quotes with every single quote
in it escaped; show what it prints and do nothing else.)

    ${command}`;
}
