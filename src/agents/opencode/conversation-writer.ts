// Writes what was said in another agent as a session of opencode, in the form that its import takes: a reply holds its calls with their
// results. opencode orders by the ids, which begin with a time that comes round every two years; so all are made just before now.

import type { ConversationRequest } from '../agent.ts';
import type { CarriedCall, Said } from '../carried-conversation.ts';
import { derivedHex } from '../derived-id.ts';

/** opencode takes no message without a model; of one that it does not have it takes the user's own instead. */
const NO_MODEL = { providerID: 'gsess', modelID: 'another-agent' };

export function writeConversation(request: ConversationRequest): Buffer {
  const { said, nativeId, cwd, at } = request;
  const created = said[0]?.at ?? at;
  const info = {
    id: nativeId,
    slug: 'gsess',
    projectID: 'global',
    directory: cwd,
    title: titleOf(said),
    version: '0.0.0',
    time: { created, updated: created },
  };
  const ids = idMaker(request);
  let parentID = '';
  const messages = said.map((one) => {
    const id = ids('msg');
    if (one.by !== 'agent') parentID = id;
    const common = { id, sessionID: nativeId };
    const parts = partsOf(one).map((part) => ({
      id: ids('prt'),
      sessionID: nativeId,
      messageID: id,
      ...part,
    }));
    return { info: { ...common, ...infoOf(one, { parentID, cwd }) }, parts };
  });
  const text = messages.map((message) => JSON.stringify(message)).join(',\n');
  return Buffer.from(`{"info":${JSON.stringify(info)},"messages":[\n${text}\n]}\n`, 'utf8');
}

/** Ids in the order of their making, all of them from before `at`. */
function idMaker({ nativeId, at, said }: ConversationRequest): (prefix: string) => string {
  const pieces = said.reduce((sum, one) => sum + 2 + partsOf(one).length, 0);
  let time = BigInt(at) * 0x1000n - BigInt(pieces);
  return (prefix) => {
    time += 1n;
    const hex = BigInt.asUintN(48, time).toString(16).padStart(12, '0');
    return `${prefix}_${hex}${derivedHex(`${nativeId} ${time}`).slice(0, 14)}`;
  };
}

function titleOf(said: readonly Said[]): string {
  const asked = said.find(({ by }) => by === 'user')?.text ?? '';
  const line = asked.trim().split('\n')[0] ?? '';
  return [...line].slice(0, 80).join('') || 'From another agent';
}

function infoOf(
  said: Said,
  { parentID, cwd }: { readonly parentID: string; readonly cwd: string },
): object {
  const { at } = said;
  if (said.by !== 'agent') {
    return { role: 'user', time: { created: at }, agent: 'build', model: NO_MODEL };
  }
  return {
    parentID,
    role: 'assistant',
    mode: 'build',
    agent: 'build',
    path: { cwd, root: cwd },
    cost: 0,
    tokens: { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } },
    modelID: said.model,
    providerID: 'gsess',
    time: { created: at, completed: at },
    finish: said.calls.length > 0 ? 'tool-calls' : 'stop',
  };
}

function partsOf(said: Said): object[] {
  const { text } = said;
  const words = text === '' ? [] : [{ type: 'text', text }];
  if (said.by === 'gsess') return [{ type: 'text', text, synthetic: true }];
  if (said.by === 'agent') return [...words, ...said.calls.map((call) => callPart(call, said.at))];
  const images = said.images.map(({ mediaType, data }) => ({
    type: 'file',
    mime: mediaType,
    url: `data:${mediaType};base64,${data}`,
  }));
  return [...words, ...images];
}

function callPart({ id, name, input, result }: CarriedCall, at: number): object {
  const call = { type: 'tool', callID: id, tool: name };
  const time = { start: at, end: at };
  if (result === undefined) return { ...call, state: { status: 'running', input, time } };
  const { output, isError } = result;
  if (isError) return { ...call, state: { status: 'error', input, error: output, time } };
  const state = { status: 'completed', input, output, title: name, metadata: {}, time };
  return { ...call, state };
}
