// Takes what looks like a secret out of a text that is handed on: keys and tokens by the form their makers gave them, and values that stand
// behind a name such as `password`. A guess by form alone: it misses what has none, and may take what is no secret. What is kept is
// never redacted.

export const REDACTED = '[redacted]';

interface Rule {
  readonly form: RegExp;
  /** The group that stands before the secret and stays. */
  readonly keeps?: true;
}

const NAMES =
  'pass(?:word|wd|phrase)|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?';
const NAMED = new RegExp(`(?:${NAMES})$`, 'i');

const RULES: readonly Rule[] = [
  { form: /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g },
  // Amazon, GitHub, GitLab, npm, Slack, OpenAI and Anthropic, Google, Stripe; web tokens.
  { form: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { form: /\b(?:gh[opsru]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|npm_\w{30,})/g },
  { form: /\b(?:xox[a-z]-[\w-]{10,}|sk-[\w-]{20,}|AIza[\w-]{35}|[rs]k_live_\w{16,})/g },
  { form: /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/g },
  { form: /(\b(?:Bearer|Basic)\s+)[\w.~+/=-]{16,}/gi, keeps: true },
  { form: /(:\/\/[^\s:/@]{1,100}:)[^\s:/@]{1,200}(?=@)/g, keeps: true },
  // In quotes whatever it is; without, what has letters and digits, since most code only talks of passwords.
  {
    form: new RegExp(`((?:${NAMES})["']?\\s{0,3}[:=]\\s{0,3}(["'\`]))[^"'\`\\n]{4,}(?=\\2)`, 'gi'),
    keeps: true,
  },
  {
    form: new RegExp(
      `((?:${NAMES})\\s{0,3}[:=]\\s{0,3})(?=[^\\s,;]{0,60}\\d)[\\w.~+/=-]{8,}`,
      'gi',
    ),
    keeps: true,
  },
];

export interface Redaction<T> {
  readonly value: T;
  /** How many places were redacted. */
  readonly count: number;
}

export function redactText(text: string): Redaction<string> {
  let count = 0;
  let value = text;
  for (const { form, keeps } of RULES) {
    value = value.replace(form, (found: string, before: unknown) => {
      const kept = keeps === true ? String(before) : '';
      if (found.slice(kept.length) === REDACTED) return found;
      count += 1;
      return `${kept}${REDACTED}`;
    });
  }
  return { value, count };
}

/** Every text in a JSON value; where the name of a field says that it is a secret, whatever text it is. */
export function redactValue<T>(value: T): Redaction<T> {
  let count = 0;
  const redacted = (one: unknown, name = ''): unknown => {
    if (typeof one === 'string') {
      if (NAMED.test(name) && one !== '') {
        count += 1;
        return REDACTED;
      }
      const found = redactText(one);
      count += found.count;
      return found.value;
    }
    if (Array.isArray(one)) return one.map((element) => redacted(element, name));
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([key, field]) => [key, redacted(field, key)]),
    );
  };
  const whole = redacted(value) as T;
  return { value: whole, count };
}
