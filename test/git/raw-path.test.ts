import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  displayPath,
  isUtf8,
  joinRaw,
  pathBytes,
  type RawPath,
  rawFromBytes,
  rawName,
  rawPath,
} from '../../src/git/raw-path.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const x = suite('raw-path');
const notUtf8 = rawFromBytes(Buffer.from([0x66, 0xff, 0x5c, 0x67]));

x('holds one character for each byte of the name', () => {
  assert.is(rawPath('plain/name'), 'plain/name');
  assert.is(rawName('é').length, 2);
  assert.is(rawName('é'), Buffer.from('é').toString('latin1'));
  assert.is(notUtf8.length, 4);
});

x('gives the file system the same bytes back', () =>
  withTemporaryDirectory((directory) => {
    const names = [rawName('plain'), rawName('größe 日本'), notUtf8];
    const prefix = rawPath(directory);
    for (const name of names) writeFileSync(pathBytes(joinRaw(prefix, name)), name, 'latin1');
    const seen = readdirSync(directory, { encoding: 'buffer' }).map(rawFromBytes);
    assert.equal(seen.sort(), [...names].sort());
    assert.type(pathBytes(rawPath(join(directory, 'plain'))), 'string');
  }),
);

x('tells whether a name is text and decodes it for people', () => {
  assert.ok(isUtf8(rawName('plain')));
  assert.ok(isUtf8(rawName('größe')));
  assert.not(isUtf8(notUtf8));
  assert.is(displayPath(rawName('plain')), 'plain');
  assert.is(displayPath(rawName('größe')), 'größe');
  assert.is(displayPath(notUtf8), 'f\ufffd\\g');
});

x('joins below the root without a separator in front', () => {
  assert.is(joinRaw('' as RawPath, rawName('a')), 'a');
  assert.is(joinRaw(rawPath('a/b'), rawName('c')), 'a/b/c');
});

x.run();
