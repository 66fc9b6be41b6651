// Reads git's configuration files as git does, without looking anywhere else: an `include.path` is an entry like any other, and
// whether to follow it is the caller's decision. Also writes the small files of our own stores.

import { GsessError } from '../errors.ts';

export interface ConfigEntry {
  /** In lower case; '' for keys before the first section. */
  readonly section: string;
  /** As written, for it is case-sensitive; '' if there is none. */
  readonly subsection: string;
  /** In lower case. */
  readonly key: string;
  /** 'true' for a key without a value. */
  readonly value: string;
}

const BLANK = /[ \t\r\n]/;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  b: '\b',
  '"': '"',
  '\\': '\\',
};

/** All entries in their order; of several with one name, git takes the last. Throws `settings-invalid` where git would refuse. */
export function parseGitConfig(text: string): ConfigEntry[] {
  return new ConfigReader(text).entries();
}

/** The value that counts for `section.key` or `section.subsection.key`; section and key in lower case. */
export function configValue(entries: readonly ConfigEntry[], name: string): string | undefined {
  return entries.findLast((entry) => configName(entry) === name)?.value;
}

/** The full name of an entry, as `git config --list` prints it. */
export function configName({ section, subsection, key }: ConfigEntry): string {
  return [section, subsection, key].filter((part) => part !== '').join('.');
}

/** Writes entries so that git and `parseGitConfig` read the same ones back. */
export function formatGitConfig(entries: readonly ConfigEntry[]): string {
  let text = '';
  let header = '';
  for (const { section, subsection, key, value } of entries) {
    const next = subsection === '' ? `[${section}]\n` : `[${section} ${quote(subsection)}]\n`;
    if (next !== header) text += next;
    header = next;
    text += `\t${key} = ${quote(value)}\n`;
  }
  return text;
}

function quote(text: string): string {
  if (text.includes('\0')) {
    throw new GsessError('usage', 'cannot write a setting that holds NUL');
  }
  if (/^[\w./:-]+$/.test(text)) return text;
  const escaped = text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

class ConfigReader {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  }

  entries(): ConfigEntry[] {
    const entries: ConfigEntry[] = [];
    // Git takes keys before the first section, and so names without one.
    let section = { section: '', subsection: '' };
    for (let char = this.#next(); char !== undefined; char = this.#next()) {
      if (BLANK.test(char)) continue;
      if (char === '#' || char === ';') this.#skipLine();
      else if (char === '[') section = this.#sectionHeader();
      else if (/[A-Za-z]/.test(char)) {
        entries.push({ ...section, key: this.#key(char), value: this.#value() });
      } else throw this.#invalid();
    }
    return entries;
  }

  #next(): string | undefined {
    const char = this.#text[this.#at];
    this.#at += 1;
    if (char === '\n') this.#line += 1;
    return char;
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end === -1 ? this.#text.length : end;
  }

  #take(pattern: RegExp): string {
    const start = this.#at;
    while (pattern.test(this.#peek() ?? '')) this.#at += 1;
    return this.#text.slice(start, this.#at);
  }

  #sectionHeader(): { section: string; subsection: string } {
    const name = this.#take(/[A-Za-z0-9.-]/).toLowerCase();
    const blank = this.#take(/[ \t]/);
    const char = this.#next();
    if (char === ']' && blank === '' && name !== '') {
      const dot = name.indexOf('.');
      if (dot === -1) return { section: name, subsection: '' };
      return { section: name.slice(0, dot), subsection: name.slice(dot + 1) };
    }
    if (char !== '"' || blank === '' || name === '') throw this.#invalid();
    let subsection = '';
    for (let inside = this.#next(); inside !== '"'; inside = this.#next()) {
      const literal = inside === '\\' ? this.#next() : inside;
      if (literal === undefined || literal === '\n') throw this.#invalid();
      subsection += literal;
    }
    if (this.#next() !== ']') throw this.#invalid();
    return { section: name, subsection };
  }

  #key(first: string): string {
    return (first + this.#take(/[A-Za-z0-9-]/)).toLowerCase();
  }

  #value(): string {
    this.#take(/[ \t]/);
    const char = this.#next();
    if (char === undefined || char === '\n') return 'true';
    if (char !== '=') throw this.#invalid();
    let value = '';
    let blanks = '';
    let quoted = false;
    for (let next = this.#next(); next !== undefined && next !== '\n'; next = this.#next()) {
      if (!quoted && BLANK.test(next)) {
        if (value !== '') blanks += next;
      } else if (!quoted && (next === '#' || next === ';')) {
        this.#skipLine();
      } else {
        value += blanks;
        blanks = '';
        if (next === '"') quoted = !quoted;
        else value += next === '\\' ? this.#escape() : next;
      }
    }
    if (quoted) throw this.#invalid();
    return value;
  }

  /** A backslash at the end of a line joins it to the next. */
  #escape(): string {
    const char = this.#next();
    if (char === '\n') return '';
    const meaning = char === undefined ? undefined : ESCAPES[char];
    if (meaning === undefined) throw this.#invalid();
    return meaning;
  }

  #invalid(): GsessError {
    const line = this.#line;
    return new GsessError(
      'settings-invalid',
      `cannot read the git configuration: line ${line} is invalid`,
      { data: { line } },
    );
  }
}
