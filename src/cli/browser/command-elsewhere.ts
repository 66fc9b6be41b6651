// A session of another project is not gone on with from here: the directory one sits in never changes unasked. The line that does it is
// shown, and put into the clipboard where there is one.

import process from 'node:process';
import type { Answer } from '../../ui/browser-effect.ts';
import type { ListedSession } from '../../ui/browser-state.ts';
import { copyToClipboard } from '../clipboard.ts';
import { withoutHome } from '../find-program.ts';
import { RecordedOutput } from '../recorded-output.ts';
import { resumeInAgent } from '../resume-in-agent.ts';
import type { BrowserDesk } from './browser-desk.ts';

export async function commandElsewhere(desk: BrowserDesk, listed: ListedSession): Promise<Answer> {
  const { context, place } = desk;
  const output = new RecordedOutput();
  const workspace = await desk.workspace(listed);
  const wish = { session: listed.session.id, print: true, isElsewhere: true };
  await resumeInAgent(context.aside(output), workspace, wish);
  const line = output.text.trimEnd();
  const projects = withoutHome(
    [workspace.project.path, place.project.path, place.root],
    context.surroundings.home,
  );
  const isCopied = copyToClipboard(line, {
    platform: process.platform,
    variables: context.inherited,
    projects,
  });
  const where = isCopied ? ', and is in the clipboard' : '';
  return {
    type: 'told',
    notice: { tone: 'plain', text: `It is of another project: this goes on there${where}` },
    text: [line, '', ...output.warnings].join('\n'),
  };
}
