// Codex, as gsess sees an agent.

import { GsessError } from '../../errors.ts';
import type { Agent, ResumeCommand, ResumeTarget } from '../agent.ts';
import { flagged, promptArgument, type ResumeExtras } from '../resume-words.ts';
import { codexCommands, codexConnection } from './connection.ts';
import { writeConversation } from './conversation-writer.ts';
import {
  directoryOf,
  findSession,
  idOfFile,
  isNativeId,
  listSessions,
  newRolloutPath,
  resumesFrom,
  sideFilesOf,
  sidePlace,
} from './locate.ts';
import { ABORTED, writeNative } from './native-writer.ts';
import { READ_ONLY_TOOLS } from './tools.ts';
import { readTranscript } from './transcript-reader.ts';

export const codex: Agent = {
  name: 'codex',
  title: 'Codex',
  capabilities: {
    events: ['start', 'prompt', 'tool', 'tool-done', 'turn', 'subagent', 'compact'],
    transcript: 'lines',
    hooksNeedTrust: true,
    sideFiles: true,
    registersLive: false,
    resumesAnywhere: true,
    resumesWith: ['prompt', 'model'],
    limits: [
      'It tells nothing when the user interrupts it or when it ends; the next event shows that.',
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
    sideFiles: sideFilesOf,
    resumesFrom,
    destination: newRolloutPath,
    sidePlace,
  },
  format: {
    read: readTranscript,
    write: writeNative,
    // They stay threads of their own.
    writeSideFile: (_, { bytes }) => Buffer.from(bytes),
    takeOver: { way: 'records', write: writeConversation },
    modelTools: ['web_search', 'image_generation'],
    orphanResult: ABORTED,
  },
  connection: codexConnection,
  commandFiles: codexCommands,
  sessionExport: null,
  resume: resumeCommand,
};

function resumeCommand({ nativeId, cwd }: ResumeTarget, extras: ResumeExtras = {}): ResumeCommand {
  // Codex would take anything else for a session's name, and a leading dash for a flag.
  if (!isNativeId(nativeId)) {
    throw new GsessError('usage', `Not the id of a Codex session: '${nativeId}'`);
  }
  const words = [...flagged('--model', extras.model), nativeId, ...promptArgument(extras)];
  return { before: [], argv: ['codex', 'resume', ...words], cwd };
}
