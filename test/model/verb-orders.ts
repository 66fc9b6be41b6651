// Every two verbs that undo knows, one after the other, both taken back, put again and taken back: what chance brings together too seldom
// (an import that is renamed, a delete after a tag) is looked at in every order there is.

import type { ModelWorld } from './model-world.ts';
import { withWorld } from './with-world.ts';
import { fork, importOne, otherSessions, remove, rename, tag, undo, untag } from './world-refs.ts';
import { endTurn, prompt, restore, resume, useTool } from './world-verbs.ts';

type Verb = (world: ModelWorld) => Promise<void>;

const forkOf = (intoDirectory: boolean) => (world: ModelWorld) =>
  fork(world, { name: undefined, number: 0, intoDirectory });

/** Sessions in the order in which they came: the own one, then the imported one, then what a verb before this one made. */
const VERBS: Readonly<Record<string, Verb>> = {
  'restore both': (world) => restore(world, { back: firstEnd(world), ...BOTH }),
  'restore files': (world) => restore(world, { back: 4, ...BOTH, conversation: false }),
  'restore the conversation': (world) =>
    restore(world, { back: firstEnd(world), ...BOTH, files: false }),
  tag: (world) => tag(world, 'good', 2),
  untag: (world) => untag(world, 0),
  'rename the session': (world) => rename(world, 'flags', 0),
  'rename the newest session': (world) => rename(world, 'caf\u00e9', world.names.size - 1),
  fork: forkOf(false),
  'fork into a directory': forkOf(true),
  import: importOne,
  delete: (world) => remove(world, otherSessions(world).length - 1),
  'talk on': async (world) => {
    await prompt(world);
    world.edit({ do: 'append', path: 'a', text: 'more' });
    await endTurn(world);
  },
  resume: async (world) => {
    await resume(world);
    await prompt(world);
    await endTurn(world);
  },
};

const BOTH = { files: true, conversation: true };

function firstEnd({ moments, endings }: ModelWorld): number {
  const [first] = endings.keys();
  return moments.length - 1 - moments.findIndex(({ id }) => id === first);
}

const THERE_AND_BACK = ['undo', 'undo', 'redo', 'redo', 'undo', 'undo'] as const;

/** Two turns with changes by the agent and by hand, two tags, two other sessions. */
async function begin(world: ModelWorld): Promise<void> {
  for (const text of ['one', 'two']) {
    await prompt(world);
    await useTool(world, [{ do: 'write', path: 'a', text }]);
    await endTurn(world);
    world.edit({ do: 'write', path: `d/${text}`, text });
  }
  for (const name of ['Good', 'gut & sch\u00f6n']) await tag(world, name, 1);
  for (let count = 0; count < 2; count += 1) await importOne(world);
}

export interface OrdersOutcome {
  readonly orders: number;
  /** Of each order after which gsess and the oracle differ: the verbs, and how. */
  readonly failures: readonly string[];
}

export async function runVerbOrders(): Promise<OrdersOutcome> {
  const failures: string[] = [];
  const orders = Object.keys(VERBS).flatMap((first) =>
    Object.keys(VERBS).map((second) => [first, second]),
  );
  for (const order of orders) {
    try {
      await withWorld(false, async (world) => {
        await begin(world);
        for (const name of order) await VERBS[name]?.(world);
        for (const direction of THERE_AND_BACK) await undo(world, direction, false);
      });
    } catch (error) {
      const told = error instanceof Error ? error.stack : String(error);
      failures.push(`${[...order, ...THERE_AND_BACK].join(', ')}: ${told}`);
    }
  }
  return { orders: orders.length, failures };
}
