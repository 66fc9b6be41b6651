// A conversation of one agent as it is handed to another: what the user said, what the agent answered, and each call with its result, in
// the order in which they were said; and what is left behind, counted, so that nothing goes missing unsaid. Pure; what the other agent
// makes of it is in its own adapter.
//
// Carried is what the agent would go on with, before a compaction too. Left behind is what only its own model or program understands:
// thoughts, what was said in its name or the user's by the program, what was rewound, and what a subagent said.

import type { Message, Part, ToolCallPart, Transcript } from '../transcript/transcript.ts';
import { derivedHex } from './derived-id.ts';

/** Where a conversation comes from, as it is told to the other agent. */
export interface Origin {
  /** The title of the agent it was begun in. */
  readonly agent: string;
  readonly nativeId: string;
  readonly session: string;
  readonly checkpoint: string;
}

/** What was said, or done, in one go. */
export type Said =
  /** What gsess itself says of the conversation; always the first. */
  | { readonly by: 'gsess'; readonly at: number; readonly text: string }
  | {
      readonly by: 'user';
      readonly at: number;
      readonly text: string;
      readonly images: readonly CarriedImage[];
    }
  /** Text comes before calls. */
  | {
      readonly by: 'agent';
      readonly at: number;
      readonly model: string;
      readonly text: string;
      readonly calls: readonly CarriedCall[];
    };

export interface CarriedImage {
  readonly mediaType: string;
  /** In base64. */
  readonly data: string;
}

export interface CarriedCall {
  /** Made here: agents differ in what an id may be. */
  readonly id: string;
  /** In characters that every model takes. */
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Undefined for a call that nobody answered. */
  readonly result: { readonly output: string; readonly isError: boolean } | undefined;
}

/** What stays behind, each kind once. */
export interface LeftBehind {
  readonly what: LeftKind;
  readonly count: number;
}

export type LeftKind =
  | 'thought'
  | 'image'
  | 'notice'
  | 'error'
  | 'rewound'
  | 'subagent'
  | 'other'
  | 'side-file';

export interface Carried {
  readonly said: readonly Said[];
  readonly left: readonly LeftBehind[];
}

const LEFT_WORDS: Readonly<Record<LeftKind, readonly [string, string]>> = {
  thought: ['thought', 'thoughts'],
  image: ['image', 'images'],
  notice: ['notice of its program', 'notices of its program'],
  error: ['error message', 'error messages'],
  rewound: ['message that was rewound', 'messages that were rewound'],
  subagent: ['message of a subagent', 'messages of subagents'],
  other: ['piece of another kind', 'pieces of another kind'],
  'side-file': ['file beside the transcript', 'files beside the transcript'],
};

/** What stays behind in words; empty where nothing does. */
export function leftInWords(left: readonly LeftBehind[]): string {
  return left
    .map(({ what, count }) => `${count} ${LEFT_WORDS[what][count === 1 ? 0 : 1]}`)
    .join(', ');
}

export interface CarryOptions {
  /** The time of taking over, in milliseconds since 1970; nothing was said after it. */
  readonly at: number;
  /** How many files stand beside the transcript. */
  readonly sideFiles?: number;
  /** Tools that ran where the model runs, so that a transcript holds no results of them. */
  readonly modelTools?: readonly string[];
}

/** Takes a conversation over from the view of it. */
export function carriedConversation(
  transcript: Pick<Transcript, 'messages'>,
  origin: Origin,
  options: CarryOptions,
): Carried {
  const taking = new Taking(options, origin);
  for (const message of transcript.messages) taking.take(message);
  taking.leave('side-file', options.sideFiles ?? 0);
  const { said } = taking;
  const left = taking.leftBehind();
  const at = said[0]?.at ?? options.at;
  return { said: [{ by: 'gsess', at, text: originText(origin, left) }, ...said], left };
}

function originText({ agent, session, nativeId, checkpoint }: Origin, left: readonly LeftBehind[]) {
  const missing = leftInWords(left);
  return [
    `This conversation was begun in ${agent} (session ${session}, there called ${nativeId}) and goes on here`,
    `from checkpoint ${checkpoint}, as kept by gsess. What follows was said and done there; its tools may have`,
    `other names than those at hand here.${missing === '' ? '' : ` Not carried over: ${missing}.`}`,
  ].join(' ');
}

type AgentSaid = Extract<Said, { by: 'agent' }>;
type Filling<T> = { -readonly [K in keyof T]: T[K] };
type OpenCall = Filling<CarriedCall>;
type Reply = Omit<Filling<AgentSaid>, 'calls'> & { readonly calls: OpenCall[] };

class Taking {
  readonly said: Said[] = [];
  readonly #now: number;
  readonly #agent: string;
  readonly #left = new Map<LeftKind, number>();
  /** By the id that the agent gave them. It may come again, in a later reply or even in the same one. */
  readonly #open = new Map<string, { readonly reply: Message; readonly calls: OpenCall[] }>();
  readonly #modelTools: ReadonlySet<string>;
  readonly #seed: string;
  #at: number | undefined;
  #calls = 0;

