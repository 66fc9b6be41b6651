// The command line at the foot of the browser: the slash commands of gsess, as inside an agent. What they say is shown; what they want a
// yes for says how to give it; and one that resumes a session leaves the browser for it.

import type { Answer, Effect } from '../../ui/browser-effect.ts';
import type { Candidate } from '../../ui/browser-state.ts';
import type { Command } from '../command.ts';
import { completeWords } from '../completion.ts';
import { candidatesIn } from '../reference-candidates.ts';
import { runSlashCommand, slashText } from '../run-slash-command.ts';
import { slashCommands } from '../slash-line.ts';
import type { BrowserDesk } from './browser-desk.ts';

const CANDIDATES_MAX = 50;

export async function completeLine(
  desk: BrowserDesk,
  { line, fills }: Extract<Effect, { do: 'complete' }>,
): Promise<Answer> {
  const { COMMANDS } = await import('../commands.ts');
  const words = line.trimStart().split(/\s+/);
  const typed = words.at(-1) ?? '';
  const candidates = candidatesFor(desk, words, COMMANDS)
    .filter(({ word }) => word.startsWith(typed))
    .slice(0, CANDIDATES_MAX);
  return { type: 'completed', line, fills, candidates };
}

function candidatesFor(
  { context, place }: BrowserDesk,
  words: readonly string[],
  commands: readonly Command[],
): readonly Candidate[] {
  const { snapshots } = context.surroundings.settings;
  const offered = slashCommands(commands, { snapshots });
  const [name, ...rest] = words;
  if (rest.length === 0) {
    return offered.flatMap(({ names, command }) =>
      names.map((word) => ({ word, description: command.summary })),
    );
  }
  const command = offered.find(({ names }) => names.includes(name ?? ''))?.command;
  if (command === undefined) return [];
  const { candidates, completes } = completeWords([command.name, ...rest], commands);
  const isLookedUp = completes === 'session' || completes === 'checkpoint' || completes === 'tag';
  const found = isLookedUp ? candidatesIn(place.store, completes) : [];
  return [...candidates, ...found].map(({ word, description = '' }) => ({ word, description }));
}

export async function runLine({ context }: BrowserDesk, line: string): Promise<Answer> {
  const { COMMANDS } = await import('../commands.ts');
  const result = await runSlashCommand(line, {
    commands: COMMANDS,
    isReplaced: false,
    mayErase: false,
    contextOf: (output, session) => context.aside(output, session),
  });
  if (result.kind === 'resume') return { type: 'leave', session: result.session };
  const text = slashText(result);
  const tone = result.kind === 'failed' || result.kind === 'confirm' ? 'bad' : 'good';
  const [only = '', ...others] = text.split('\n');
  if (others.length > 0) return { type: 'told', notice: { tone, text: `/${line}` }, text };
  return { type: 'told', notice: { tone, text: only === '' ? `Done: /${line}` : only } };
}
