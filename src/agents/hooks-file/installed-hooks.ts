// Finds gsess's own hooks in the text of a settings file, with the position of everything around them. Entries of
// another shape than ours belong to someone else and are passed over.

import {
  type JsonContainer,
  type JsonItem,
  type JsonScalar,
  memberOf,
  scanJson,
} from './json-scan.ts';

/** An item and the container that holds it, so that it can be taken out. */
export interface Place {
  readonly container: JsonContainer;
  readonly item: JsonItem;
}

export interface InstalledHook {
  readonly event: string;
  readonly command: JsonScalar;
  /** From the inside out: the hook itself, the group with its matcher, the event, the `hooks` member. */
  readonly places: readonly [Place, Place, Place, Place];
}

/** A command is ours if it is a program called gsess, or our main file, followed by `hook` and the agent. */
const OUR_COMMAND =
  /(?:\bgsess(?:\.[a-z]+)?|[\\/]cli[\\/]main\.c?js)["']?\s+hook ([a-z]+)(?![\w-])/;

export function isOurCommand(command: unknown, agent: string): boolean {
  return typeof command === 'string' && OUR_COMMAND.exec(command)?.[1] === agent;
}

/** Our hooks in the order of the text. */
export function installedHooks(text: string, agent: string): readonly InstalledHook[] {
  const root = placesIn({ value: scanJson(text) }, 'object');
  return root
    .filter((place) => place.item.key === 'hooks')
    .flatMap((hooks) =>
      placesIn(hooks.item, 'object').flatMap((event) =>
        placesIn(event.item, 'array').flatMap((group) => hooksOf([group, event, hooks], agent)),
      ),
    );
}

function hooksOf(outer: readonly [Place, Place, Place], agent: string): InstalledHook[] {
  const [group, event] = outer;
  const list = memberIn(group.item, 'hooks');
  if (list === undefined) return [];
  return placesIn(list, 'array').flatMap((hook) => {
    const command = memberIn(hook.item, 'command')?.value;
    if (command?.kind !== 'scalar' || !isOurCommand(command.value, agent)) return [];
    return [{ event: event.item.key ?? '', command, places: [hook, ...outer] }];
  });
}

function memberIn(item: Pick<JsonItem, 'value'>, key: string): JsonItem | undefined {
  return item.value.kind === 'object' ? memberOf(item.value, key) : undefined;
}

function placesIn(holder: Pick<JsonItem, 'value'>, kind: JsonContainer['kind']): Place[] {
  const container = holder.value;
  return container.kind === kind ? container.items.map((item) => ({ container, item })) : [];
}
