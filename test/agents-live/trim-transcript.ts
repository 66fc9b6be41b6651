// Makes a recorded transcript fit to keep: its records keep their kinds, keys, order and ids, while scripts, the vendor's own texts and
// the recording machine's paths go. Works on parsed records, so that nothing is lost by chance.

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

export interface Replacement {
  readonly from: string;
  readonly to: string;
}

/** Of the vendor's texts, words longer than this together are replaced; a name or a date is not. */
const vendorTextMax = 24;
const vendorListMax = 2;
const vendorKeysMax = 12;
const MADE_UP = 'Made-up text in place of a longer one.';

/** Keys of records whose contents are the vendor's: prompts, tool descriptions, reminders. */
const VENDOR_KEYS = new Set(['attachment', 'rendered', 'shape', 'params', 'cacheControl']);
const SCRIPT = /\s*PLAY:\[[\s\S]*$/;
/** What Claude adds for the model to the result of a tool. */
const RESULT_NOTE = / \(file state is current[\s\S]*$/;
const SUBAGENT_REPORT = /^\[Subagent hand-back\][\s\S]*$/;

/** Trims one record of a transcript. */
export function trimRecord(record: Json, replacements: readonly Replacement[]): Json {
  if (!isObject(record)) return record;
  const isBlob = record['type'] === 'api-request-blob';
  const entries = Object.entries(record).map(([key, value]): [string, Json] => {
    const isVendors = VENDOR_KEYS.has(key) || (isBlob && key === 'message');
    return [key, trimValue(isVendors ? withoutVendorText(value) : value, replacements)];
  });
  return Object.fromEntries(entries);
}

/** Takes the script out of every text in a value, and puts made-up paths in the place of real ones. */
export function trimValue(value: Json, replacements: readonly Replacement[]): Json {
  if (typeof value === 'string') {
    const short = value
      .replace(SCRIPT, '')
      .replace(RESULT_NOTE, '')
      .replace(SUBAGENT_REPORT, 'Made-up report of a subagent.');
    return replacements.reduce((text, { from, to }) => text.replaceAll(from, to), short);
  }
  if (isList(value)) return value.map((item) => trimValue(item, replacements));
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [key, trimValue(item, replacements)]));
}

function withoutVendorText(value: Json): Json {
  if (typeof value === 'string') {
    return value.length > vendorTextMax && /\s/.test(value) ? MADE_UP : value;
  }
  if (isList(value)) return value.slice(0, vendorListMax).map(withoutVendorText);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).slice(0, vendorKeysMax);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutVendorText(item)]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
