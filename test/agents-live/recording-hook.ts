// A hook that writes down what it was told, how far the transcript had come, and what the project held, and says nothing.
//
//     node recording-hook.js RECORD DIRECTORY

import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { filesUnder } from './world.ts';

export interface RecordedHook {
  readonly payload: Readonly<Record<string, unknown>>;
  /** The text exactly as it came. */
  readonly text: string;
  /** None where the agent had not begun the file yet. */
  readonly transcriptBytes: number | undefined;
  readonly files: Readonly<Record<string, string>>;
  readonly agentPid: string | undefined;
}

/** The hooks recorded so far, in order. */
export function recordedHooks(path: string): readonly RecordedHook[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as RecordedHook);
}

function sizeOf(path: unknown): number | undefined {
  return typeof path === 'string' ? statSync(path, { throwIfNoEntry: false })?.size : undefined;
}

const [, program, record, directory] = process.argv;
if (program?.endsWith('recording-hook.js') && record !== undefined && directory !== undefined) {
  const text = readFileSync(0, 'utf8');
  const payload = JSON.parse(text) as Record<string, unknown>;
  const seen: RecordedHook = {
    payload,
    text,
    transcriptBytes: sizeOf(payload['transcript_path']),
    files: filesUnder(directory),
    agentPid: process.env['CLAUDE_PID'],
  };
  appendFileSync(record, `${JSON.stringify(seen)}\n`);
}
