// What a command says, kept instead of printed, for a caller that shows it in a place of its own.

import { safeColouredLines, safeText } from '../ui/safe-text.ts';
import { Output } from './output.ts';
import { SILENT } from './silent-output.ts';

export class RecordedOutput extends Output {
  /** The outcome, as `--json` would print it; undefined where there was none. */
  data: unknown;
  text = '';
  readonly notes: string[] = [];
  readonly warnings: string[] = [];

  constructor() {
    super(SILENT);
  }

  override async result(value: unknown, text: () => string): Promise<void> {
    this.data = value;
    const safe = safeColouredLines(text());
    this.text += safe === '' || safe.endsWith('\n') ? safe : `${safe}\n`;
  }

  override async line(_value: unknown, text: string): Promise<void> {
    this.text += `${safeText(text)}\n`;
  }

  override async raw(bytes: Uint8Array): Promise<void> {
    this.text += safeColouredLines(Buffer.from(bytes).toString());
  }

  override note(text: string): void {
    this.notes.push(safeColouredLines(text));
  }

  override warn(text: string): void {
    this.warnings.push(safeText(text));
  }
}
