// What may happen, one thing after the other, as fast-check draws it and as a failure is told: each command is one readable line.
// Choices are numbers that are taken modulo what there is, so that a command means something wherever shrinking puts it.

import fc from 'fast-check';
import type { ModelWorld } from './model-world.ts';
import { type Edit, IGNORE_LINES, NAMES, RARE_NAMES } from './tree-edits.ts';
import {
  collect,
  fork,
  importOne,
  otherSessions,
  remove,
  rename,
  tag,
  undo,
  untag,
} from './world-refs.ts';
import { endTurn, lookOnce, prompt, restore, resume, useTool } from './world-verbs.ts';

type Run = (world: ModelWorld) => Promise<void> | void;
type Check = (world: Readonly<ModelWorld>) => boolean;

class Step implements fc.AsyncCommand<ModelWorld, ModelWorld> {
  readonly #text: string;
  readonly #run: Run;
  readonly #check: Check;

  constructor(text: string, run: Run, check: Check = () => true) {
    this.#text = text;
    this.#run = run;
    this.#check = check;
  }

  check(world: Readonly<ModelWorld>): boolean {
    return this.#check(world);
  }

  async run(world: ModelWorld): Promise<void> {
    world.steps += 1;
    await this.#run(world);
  }

  toString(): string {
    return this.#text;
  }
}

const hasBegun: Check = ({ moments }) => moments.length > 0;
const isOpen: Check = ({ isTurnOpen }) => isTurnOpen;

const anyName = fc.oneof(
  { arbitrary: fc.constantFrom(...NAMES), weight: 12 },
  { arbitrary: fc.constantFrom(...RARE_NAMES), weight: 1 },
);
const anyPath = fc
  .array(anyName, { minLength: 1, maxLength: 3 })
  .map((names) => names.join('/'))
  // A `.git` of the root itself would make it another kind of project.
  .filter((path) => !/^\.git(\/|$)/i.test(path));
const anyText = fc.oneof(
  { arbitrary: fc.constantFrom('', 'one', 'two', 'six\n', '\xff\0\r\n'), weight: 9 },
  { arbitrary: fc.constant('too large '.repeat(40)), weight: 1 },
);
const anyTarget = fc.constantFrom('a', 'd', '../d', '/nowhere', 'caf\xe9');
const anyIgnoreFile = fc
  .tuple(fc.constantFrom('', 'd/', 'e/'), fc.constantFrom('.gitignore', '.gsessignore'))
  .map(([place, name]) => place + name);
const anyRules = fc.subarray([...IGNORE_LINES], { maxLength: 3 }).map((lines) => lines.join('\n'));
const number = fc.nat({ max: 30 });

const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('write', 'append', 'overwrite in place'),
      path: anyPath,
      text: anyText,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('link'), path: anyPath, to: anyTarget }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rename'), path: anyPath, to: anyPath }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('make directory', 'remove', 'turn executable'),
      path: anyPath,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('write'), path: anyIgnoreFile, text: anyRules }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove'), path: anyIgnoreFile }) },
);

const TOLD_MAX = 100;

function told(edit: Edit): string {
  const { do: what, ...rest } = edit;
  return `${what} ${Object.values(rest)
    .map((value) => (value.length > TOLD_MAX ? `${value.length} bytes` : JSON.stringify(value)))
    .join(' ')}`;
}

const anyEdits = fc.array(anyEdit, { minLength: 1, maxLength: 4, size: 'max' });

function editing(edits: readonly Edit[]): Step {
  const run = (world: ModelWorld) => {
    for (const edit of edits) world.edit(edit);
  };
  return new Step(`by hand: ${edits.map(told).join(', ')}`, run);
}

function usingTool(edits: readonly Edit[]): Step {
  const text = `the agent: ${edits.map(told).join(', ')}`;
  return new Step(text, (world) => useTool(world, edits), isOpen);
}

const anyCapture = fc.oneof(
  { weight: 3, arbitrary: fc.constant(new Step('prompt', prompt)) },
  { weight: 3, arbitrary: anyEdits.map(usingTool) },
  { weight: 3, arbitrary: fc.constant(new Step('turn', endTurn, isOpen)) },
  { weight: 1, arbitrary: fc.constant(new Step('a look', lookOnce, hasBegun)) },
);

