// The text of a settings file. It keeps its byte order mark, so that writing it gives the same bytes.

import { GsessError } from '../errors.ts';

/** Throws `settings-invalid` for bytes that are not UTF-8, since they would not survive. */
export function decodeSettings(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new GsessError('settings-invalid', 'the settings are not UTF-8 text', {
      hint: 'Save the file as UTF-8; nothing was changed.',
      cause,
    });
  }
}
