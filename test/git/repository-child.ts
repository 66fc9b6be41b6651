// Makes the store at the given path, as one of several processes that do so at once.

import { createRepository } from '../../src/git/repository.ts';
import { processes } from '../support/process-table.ts';

const [directory = '', label = ''] = process.argv.slice(2);
const { config } = createRepository(directory, {
  processes,
  now: () => Date.now(),
  userId: process.getuid?.(),
  config: { 'gsess.project': label },
});
process.stdout.write(config['gsess.project'] ?? '');
