// What a command of gsess is: a declaration, from which the parser, the help, the man pages and the completion are made, and the
// function that runs it. Nothing about a command is written down twice.

import type { Context } from './context.ts';

/** What the shell offers for a word: things of this project, or files. */
export type Completes =
  | 'session'
  | 'checkpoint'
  | 'tag'
  | 'help'
  | 'slash-command'
  | 'directory'
  | 'file';

export interface Positional {
  readonly description: string;
  readonly required?: boolean;
  /** Takes all words that are left; only the last one may. */
  readonly variadic?: boolean;
  readonly choices?: readonly string[];
  readonly completes?: Completes;
}

export interface Option {
  /** A boolean takes no value; an array may be given several times. */
  readonly type: 'boolean' | 'string' | 'number' | 'array';
  readonly description: string;
  /** One letter. */
  readonly alias?: string;
  /** What stands for the value in help, in capitals. */
  readonly placeholder?: string;
  readonly choices?: readonly string[];
  /** Of a boolean: what may follow it behind an equals sign, to say more than yes. */
  readonly values?: readonly string[];
  readonly completes?: Completes;
  /** Accepted, but shown nowhere. */
  readonly hidden?: boolean;
}

/** Words that are handed on untouched, flags among them. */
export interface Rest {
  readonly placeholder: string;
  readonly description: string;
  /** `verb`: everything after the command's name. `dashes`: everything after `--`. */
  readonly after: 'verb' | 'dashes';
}

export interface Example {
  readonly command: string;
  readonly description: string;
}

/** How a command is called inside an agent: as `/name`, with what follows it on the line. */
export interface SlashForm {
  /** What else it is called there. */
  readonly aliases?: readonly string[];
  /** The line that is meant where nothing follows the name. */
  readonly bare?: string;
  /** All that follows the name is one word, blanks, dashes and quotes in it. */
  readonly takesRest?: boolean;
  /** What it does takes the place of the conversation that is going on, where the caller lets it. */
  readonly replaces?: boolean;
  /** It is there only while files are snapshotted. */
  readonly needsSnapshots?: boolean;
}

/** A key that runs the command in the browser. */
export interface BrowserKey {
  readonly view: 'sessions' | 'moments';
  readonly key: string;
  /** What it does, in a word or two. */
  readonly label: string;
  /** The option that it is given with. */
  readonly option?: string;
}

export type Positionals = Readonly<Record<string, Positional>>;
export type Options = Readonly<Record<string, Option>>;

type PositionalValue<P extends Positional> = P extends { variadic: true }
  ? readonly string[]
  : P extends { required: true }
    ? string
    : string | undefined;

type OptionValue<O extends Option> = {
  boolean: O extends { values: readonly (infer V)[] } ? boolean | V : boolean;
  string: string | undefined;
  number: number | undefined;
  array: readonly string[];
}[O['type']];

/** What `run` is given: each positional and each option under its own name, and `rest`. */
export type Arguments<P extends Positionals, O extends Options> = {
  readonly [K in keyof P]: PositionalValue<P[K]>;
} & { readonly [K in keyof O]: OptionValue<O[K]> } & { readonly rest: readonly string[] };

interface Declaration<P extends Positionals, O extends Options> {
  readonly name: string;
  /** One line in the imperative, without a full stop. */
  readonly summary: string;
  /** Paragraphs, separated by an empty line. */
  readonly details?: string;
  /** In the order in which they are given. */
  readonly positionals?: P;
  readonly options?: O;
  readonly rest?: Rest;
  readonly examples?: readonly Example[];
  /** Left out where it is no slash command. */
  readonly slash?: SlashForm;
  readonly keys?: readonly BrowserKey[];
  /** Left out of the overview and of completion; it has help and a man page all the same. */
  readonly hidden?: boolean;
  /** Throws `GsessError` on failure; sets `context.exitStatus` where the outcome is neither. */
  run(context: Context, args: Arguments<P, O>): Promise<void>;
}

/** A command as the table holds it. */
export type Command = Omit<Declaration<Positionals, Options>, 'run'> & {
  // `never`, because only the parser calls it, with what the declaration asks for.
  run(context: Context, args: never): Promise<void>;
};

/** Declares a command; the arguments of `run` get their types from the declaration. */
export function defineCommand<
  const P extends Positionals = Record<never, never>,
  const O extends Options = Record<never, never>,
>(declaration: Declaration<P, O>): Command {
  return declaration;
}

/** The flags that every command takes. */
export const GLOBAL_OPTIONS = {
  json: { type: 'boolean', description: 'print one JSON value instead of text' },
  session: {
    type: 'string',
    placeholder: 'REF',
    description: 'the session that is meant where none is named',
    completes: 'session',
  },
  'no-color': { type: 'boolean', description: 'print without colours' },
  help: { type: 'boolean', alias: 'h', description: 'print the help of the command' },
} as const satisfies Options;
