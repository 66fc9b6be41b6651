// A world of its own for one run of the model, looked at by stock git at its end.

import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { ModelWorld } from './model-world.ts';
import { checkWithGit } from './world-checks.ts';

/** Disks are slow at what makes a checkpoint durable, which is not in question here. */
const MEMORY = '/dev/shm';
const MOMENTS_SEEN_BY_GIT = 3;

export function withWorld(
  isAged: boolean,
  use: (world: ModelWorld) => Promise<void>,
): Promise<void> {
  const within = existsSync(MEMORY) ? MEMORY : tmpdir();
  return withTemporaryDirectory(
    async (directory) => {
      const world = await ModelWorld.begin(directory, isAged);
      try {
        await use(world);
        if (world.moments.length > 0) checkWithGit(world, MOMENTS_SEEN_BY_GIT);
      } finally {
        world.close();
      }
    },
    { within },
  );
}
