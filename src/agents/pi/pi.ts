// pi, as gsess sees an agent.

import { GsessError } from '../../errors.ts';
import type { Agent, ResumeCommand, ResumeTarget } from '../agent.ts';
import { promptArgument, type ResumeExtras } from '../resume-words.ts';
import { piConnection } from './connection.ts';
import { writeConversation } from './conversation-writer.ts';
import {
  directoryOf,
  findSession,
  idOfFile,
  isNativeId,
  listSessions,
  newSessionPath,
  resumesFrom,
} from './locate.ts';
import { NO_RESULT, writeNative } from './native-writer.ts';
import { READ_ONLY_TOOLS } from './tools.ts';
import { readTranscript } from './transcript-reader.ts';

export const pi: Agent = {
  name: 'pi',
  title: 'pi',
  capabilities: {
    events: ['start', 'prompt', 'tool', 'tool-done', 'turn', 'compact', 'end'],
    transcript: 'lines',
    hooksNeedTrust: false,
    sideFiles: false,
    registersLive: false,
    resumesAnywhere: false,
    resumesWith: ['prompt'],
    limits: [
      'It has no subagents of its own; one that an extension starts is another session, or kept nowhere.',
      'A command that the user runs with ! is told with the next event.',
      'What pi runs with --no-session is not told.',
    ],
  },
  readOnlyTools: READ_ONLY_TOOLS,
  sessions: {
    isNativeId,
    idOfFile,
    find: findSession,
    list: async (places) => listSessions(places),
    directoryOf,
    live: () => [],
    sideFiles: () => [],
    resumesFrom: (_, path, target) => resumesFrom(path, target),
    destination: newSessionPath,
    sidePlace: () => undefined,
  },
  format: {
    read: readTranscript,
    write: writeNative,
    writeSideFile: (_, { bytes }) => Buffer.from(bytes),
    takeOver: { way: 'records', write: writeConversation },
    modelTools: [],
    orphanResult: NO_RESULT,
  },
  connection: piConnection,
  commandFiles: null,
  sessionExport: null,
  resume: resumeCommand,
};

/** By its path, so that pi takes this very file, wherever the user keeps sessions. */
function resumeCommand(
  { nativeId, cwd, path }: ResumeTarget & { readonly path: string },
  extras: ResumeExtras = {},
): ResumeCommand {
  if (!isNativeId(nativeId)) {
    throw new GsessError('usage', `Not the id of a pi session: '${nativeId}'`);
  }
  return { before: [], argv: ['pi', '--session', path, ...promptArgument(extras)], cwd };
}
