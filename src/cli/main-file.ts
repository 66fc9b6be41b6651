// The file that starts this gsess: bundled or not, it lies beside whatever of it runs.

import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const MAIN_FILE = fileURLToPath(
  new URL(`./main${extname(import.meta.url)}`, import.meta.url),
);
