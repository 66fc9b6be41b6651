import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openStore } from '../../src/session/open-store.ts';
import { listTags } from '../../src/session/tag.ts';
import { withBrowser } from '../support/browser-driver.ts';
import { assertFsckClean } from '../support/git-oracle.ts';
import { addSessions } from '../support/many-sessions.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

/** Two sessions; in the first, two turns, each of which writes a file. */
async function withSessions(use: (driver: SessionDriver) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    const file = join(driver.project, 'code.txt');
    for (const turn of ['one', 'two']) {
      await driver.prompt(`please write ${turn}`);
      await driver.tool('Write', { file_path: file }, () => writeFileSync(file, `${turn}\n`));
      await driver.turn(`It is written: ${turn}.`);
    }
    await use(driver);
    assertFsckClean(driver.store.repository.directory);
  });
}

const browser = suite('the browser');

browser('lists sessions, filters them as one types, and leaves with the one that was chosen', () =>
  withSessions(async (driver) => {
    await withBrowser(driver, async ({ press, shows, outcome }) => {
      await shows(/> +please write two/);
      await press('z');
      await shows(/No title has that in it/);
      await press('escape', '\u001b[200~pw\rt\u001b[201~');
      await shows(/filter: pw t\n/);
      await press('ctrl+u', 'pwt');
      await shows(/filter: pwt\n.*\n> +please write two/);
      await press('enter');
      assert.equal(await outcome, {
        kind: 'resume',
        session: driver.session,
        checkpoint: undefined,
      });
    });
  }),
);

browser('shows the moments of a session, what each changed, and what was said', () =>
  withSessions(async (driver) => {
    await withBrowser(driver, async ({ press, shows }) => {
      await press('right');
      await shows(/after Write +~1/);
      await press('down', 'space');
      const screen = await shows(/-one\n\+two/);
      assert.match(screen, /against before/);
      await press('n');
      await shows(/No file differs/);
      await press('escape', 'v');
      await shows(/> please write two/);
      await press('q', 'left');
      await shows(/filter: /);
    });
  }),
);

browser('goes back after its plan was shown, takes that back, and does it again', () =>
  withSessions(async (driver) => {
    const file = join(driver.project, 'code.txt');
    await withBrowser(driver, async ({ press, shows }) => {
      await press('right');
      await shows(/1 of/);
      await press('down', 'down', 'down', 'down', 'r');
      await shows(/restore: .*one[\s\S]*~ code.txt[\s\S]*Conversation: goes back/);
      await press('c');
      await shows(/\[x\] f files {2}\[ \] c conversation/);
      assert.is(readFileSync(file, 'utf8'), 'two\n');
      await press('y');
      await shows(/Back at .*1 written/);
      assert.is(readFileSync(file, 'utf8'), 'one\n');
      await press('u');
      await shows(/Takes back: restore[\s\S]*~ code.txt/);
      await press('escape');
      await shows(/Nothing was done/);
      assert.is(readFileSync(file, 'utf8'), 'one\n');
      await press('u');
      await shows(/y do it/);
      await press('enter');
      await shows(/Taken back/);
      assert.is(readFileSync(file, 'utf8'), 'two\n');
      await press('ctrl+y');
      await shows(/Does again: restore/);
      await press('y');
      await shows(/Done again/);
      assert.is(readFileSync(file, 'utf8'), 'one\n');
    });
  }),
);

browser('tags, forks, renames and deletes, and says how to take it back', () =>
  withSessions(async (driver) => {
    await withBrowser(driver, async ({ press, shows }) => {
      await press('right');
      await shows(/1 of/);
      await press('t', 'works', 'enter');
      await shows(/\[works\][\s\S]*Tagged 'works': undo takes it back/);
      await press('f', 'other way', 'enter');
      await shows(/Forked/);
      await press('left');
      await shows(/ Y . other way/);
      await press('ctrl+r', 'ctrl+u', 'main line', 'enter');
      await shows(/It is called 'main line' now/);
      await press('ctrl+t');
      const tagged = await shows(/tagged · 1 of 2/);
      assert.not.match(tagged, /other way/);
      await press('ctrl+t', 'other');
      await shows(/> +Y +other way/);
      await press('ctrl+d');
      await shows(/goes out of the list[\s\S]*y do it/);
      await press('y');
      await shows(/Deleted 'other way'/);
    });
    assert.equal(
      driver.store.sessions().map(({ name }) => name),
      ['main line'],
    );
    assert.equal(
      listTags(driver.store).map(({ name }) => name),
      ['works'],
    );
  }),
);

browser('runs a command line, completes it, and shows its keys and what they do', () =>
  withSessions(async (driver) => {
    await withBrowser(driver, async ({ press, shows }) => {
      await press('/', 'stat');
      await shows(/^\/stat/m);
      await press('tab');
      await shows(/^\/status$/m);
      await press('enter');
      await shows(/last checkpoint/);
      await press('q', '/', 'tag', 'enter');
      await shows(/No tags in this project yet/);
      await press('/', 'watch', 'enter');
      await shows(/There is no slash command/);
      await press('q');
      await press('?');
      await shows(/In the list of sessions[\s\S]*ctrl\+d +delete/);
    });
  }),
);

browser('looks into the sessions of all projects, and says how to go on elsewhere', () =>
  withSessions(async (driver) => {
    const { surroundings } = driver;
    const other = join(driver.home, 'elsewhere');
    mkdirSync(other);
    const store = await openStore(other, surroundings);
    addSessions(store, 1);
    await withBrowser(driver, async ({ press, shows }) => {
      await press('ctrl+a');
      const all = await shows(/all projects · 2/);
      assert.match(all, /fix the thing number 0 +elsewhere/);
      await press('fix');
      await shows(/> +fix the thing/);
      await press('space');
      await shows(/Nothing was said yet|← back/);
      await press('q', 'ctrl+r');
      await shows(/It is of another project/);
      await press('right');
      await shows(/1 of 1/);
    });
  }),
);

browser('fits forty columns, and a terminal that changes its size', () =>
  withSessions(async (driver) => {
    await withBrowser(
      driver,
      async ({ press, shows, resize, screen }) => {
        await shows(/please write two/);
        assert.ok(screen.rows.every((row) => [...row].length <= 40));
        await press('right');
        await shows(/after Write/);
        assert.ok(screen.rows.every((row) => [...row].length <= 40));
        resize(80, 10);
        await shows(/FILES/);
        assert.is(screen.rows.length, 10);
        resize(12, 4);
        await shows(/TURN/);
      },
      { columns: 40 },
    );
  }),
);

browser('gives the terminal back as it was', () =>
  withSessions(async (driver) => {
    let modes = new Map<string, boolean>();
    await withBrowser(driver, async ({ screen }) => {
      modes = screen.modes;
      assert.is(modes.get('1049'), true);
    });
    assert.equal(Object.fromEntries(modes), { 1049: false, 2004: false, 7: true, 25: true });
  }),
);

browser.run();
