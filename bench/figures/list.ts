// The newest 20 of 10,000 sessions with title, branch and time, against stock git listing the same branches by date without titles: as a
// library call and as a process, while nothing has moved since the last list, and right after one session has.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from '../../src/session/open-store.ts';
import { openStoreOf, type Store, sessionRef } from '../../src/session/store.ts';
import { git } from '../../test/support/git-oracle.ts';
import { addSessions, type MadeSession, putTip } from '../../test/support/many-sessions.ts';
import { type BenchUser, GSESS_PROGRAM, newBenchUser } from '../bench-user.ts';
import { interleave } from '../interleave.ts';
import { reportFigure } from '../report.ts';
import { ratioRow } from '../row.ts';
import { bareEnvironment } from '../shadow-git.ts';
import { timeProcess } from '../timed-process.ts';

const SESSIONS = 10_000;
const NEWEST = 20;
/** So long after a move, the times of a ref tell that there was none since. */
const REST_MS = 150;
const LAYOUTS = [
  { refs: 'loose', reach: 0.8 },
  { refs: 'packed', reach: 1.5 },
] as const;

await reportFigure('list', async (give) => {
  for (const { refs, reach } of LAYOUTS) {
    const user = newBenchUser(`list-${refs}`);
    const { store, sessions } = await manySessions(user);
    if (refs === 'packed') git(store.repository.directory, ['pack-refs', '--all']);
    const list = () => openStoreOf(store.project, user.surroundings)?.newestSessions(NEWEST);
    const afterAList = {
      prepare: async () => {
        await pause(REST_MS);
        list();
      },
    };
    const { peer, call, whole, moved } = await interleave({
      peer: { run: () => timePeer(store) },
      call: { ...afterAList, run: list },
      whole: { ...afterAList, run: () => timeList(user, store) },
      moved: {
        prepare: (round) => moveOne(store, sessions[round], round),
        run: () => timeList(user, store),
      },
    });
    const against = { figure: 'list', unit: 'ms' as const, peer: peer.median };
    const row = (what: string, gsess: number, most: number) =>
      give(ratioRow({ ...against, what: `${what}, refs ${refs}`, gsess }, most));
    row('newest 20 of 10,000, library call', call.median, 0.05);
    row('newest 20 of 10,000, process', whole.median, reach);
    row('the same right after a move', moved.median, reach);
  }
});

async function manySessions(user: BenchUser) {
  const project = join(user.home, 'project');
  mkdirSync(project);
  const store = await openStore(project, user.surroundings);
  return { store, sessions: addSessions(store, SESSIONS) };
}

function timePeer({ repository }: Store): number {
  return timeProcess({
    command: 'git',
    args: ['for-each-ref', '--sort=-committerdate', `--count=${NEWEST}`, 'refs/heads/'],
    cwd: repository.directory,
    env: bareEnvironment(),
  });
}

function timeList({ environment }: BenchUser, { project }: Store): number {
  const args = [GSESS_PROGRAM, 'list', '-n', String(NEWEST)];
  return timeProcess({ command: process.execPath, args, cwd: project.path, env: environment });
}

/** As a checkpoint moves it: durably, by the rules of git. */
async function moveOne(store: Store, session: MadeSession | undefined, round: number) {
  if (session === undefined) throw new Error('There are fewer sessions than rounds');
  const { id, tip } = session;
  const batch = store.batch();
  const value = putTip(store, batch, { id, at: Date.now(), title: `moved in round ${round}` });
  batch.flush();
  await store.refs.update([{ name: sessionRef(id), value, expect: tip }], 'bench');
}
