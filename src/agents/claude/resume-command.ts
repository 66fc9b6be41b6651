// The command that brings a Claude Code session back.

import { GsessError } from '../../errors.ts';
import type { ResumeCommand, ResumeTarget } from '../agent.ts';
import { flagged, promptArgument, type ResumeExtras } from '../resume-words.ts';
import { isNativeId } from './locate.ts';

/** Gives the command that resumes a native session where it belongs. */
export function resumeCommand(session: ResumeTarget, extras: ResumeExtras = {}): ResumeCommand {
  // Claude would take anything else for a search term or a path, and a leading dash for a flag.
  if (!isNativeId(session.nativeId)) {
    throw new GsessError('usage', `Not the id of a Claude session: '${session.nativeId}'`);
  }
  const { model, permissionMode } = extras;
  const words = [...flagged('--model', model), ...flagged('--permission-mode', permissionMode)];
  const argv = ['claude', '--resume', session.nativeId, ...words, ...promptArgument(extras)];
  return { before: [], argv, cwd: session.cwd };
}
