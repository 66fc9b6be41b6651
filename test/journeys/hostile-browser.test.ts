// Text that acts on a terminal, in every view of the browser: the screen that takes what it writes refuses every sequence but the
// browser's own, and every character that does anything.

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withBrowser } from '../support/browser-driver.ts';
import { hostileSession, plantMore } from '../support/hostile-session.ts';
import { runOnTerminal, terminalTool } from '../support/pseudo-terminal.ts';
import { withSealedUser } from '../support/run-gsess.ts';
import { ScreenEmulator } from '../support/screen-emulator.ts';
import { skipHere } from '../support/skip-here.ts';

const hostile = suite('text that acts on a terminal, in the browser');

hostile('HI-11, HI-12: every view shows it as text, at any width', () =>
  withSealedUser(async ({ directory }) => {
    const driver = await hostileSession(directory);
    await plantMore(driver);
    for (const columns of [80, 40]) {
      await withBrowser(
        driver,
        async ({ press, shows, screen }) => {
          await shows(/\\x1b/);
          await press('\u001b[2J\u202e', 'escape', 'space');
          await shows(/← back · ↑↓ scroll/);
          await press('q', 'right');
          await shows(/\d of \d/);
          await press('end', 'up', 'space');
          await shows(/against before/);
          await press('n');
          await shows(/against now/);
          await press('q', 'v');
          await shows(/← back · ↑↓ scroll/);
          await press('q', 'r');
          await shows(/y do it/);
          await press('escape', '/', 'tag ');
          await shows(/^\/tag/m);
          await press('escape', 't', '\u202e\u009b2J', 'enter');
          await shows(/name|tag/i);
          assert.ok(screen.rows.every((row) => [...row].length <= columns));
        },
        { columns, colour: true, branch: '\u001b]0;branch\u0007' },
      );
    }
  }),
);

hostile(
  'HI-11: a terminal of its own gets no sequence but the browser’s, and is given back',
  () => {
    if (terminalTool() === undefined) {
      skipHere('HI-11 in the browser on a terminal: nothing here makes a pseudo-terminal');
      return;
    }
    return withSealedUser(async (user) => {
      await plantMore(await hostileSession(user.directory));
      const { status, output } = runOnTerminal(user, [], { typed: '\u001b' });
      assert.is(status, 0);
      const screen = new ScreenEmulator();
      screen.write(output.toString());
      assert.match(output.toString(), /\\x1b/);
      const dumb = runOnTerminal(user, [], { environment: { TERM: 'dumb' } });
      assert.match(dumb.output.toString(), /SESSION[\s\S]*\\x1b/);
      assert.equal(Object.fromEntries(screen.modes), {
        1049: false,
        2004: false,
        7: true,
        25: true,
      });
    });
  },
);

hostile.run();
