// Qwen Code, as gsess sees an agent.

import { GsessError } from '../../errors.ts';
import type { Agent, ResumeCommand, ResumeTarget } from '../agent.ts';
import { familyWords, type ResumeExtras } from '../resume-words.ts';
import { qwenCommands, qwenConnection } from './connection.ts';
import { writeConversation } from './conversation-writer.ts';
import {
  directoryOf,
  findSession,
  idOfFile,
  isNativeId,
  listSessions,
  newSessionPath,
  resumesFrom,
  sideFilesOf,
  sidePlace,
} from './locate.ts';
import { NO_RESULT, writeNative, writeNativeSideFile } from './native-writer.ts';
import { READ_ONLY_TOOLS } from './tools.ts';
import { readTranscript } from './transcript-reader.ts';

export const qwen: Agent = {
  name: 'qwen',
  title: 'Qwen Code',
  capabilities: {
    events: ['start', 'prompt', 'tool', 'tool-done', 'turn', 'subagent', 'compact', 'end'],
    transcript: 'lines',
    hooksNeedTrust: false,
    sideFiles: true,
    registersLive: false,
    resumesAnywhere: false,
    resumesWith: ['prompt', 'model'],
    limits: [
      'It tells nothing when the user interrupts it; the next event shows that.',
      'A prompt of nothing but an image is told like its own requests, and begins no turn.',
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
    destination: newSessionPath,
    sidePlace,
  },
  format: {
    read: readTranscript,
    write: writeNative,
    writeSideFile: writeNativeSideFile,
    takeOver: { way: 'records', write: writeConversation },
    modelTools: [],
    orphanResult: NO_RESULT,
  },
  connection: qwenConnection,
  commandFiles: qwenCommands,
  sessionExport: null,
  resume: resumeCommand,
};

function resumeCommand({ nativeId, cwd }: ResumeTarget, extras: ResumeExtras = {}): ResumeCommand {
  if (!isNativeId(nativeId)) {
    throw new GsessError('usage', `Not the id of a Qwen session: '${nativeId}'`);
  }
  return { before: [], argv: ['qwen', '--resume', nativeId, ...familyWords(extras)], cwd };
}
