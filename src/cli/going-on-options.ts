// The flags of the two commands that go on with a session, declared once, and what they ask for as one value.

import { GsessError } from '../errors.ts';
import type { Reading } from '../session/reference.ts';
import { parseSessionId, type SessionId } from '../session/session-id.ts';
import type { Arguments, Options } from './command.ts';
import { READING_OPTIONS, readingOf } from './reading-options.ts';
import type { RecordingFlags } from './run-recording.ts';

export const GOING_ON_OPTIONS = {
  ...READING_OPTIONS,
  at: {
    type: 'string',
    placeholder: 'CHECKPOINT',
    description: "an earlier checkpoint of the session: '@2', a commit, or the id of a message",
    completes: 'checkpoint',
  },
  fork: { type: 'boolean', description: 'go on in a new session, and leave this one as it is' },
  'session-id': {
    type: 'string',
    placeholder: 'UUID',
    description: 'with --fork: the id of the new session',
  },
  'session-name': {
    type: 'string',
    placeholder: 'NAME',
    description: 'name the session, with --fork the new one',
  },
  'from-pr': {
    type: 'string',
    placeholder: 'PR',
    description: 'the session that worked on this pull request: its number or its address',
  },
  prompt: {
    type: 'string',
    placeholder: 'TEXT',
    description: 'what to say to the agent first',
  },
  model: { type: 'string', placeholder: 'MODEL', description: 'the model to go on with' },
  'permission-mode': {
    type: 'string',
    placeholder: 'MODE',
    description: 'the permission mode to go on in',
  },
  'resume-interrupted': {
    type: 'boolean',
    description: 'say a prompt again that nothing came back to',
  },
  print: { type: 'boolean', alias: 'p', description: 'print the command instead of running it' },
  yes: { type: 'boolean', alias: 'y', description: 'do not ask before a conversation is replaced' },
  'no-session-persistence': {
    type: 'boolean',
    description: 'record nothing of what the agent does from here on',
  },
  checkpointing: { type: 'boolean', description: 'capture files too, whatever is set' },
  'no-checkpointing': { type: 'boolean', description: 'capture the conversation alone' },
  'no-clipboard': { type: 'boolean', description: 'do not copy a command to the clipboard' },
} as const satisfies Options;

export interface GoingOn {
  /** The agent to go on in, where that is another than the session's. */
  readonly agent: string | undefined;
  /** Undefined for the latest session, or the one that `--session` says. */
  readonly reference: string | undefined;
  readonly reading: Reading | undefined;
  readonly at: string | undefined;
  readonly fromPr: string | undefined;
  /** A transcript file that tells the session. */
  readonly file: string | undefined;
  readonly fork: boolean;
  readonly sessionId: SessionId | undefined;
  readonly sessionName: string | undefined;
  readonly prompt: string | undefined;
  readonly model: string | undefined;
  readonly permissionMode: string | undefined;
  readonly repeatsPrompt: boolean;
  readonly print: boolean;
  readonly yes: boolean;
  readonly usesClipboard: boolean;
  readonly recording: RecordingFlags;
}

type Given = Arguments<Record<never, never>, typeof GOING_ON_OPTIONS> & {
  readonly ref: string | undefined;
  readonly file?: string | undefined;
  readonly agent?: string | undefined;
};

/** Throws `usage` or `guard` for flags that do not go together. */
export function goingOnOf({ ref, file, agent, ...flags }: Given): GoingOn {
  const fromPr = flags['from-pr'];
  const sessionId = flags['session-id'];
  const ways = [ref, file, fromPr].filter((way) => way !== undefined);
  if (ways.length > 1) {
    throw new GsessError('usage', 'A reference, --file and --from-pr exclude each other');
  }
  if (sessionId !== undefined && !flags.fork) {
    throw new GsessError('guard', '--session-id requires --fork', {
      hint: 'The id of a session stays what it is.',
    });
  }
  return {
    agent,
    reference: ref,
    reading: readingOf(flags),
    at: flags.at,
    fromPr,
    file,
    fork: flags.fork,
    sessionId: sessionId === undefined ? undefined : parseSessionId(sessionId.toLowerCase()),
    sessionName: flags['session-name'],
    prompt: flags.prompt,
    model: flags.model,
    permissionMode: flags['permission-mode'],
    repeatsPrompt: flags['resume-interrupted'],
    print: flags.print,
    yes: flags.yes,
    usesClipboard: !flags['no-clipboard'],
    recording: {
      'no-session-persistence': flags['no-session-persistence'],
      checkpointing: flags.checkpointing,
      'no-checkpointing': flags['no-checkpointing'],
    },
  };
}
