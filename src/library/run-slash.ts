// Slash commands for an agent: those of the command line, from its table, with two of them done here, since nobody but the agent itself
// can take up its sessions. The command line is loaded with the first of them.

import { GsessError } from '../errors.ts';
import { type ProjectHandle, saveOpen, surroundingsFor } from './project-handle.ts';
import { recoverSpools } from './recover-spools.ts';
import type { CallOptions, Resumed, ResumeOptions, SlashResult } from './session-store.ts';
import { takeUp } from './take-up.ts';

export async function runSlash<Message extends object>(
  handle: ProjectHandle,
  line: string,
  options: CallOptions = {},
): Promise<SlashResult<Message>> {
  await saveOpen(handle);
  await recoverSpools(handle, options);
  const { runEmbeddedSlash } = await import('../cli/embedded-slash.ts');
  const taken: Resumed<Message>[] = [];
  const take = async (reference: string, how?: ResumeOptions<Message>) => {
    const resumed = await takeUp<Message>(handle, reference, { ...options, ...how });
    if (resumed === null) throw new GsessError('not-found', `Nothing is called '${reference}'`);
    taken.push(resumed);
    return resumed.session;
  };
  const { result, text } = await runEmbeddedSlash(line, {
    surroundings: surroundingsFor(handle, options),
    directory: handle.directory,
    session: handle.open.at(-1)?.id,
    takeUp: (reference, { fork }) => take(reference ?? 'latest', { fork }),
  });
  const { kind, data } = result;
  if (kind === 'reload' || kind === 'pending-call') {
    await take(result.session, { pending: kind === 'pending-call' ? 'keep' : 'repair' });
  }
  const said = { text, data };
  const [resumed] = taken;
  if (resumed !== undefined) return { ...said, kind: 'resumed', resumed };
  if (kind === 'failed') return { ...said, kind, error: result.error };
  if (kind === 'confirm') {
    return { ...said, text: '', kind, question: result.question, yes: result.yes };
  }
  return { ...said, kind: kind === 'choose' ? 'choose' : 'done' };
}