  constructor({ at, modelTools = [] }: CarryOptions, { agent, nativeId }: Origin) {
    this.#now = at;
    this.#modelTools = new Set(modelTools);
    this.#agent = agent;
    this.#seed = nativeId;
  }

  take(message: Message): void {
    const skipped = skippedAs(message);
    if (skipped !== undefined) {
      this.leave(skipped, 1);
      return;
    }
    this.#at = this.#timeOf(message);
    if (message.role === 'assistant') this.#takeReply(message);
    else this.#takeOther(message);
  }

  leave(what: LeftKind, count: number): void {
    if (count > 0) this.#left.set(what, (this.#left.get(what) ?? 0) + count);
  }

  leftBehind(): LeftBehind[] {
    return [...this.#left].map(([what, count]) => ({ what, count }));
  }

  /** Never before what was said earlier, nor after now: agents order by it. */
  #timeOf({ at }: Message): number {
    const earlier = this.#at ?? 0;
    const told = at === undefined || !Number.isFinite(at) ? earlier : Math.floor(at);
    return Math.min(Math.max(told, earlier), this.#now);
  }

  /** Text after a call begins anew, behind the call's result, since no model takes it between the two. */
  #takeReply(message: Message): void {
    const { parts, model } = message;
    let reply = this.#newReply(model);
    for (const part of parts) {
      if (part.type === 'tool_call') reply.calls.push(this.#callOf(part, message));
      else if (part.type === 'text' && part.text.trim() !== '') {
        if (reply.calls.length > 0) {
          this.#add(reply);
          reply = this.#newReply(model);
        }
        reply.text = joined(reply.text, part.text);
      } else this.#takeRest(part);
    }
    this.#add(reply);
  }

  #takeOther({ parts, role }: Message): void {
    const images: CarriedImage[] = [];
    let text = '';
    for (const part of parts) {
      if (part.type === 'text' && part.text.trim() !== '') text = joined(text, part.text);
      else {
        const image = role === 'user' ? imageIn(part) : undefined;
        if (image === undefined) this.#takeRest(part);
        else images.push(image);
      }
    }
    if (text === '' && images.length === 0) return;
    this.said.push({ by: 'user', at: this.#at ?? 0, text, images });
  }

  #takeRest(part: Part): void {
    if (part.type === 'tool_result') this.#answer(part);
    else if (part.type === 'thinking') this.leave('thought', 1);
    else if (part.type === 'image' || part.type === 'other') this.leave(part.type, 1);
  }

  #answer({ callId, output, isError }: Extract<Part, { type: 'tool_result' }>): void {
    const open = this.#open.get(callId);
    const call = open?.calls.shift();
    if (call !== undefined) call.result = { output, isError };
    // One that was answered already is told again.
    else if (open === undefined && output !== '') {
      const text = `A call that is not recorded gave this:\n${output}`;
      this.said.push({ by: 'user', at: this.#at ?? 0, text, images: [] });
    }
  }

  #callOf({ id, name, input }: ToolCallPart, reply: Message): OpenCall {
    this.#calls += 1;
    const call: OpenCall = {
      id: `call_${derivedHex(`${this.#seed} ${this.#calls}`).slice(0, 24)}`,
      name: name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, TOOL_NAME_MAX) || 'tool',
      input: asObject(input),
      result: this.#modelTools.has(name) ? RAN_BY_MODEL : undefined,
    };
    if (call.result !== undefined) return call;
    const earlier = this.#open.get(id);
    if (earlier?.reply === reply) earlier.calls.push(call);
    else this.#open.set(id, { reply, calls: [call] });
    return call;
  }

  #newReply(model: string | undefined): Reply {
    return { by: 'agent', at: this.#at ?? 0, model: model ?? this.#agent, text: '', calls: [] };
  }

  #add(reply: Reply): void {
    if (reply.text !== '' || reply.calls.length > 0) this.said.push(reply);
  }
}

const TOOL_NAME_MAX = 64;
const RAN_BY_MODEL = {
  output: 'The model ran this itself; what came of it is not recorded.',
  isError: false,
};

/** Why a message is left behind as a whole; undefined for one that is carried. */
function skippedAs({ kind, role, live, sidechain }: Message): LeftKind | undefined {
  if (sidechain) return 'subagent';
  if (!live) return 'rewound';
  if (kind === 'notice' || kind === 'error') return kind;
  // Of what a program says of itself only the summary is a part of what was said.
  return role === 'system' && kind !== 'summary' ? 'notice' : undefined;
}

/** An image that every agent takes; undefined for any other, and where the transcript does not hold it. */
function imageIn(part: Part): CarriedImage | undefined {
  if (part.type !== 'image' || part.data === undefined) return undefined;
  const { mediaType = '', data } = part;
  return /^image\/(?:png|jpeg|gif|webp)$/.test(mediaType) ? { mediaType, data } : undefined;
}

function joined(before: string, text: string): string {
  return before === '' ? text : `${before}\n\n${text}`;
}

/** The tools of some agents take a text. */
function asObject(input: unknown): Readonly<Record<string, unknown>> {
  if (input === undefined || input === null) return {};
  return typeof input === 'object' && !Array.isArray(input)
    ? (input as Readonly<Record<string, unknown>>)
    : { input };
}
