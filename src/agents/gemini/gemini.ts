// Gemini CLI, as gsess sees an agent.

import { GsessError } from '../../errors.ts';
import type { Agent, ResumeCommand, ResumeTarget } from '../agent.ts';
import { familyWords, type ResumeExtras } from '../resume-words.ts';
import { geminiCommands, geminiConnection } from './connection.ts';
import { writeConversation } from './conversation-writer.ts';
import {
  directoryOf,
  findSession,
  isNativeId,
  listSessions,
  newSessionPath,
  resumesFrom,
  sideFilesOf,
  sidePlace,
} from './locate.ts';
import { NO_RESULT, writeNative } from './native-writer.ts';
import { READ_ONLY_TOOLS } from './tools.ts';
import { readTranscript } from './transcript-reader.ts';

export const gemini: Agent = {
  name: 'gemini',
  title: 'Gemini CLI',
  capabilities: {
    events: ['start', 'prompt', 'tool', 'tool-done', 'turn', 'end'],
    transcript: 'lines',
    hooksNeedTrust: false,
    sideFiles: true,
    registersLive: false,
    resumesAnywhere: false,
    resumesWith: ['prompt', 'model'],
    limits: [
      'It tells nothing when the user interrupts it; the next event shows that.',
      'It tells no id of a call; the call of a checkpoint is found by its place in the transcript.',
      'What is saved with /chat belongs to no session; such a file is imported by its path.',
    ],
  },
  readOnlyTools: READ_ONLY_TOOLS,
  sessions: {
    isNativeId,
    // The name of a session's file holds a part of its id only.
    idOfFile: () => undefined,
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
    // A subagent has an id of its own.
    writeSideFile: (_, { bytes }) => Buffer.from(bytes),
    takeOver: { way: 'records', write: writeConversation },
    modelTools: [],
    orphanResult: NO_RESULT,
  },
  connection: geminiConnection,
  commandFiles: geminiCommands,
  sessionExport: null,
  resume: resumeCommand,
};

function resumeCommand({ nativeId, cwd }: ResumeTarget, extras: ResumeExtras = {}): ResumeCommand {
  // Gemini would take a number for a place in its list, and a leading dash for a flag.
  if (!isNativeId(nativeId)) {
    throw new GsessError('usage', `Not the id of a Gemini session: '${nativeId}'`);
  }
  return { before: [], argv: ['gemini', '--resume', nativeId, ...familyWords(extras)], cwd };
}
