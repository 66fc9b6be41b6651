// The keys of the browser that stand for commands, out of the table of commands.

import type { Binding } from '../../ui/browser-state.ts';
import type { Command } from '../command.ts';

export function browserBindings(commands: readonly Command[]): Binding[] {
  return commands.flatMap(({ name, keys = [] }) =>
    keys.map(({ view, key, option, label }) => ({ view, key, option, label, command: name })),
  );
}
