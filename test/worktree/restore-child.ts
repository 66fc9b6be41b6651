// Carries out the plan in a file, and is killed just before a given call that changes the file system.
//     node restore-child.js DIRECTORY STORE PLAN CALL

import { readFileSync } from 'node:fs';
import { ObjectStore } from '../../src/git/object-store.ts';
import { applyRestore } from '../../src/worktree/restore.ts';
import { killAtCall } from '../support/kill-at-call.ts';

const [, , root = '', store = '', planPath = '', call = '0'] = process.argv;
const plan = JSON.parse(readFileSync(planPath, 'utf8'));
if (call !== '0') killAtCall(Number(call));
const report = await applyRestore({ root, objects: new ObjectStore(store), plan });
process.stdout.write(JSON.stringify(report));
