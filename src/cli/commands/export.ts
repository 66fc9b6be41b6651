// gsess export: hands a conversation out, in its agent's own form or in one that is the same for all agents.

import { resolve } from 'node:path';
import { GsessError, isSystemError } from '../../errors.ts';
import { createDurably, writeDurably } from '../../git/durable-file.ts';
import { redactValue } from '../../transcript/redact.ts';
import { bytesText, countText } from '../../ui/human-units.ts';
import { safeJson } from '../../ui/safe-text.ts';
import { catchUpSession } from '../catch-up-session.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { nativeBytesOf, readTranscriptOf } from '../read-conversation-of.ts';
import { READING_OPTIONS, readingOf } from '../reading-options.ts';
import { messageJson, sessionJson } from '../session-json.ts';
import { openWorkspace, type Subject, type Workspace } from '../workspace.ts';

const FORMATS = ['native', 'jsonl', 'json'] as const;
type Format = (typeof FORMATS)[number];

export const exportCommand = defineCommand({
  name: 'export',
  summary: 'write a conversation to the standard output or a file',
  details: `The native form is the agent's own: of a session that was captured or imported it is the agent's file byte for
    byte; of one that goes on from an earlier checkpoint, what 'gsess resume' would hand to the agent.
    jsonl is one message a line and json one object, the same for all agents; docs/json.md tells
    what is in them. A checkpoint in place of a session ends the conversation there.

    --redact replaces what looks like a key, a token or a password in jsonl and json, and says how often it did.
    It goes by their form, so look at the file before you hand it on.`,
  positionals: {
    ref: { description: 'the session, or where to end', completes: 'checkpoint' },
  },
  options: {
    ...READING_OPTIONS,
    format: { type: 'string', choices: FORMATS, description: 'native unless told' },
    output: {
      type: 'string',
      alias: 'o',
      placeholder: 'FILE',
      description: 'write to a new file, whole or not at all',
      completes: 'file',
    },
    force: { type: 'boolean', description: 'replace the file if it is there' },
    redact: { type: 'boolean', description: 'replace what looks like a secret' },
    'native-id': {
      type: 'string',
      placeholder: 'ID',
      description: 'which transcript of the session, by the id its agent gave it',
    },
  },
  examples: [
    {
      command: 'gsess export 1 --format native --output session.jsonl',
      description: "write the newest session's transcript to a file",
    },
    { command: 'gsess export @2 --format json', description: 'print it up to the second turn' },
  ],
  run: async (context, args) => {
    const { output } = context;
    const isJsonPrinted = output.json && args.output === undefined;
    const format = (args.format as Format | undefined) ?? (isJsonPrinted ? 'json' : 'native');
    if (isJsonPrinted && format !== 'json') {
      throw new GsessError('usage', `--json cannot print the form '${format}'`, {
        hint: 'Give --output, or leave --json out.',
      });
    }
    if (args.redact && format === 'native') {
      throw new GsessError(
        'usage',
        'The native form is not redacted: its agent could not read it',
        {
          hint: `Take '--format json' or '--format jsonl'.`,
        },
      );
    }
    const workspace = await openWorkspace(context);
    const how = { changes: false, reading: readingOf(args) };
    const named = workspace.subject(args.ref, how);
    const subject = await upToDate(context, workspace, named);
    const native = nativeBytesOf(workspace, subject, args['native-id']);
    const { bytes, redacted } =
      format === 'native'
        ? { bytes: native, redacted: 0 }
        : normalised(workspace, { subject, native, format, redact: args.redact });
    if (args.redact) output.note(`Redacted in ${countText(redacted, 'place')}.`);
    if (args.output === undefined) return output.raw(bytes);
    const path = resolve(context.cwd, args.output);
    writeFile(path, bytes, args.force);
    await output.result({ path, format, bytes: bytes.length, redacted }, () => {
      output.note(`Wrote ${bytesText(bytes.length)} to '${path}'.`);
      return '';
    });
  },
});

/** What the agent wrote since its last event belongs to the end of a session, not to a checkpoint of it. */
async function upToDate(
  context: Context,
  workspace: Workspace,
  subject: Subject,
): Promise<Subject> {
  if (!subject.isSession) return subject;
  const session = await catchUpSession(context, workspace, subject.session);
  return { ...subject, session, checkpoint: workspace.store.checkpoint(session.tip) };
}

function normalised(
  workspace: Workspace,
  wanted: {
    readonly subject: Subject;
    readonly native: Buffer;
    readonly format: 'jsonl' | 'json';
    readonly redact: boolean;
  },
): { readonly bytes: Buffer; readonly redacted: number } {
  const { session } = wanted.subject;
  const { turns, messages: said } = readTranscriptOf(workspace, session.agent, wanted.native);
  const whole = { session: sessionJson(session), turns, messages: said.map(messageJson) };
  const { value, count } = wanted.redact ? redactValue(whole) : { value: whole, count: 0 };
  const text =
    wanted.format === 'json'
      ? `${safeJson(value)}\n`
      : value.messages.map((message) => `${safeJson(message, 0)}\n`).join('');
  return { bytes: Buffer.from(text, 'utf8'), redacted: count };
}

function writeFile(path: string, bytes: Buffer, force: boolean): void {
  try {
    if (force) writeDurably(path, bytes);
    else createDurably(path, bytes);
  } catch (cause) {
    if (isSystemError(cause, 'EEXIST')) {
      throw new GsessError('guard', `'${path}' is there already`, {
        hint: 'Take another name, or replace it with --force.',
        data: { path },
        cause,
      });
    }
    throw new GsessError('io-failed', `Cannot write '${path}'`, { cause });
  }
}
