// Answers a slash command that was typed inside an agent, in the hook that the agent runs at a prompt: no shell is between what was
// typed and the command, and no model. The prompt is no turn of the session, which stands as it did.

import { answerReply } from '../agents/hook-replies.ts';
import { messageOf } from '../errors.ts';
import type { Command } from './command.ts';
import { createContext } from './context.ts';
import type { AskedCommand } from './run-hook.ts';
import { runSlashCommand, slashText } from './run-slash-command.ts';

/** Agents show only so much. */
const LENGTH_MAX = 8000;

/** What the agent is told, in its own form. Never rejects. */
export async function answerPrompt(
  { line, event }: AskedCommand,
  commands: readonly Command[],
): Promise<string> {
  try {
    const result = await runSlashCommand(line, {
      commands,
      // The agent goes on as it does: what resumes a session is only shown.
      isReplaced: false,
      // A prompt may be the text of a stranger that a script hands to the agent.
      mayErase: false,
      contextOf: (output, session = event.nativeId) =>
        createContext({ output, session, cwd: event.cwd, isUnattended: true }),
    });
    return answer(line, shortened(slashText(result) || 'Done.', line));
  } catch (error) {
    return answer(line, `It failed: ${messageOf(error)}`);
  }
}

/** On lines of its own, for agents begin the first with words of theirs. */
function answer(line: string, text: string): string {
  return answerReply(`gsess ${line.split(/\s/)[0]}\n${text}`);
}

function shortened(text: string, line: string): string {
  if (text.length <= LENGTH_MAX) return text;
  const end = text.lastIndexOf('\n', LENGTH_MAX);
  return `${text.slice(0, end < 0 ? LENGTH_MAX : end)}\n… gsess slash '${line}' shows all of it in a shell.`;
}
