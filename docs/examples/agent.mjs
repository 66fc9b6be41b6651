#!/usr/bin/env node
// A small coding agent, complete but for a pretty screen. All that it knows of sessions is gsess's: the lines marked `session`, and the
// functions between the two rules. It speaks Anthropic's Messages with whatever answers at MODEL_URL.
//
//     MODEL_URL=… node agent.mjs [--continue | --resume [REF]] [--no-session-persistence]

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { openStore } from 'gsess';

const args = process.argv.slice(2);
const { MODEL_URL, MODEL = 'a-model', API_KEY = '' } = process.env;
const persist = !args.includes('--no-session-persistence');
const store = await openStore({ directory: '.', agent: 'example', persist, onWarning: say }); // session
let session = store.create({ state: { model: MODEL } }); // session

const terminal = createInterface({ input: process.stdin });
const lines = terminal[Symbol.asyncIterator]();

function say(text) {
  process.stdout.write(`${text}\n`);
}

/** The next line that the user types; undefined at the end. */
async function ask(question) {
  process.stdout.write(question);
  return (await lines.next()).value;
}

async function agrees(question) {
  return /^y/i.test((await ask(`${question} [y/N] `)) ?? '');
}

// The tools.

const path = { type: 'string', description: 'relative to the project' };
const TOOLS = [
  {
    name: 'read_file',
    description: 'Read a text file',
    input_schema: { type: 'object', properties: { path }, required: ['path'] },
    run: (input) => readFile(resolve(input.path), 'utf8'),
  },
  {
    name: 'write_file',
    description: 'Write a text file',
    input_schema: {
      type: 'object',
      properties: { path, content: { type: 'string' } },
      required: ['path', 'content'],
    },
    run: async (input) => {
      await mkdir(dirname(resolve(input.path)), { recursive: true });
      await writeFile(resolve(input.path), input.content);
      return 'written';
    },
  },
];

// The loop.

async function complete(messages) {
  const response = await fetch(`${MODEL_URL}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': API_KEY },
    body: JSON.stringify({
      model: MODEL,
      max_tokens: 4096,
      tools: TOOLS.map(({ run, ...tool }) => tool),
      messages,
    }),
  });
  if (!response.ok) throw new Error(`The model says ${response.status}`);
  const { role, content } = await response.json();
  return { role, content };
}

function resultOf(id, content, isError = false) {
  const result = { type: 'tool_result', tool_use_id: id, content, is_error: isError };
  return { role: 'user', content: [result] };
}

async function run({ callId, name, input }) {
  await session.checkpoint({ callId, name, input }); // session
  say(`* ${name} ${input.path}`);
  try {
    const tool = TOOLS.find((one) => one.name === name);
    return resultOf(callId, await tool.run(input));
  } catch (error) {
    return resultOf(callId, String(error), true);
  }
}

/** Goes on until the model has nothing more to do. */
async function goOn() {
  for (;;) {
    const reply = await complete(session.messages);
    session.append(reply); // session
    for (const { type, text } of reply.content) if (type === 'text') say(text);
    const calls = reply.content.filter(({ type }) => type === 'tool_use');
    for (const { id, name, input } of calls) {
      session.append(await run({ callId: id, name, input })); // session
    }
    if (calls.length === 0) return;
  }
}

// ---- sessions

/** Runs a line that begins with a slash; what is to be asked is asked here. */
async function command(line) {
  const result = await store.runSlashCommand(line);
  if (result.text !== '') say(result.text.trimEnd());
  if (result.kind === 'confirm' && (await agrees(result.question))) return command(result.yes);
  if (result.kind === 'choose') {
    const chosen = await ask('Which? ');
    return chosen ? command(`${line} ${chosen}`) : undefined;
  }
  if (result.kind === 'resumed') await take(result.resumed, line.startsWith('/restore'));
}

/** The conversation is another one from here on. */
async function take({ recorder, orphans, call }, mayRetry) {
  await session.close();
  session = recorder;
  for (const { name } of orphans) say(`${name} was cut off; it may have run or not.`);
  if (call === null || !mayRetry) return;
  const again = await agrees(`Run ${call.name} ${call.input.path} again?`);
  session.append(again ? await run(call) : resultOf(call.callId, 'The user skipped it.', true));
  if (again) await goOn();
}

// ---- end of sessions

async function answer(line) {
  if (line.startsWith('/')) return await command(line); // session
  session.append({ role: 'user', content: line }); // session
  await goOn();
}

const asked = args.indexOf('--resume');
if (args.includes('--continue')) await command('/continue latest'); // session
if (asked >= 0) await command(`/resume ${args[asked + 1] ?? ''}`); // session
for (let line = await ask('> '); line !== undefined && line !== '/quit'; line = await ask('> ')) {
  try {
    await answer(line);
  } catch (error) {
    say(error.hint ? `${error.message}. ${error.hint}` : String(error));
  }
}
terminal.close();
await store.close(); // session
