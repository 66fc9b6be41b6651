// A hook that writes down what it was told, how far the transcript had come, and what the project held, and says nothing.
//
//     node recording-hook.js RECORD DIRECTORY gsess hook claude        the last words are for the settings to know it by

import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesUnder } from './world.ts';

export interface RecordedHook {
  readonly payload: Readonly<Record<string, unknown>>;
  /** The text exactly as it came. */
  readonly text: string;
  /** None where the agent had not begun the file yet. */
  readonly transcriptBytes?: number;
  /** The lengths of the files beside the transcript, by name. */
  readonly sideBytes: Readonly<Record<string, number>>;
  readonly files: Readonly<Record<string, string>>;
}

const program = fileURLToPath(import.meta.url);

/** A command that the settings take for gsess's, and that records into the file what becomes of the directory. */
export function recordingCommand(record: string, directory: string): string {
  return `${copyingCommand(record, directory)} gsess hook claude`;
}

/** The same as somebody else's hook, to stand beside ours. */
export function copyingCommand(record: string, directory: string): string {
  return [process.execPath, program, record, directory].map((word) => `'${word}'`).join(' ');
}

/** The hooks recorded so far, in order. */
export function recordedHooks(record: string): readonly RecordedHook[] {
  const lines = readFileSync(record, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as RecordedHook);
}

/** Where Claude puts what stands beside a transcript. */
export function sideDirectory(transcript: string): string {
  return transcript.replace(/\.jsonl$/, '');
}

function sizesBeside(transcript: string): Record<string, number> {
  const directory = sideDirectory(transcript);
  if (!existsSync(directory)) return {};
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  const sizes = names.map((name) => [name, statSync(join(directory, name))] as const);
  return Object.fromEntries(
    sizes.filter(([, stats]) => stats.isFile()).map(([name, stats]) => [name, stats.size]),
  );
}

function recordCall(record: string, directory: string): void {
  const text = readFileSync(0, 'utf8');
  const payload = JSON.parse(text) as Record<string, unknown>;
  const transcript = String(payload['transcript_path']);
  const size = statSync(transcript, { throwIfNoEntry: false })?.size;
  const seen: RecordedHook = {
    payload,
    text,
    ...(size === undefined ? {} : { transcriptBytes: size }),
    sideBytes: sizesBeside(transcript),
    files: filesUnder(directory),
  };
  appendFileSync(record, `${JSON.stringify(seen)}\n`);
}

const [, started, record, directory] = process.argv;
if (started === program && record !== undefined && directory !== undefined) {
  recordCall(record, directory);
}