const anyRestore = fc
  .record({ back: number, halves: fc.constantFrom('both', 'files', 'conversation') })
  .map(({ back, halves }) => {
    const wishes = { back, files: halves !== 'conversation', conversation: halves !== 'files' };
    return new Step(`restore ${back} back: ${halves}`, (world) => restore(world, wishes), hasBegun);
  });

const anyRestoreOfATurn = fc
  .record({ turn: number, halves: fc.constantFrom('both', 'conversation') })
  .map(({ turn, halves }) => {
    const run: Run = (world) => {
      const ids = [...world.endings.keys()];
      const at = world.moments.findLastIndex(({ id }) => id === ids[turn % ids.length]);
      const back = world.moments.length - 1 - at;
      return restore(world, { back, files: halves === 'both', conversation: true });
    };
    const isPossible: Check = ({ endings, isTurnOpen }) => endings.size > 0 && !isTurnOpen;
    return new Step(`restore turn ${turn}: ${halves}`, run, isPossible);
  });

const anyRestoreOfPaths = fc.record({ back: number, within: anyPath }).map(({ back, within }) => {
  const text = `restore ${back} back: --path ${JSON.stringify(within)}`;
  const wishes = { back, within, files: true, conversation: false };
  return new Step(text, (world) => restore(world, wishes), hasBegun);
});

const anyUndo = fc
  .record({ direction: fc.constantFrom('undo', 'redo'), everything: fc.boolean() })
  .map(({ direction, everything }) => {
    const text = everything ? `${direction} --yes` : direction;
    return new Step(text, (world) => undo(world, direction, everything), hasBegun);
  });

const anyTag = fc
  .record({ name: fc.constantFrom('good', 'Good', 'gut & sch\u00f6n'), number })
  .map(
    (given) =>
      new Step(
        `tag '${given.name}' at ${given.number}`,
        (world) => tag(world, given.name, given.number),
        hasBegun,
      ),
  );

const anyUntag = number.map(
  (given) =>
    new Step(
      `delete tag ${given}`,
      (world) => untag(world, given),
      ({ tags }) => tags.size > 0,
    ),
);

const anyRename = fc
  .record({ name: fc.constantFrom('flags', 'Flags', 'caf\u00e9'), number })
  .map(({ name, number: which }) => {
    return new Step(
      `rename session ${which} to '${name}'`,
      (world) => rename(world, name, which),
      hasBegun,
    );
  });

const anyFork = fc
  .record({
    name: fc.constantFrom(undefined, 'flags', 'other'),
    number,
    intoDirectory: fc.boolean(),
  })
  .map((given) => {
    const text = `fork turn ${given.number}${given.intoDirectory ? ' into a directory' : ''} as ${given.name}`;
    return new Step(
      text,
      (world) => fork(world, given),
      ({ endings, isTurnOpen }) => endings.size > 0 && !isTurnOpen,
    );
  });

const anyDelete = number.map(
  (which) =>
    new Step(
      `delete session ${which}`,
      (world) => remove(world, which),
      (world) => otherSessions(world as ModelWorld).length > 0,
    ),
);

/** All that may happen. Edits and captures come most often, so that there is something to go back to. */
export const ANY_COMMAND: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: anyEdits.map(editing) },
  { weight: 9, arbitrary: anyCapture },
  { weight: 4, arbitrary: anyRestore },
  { weight: 4, arbitrary: anyRestoreOfATurn },
  { weight: 2, arbitrary: anyRestoreOfPaths },
  { weight: 6, arbitrary: anyUndo },
  {
    weight: 2,
    arbitrary: fc.constant(
      new Step(
        'resume',
        resume,
        (world) => hasBegun(world) && !world.isTurnOpen && world.endings.size > 0,
      ),
    ),
  },
  { weight: 1, arbitrary: anyTag },
  { weight: 1, arbitrary: anyUntag },
  { weight: 1, arbitrary: anyRename },
  { weight: 1, arbitrary: anyFork },
  { weight: 1, arbitrary: anyDelete },
  { weight: 1, arbitrary: fc.constant(new Step('import', importOne, hasBegun)) },
  { weight: 1, arbitrary: fc.constant(new Step('gc', collect, hasBegun)) },
);
