// Makes a store and two checkpoints in the directory it is given.

import { startSession } from '../support/session-driver.ts';

const session = await startSession(process.argv[2] ?? '');
session.write('a.txt', 'one\n');
session.write('deep/b.txt', 'b\n');
await session.prompt('make it');
await session.tool('Write', { file_path: 'a.txt' }, () => session.write('a.txt', 'two\n'));
