// Walks the root and turns it into trees. With a table from the last walk, a directory that has not changed is not listed again, a
// file that has not changed is not opened, and a sub-tree in which nothing changed is not entered and puts nothing into the batch.
// Everything read is checked to be what was seen: a directory swapped while it was walked is left out, and that is said.
//
// Looking for what has not changed (still-so.ts), reading (steady-read.ts) and recording (walk-record.ts) are apart.

import { readlinkSync, type Stats } from 'node:fs';
import { isSystemError } from '../errors.ts';
import { isSettled } from '../git/file-mark.ts';
import type { ObjectId } from '../git/object-id.ts';
import { joinRaw, pathBytes, type RawName, type RawPath } from '../git/raw-path.ts';
import {
  checkInPlace,
  DirectoryRefused,
  hasRuleFileChanged,
  listDirectory,
  statOf,
  type Visit,
} from './directory-listing.ts';
import { codeOfStat, DIRECTORY, isLasting, LINK, SETTLED } from './entry-code.ts';
import { type DirectoryRules, ignoreFilesAmong } from './ignore-rules.ts';
import { hasRoom, isLeftover } from './leftover.ts';
import { accessFault, readSteadily } from './steady-read.ts';
import type { StillSo } from './still-so.ts';
import { CHILD } from './table-columns.ts';
import type { VerifiedFiles } from './verified-files.ts';
import type { Comparison, Slot, WalkRecord } from './walk-record.ts';

export interface WalkRequest {
  readonly device: number;
  readonly fileBytesMax: number;
  readonly startedAt: number;
  readonly still: StillSo;
  readonly record: WalkRecord;
  readonly verified?: VerifiedFiles | undefined;
}

/** An entry to look at. */
interface Glance extends Slot {
  readonly path: RawPath;
  readonly visit: Visit;
  /** All that are in the directory. */
  readonly names: readonly RawName[];
  /** The directory is as it was, and so are the rules. */
  readonly isKnown: boolean;
}

/** 'replaced': something else is there by now. */
type Sight = Comparison | 'replaced';

interface Walked {
  readonly row: number;
  readonly id: ObjectId;
}

const LOOKS_MAX = 3;
/** Nearly all files fit; what a file holds is used up before the next one is read. */
const SCRATCH_BYTES = 1024 * 1024;
const DOT_GIT = /^\.git$/i;

/** Of the one walk that this thread is at. */
let scratch: Buffer | undefined;

export class TreeWalk {
  readonly #request: WalkRequest;

  constructor(request: WalkRequest) {
    this.#request = request;
  }

  /** Walks the directory and all below it; throws if it cannot be listed. */
  directory(given: Visit): Walked {
    const { table } = this.#request.record;
    const before = given.old === undefined ? undefined : table.block(given.old);
    const row = given.old ?? table.addDirectory(0);
    try {
      const walked = this.#entries(row, given);
      if (before !== undefined && table.block(row).first !== before.first) {
        table.retire(before.first, before.count);
      }
      return walked;
    } catch (error) {
      if (!(error instanceof DirectoryRefused)) throw error;
      if (before !== undefined) table.retire(before.first, before.count);
      table.drop(row);
      throw error;
    }
  }

  #entries(row: number, given: Visit): Walked {
    const shortest = joinRaw(given.onDisk, 'x' as RawName);
    if (!hasRoom(shortest)) throw new DirectoryRefused(given.path, 'path-too-long');
    const { record, startedAt } = this.#request;
    const { table } = record;
    const { directories } = table;
    if (given.old !== undefined) record.enter(given.old);
    const visit = { ...given, isStale: given.isStale || hasRuleFileChanged(table, given) };
    const { names, isKnown, isInPlace, oldRow } = listDirectory(table, visit);
    record.step();
    const oldId = visit.old === undefined ? undefined : directories.id(visit.old);
    const first = isInPlace ? table.block(row).first : table.list(row, names);
    let isSame = true;
    let index = -1;
    for (const name of names) {
      index += 1;
      const old = oldRow(index, name);
      if (isKnown && old !== undefined && this.#isStillSo(visit, name, old)) continue;
      const path = joinRaw(visit.path, name);
      const glance = { path, name, row: first + index, old, visit, names, isKnown };
      if (this.#entry(glance) !== 'same') isSame = false;
    }
    if (!isSame || !isKnown) checkInPlace(visit);
    // With other names than before, an entry that is gone is nowhere among those that are the same.
    const keepsId = isSame && isInPlace && oldId !== undefined;
    const id = keepsId ? oldId : record.tree(row, oldId);
    const isSettledNow = isSettled(visit.stat, startedAt) ? SETTLED : 0;
    directories.setStat(row, visit.stat);
    directories.setCode(
      row,
      DIRECTORY,
      isSettledNow | record.collisions(row, { names, isInPlace }),
    );
    if (id !== oldId) directories.setId(row, id);
    return { row, id };
  }

  /** The one question of a walk in which nothing has changed: a file, link or directory that is as it was. */
  #isStillSo({ onDisk }: Visit, name: RawName, old: number): boolean {
    const { still, record } = this.#request;
    const { entries } = record.table;
    const code = entries.code(old);
    if (code === DIRECTORY) return still.subtrees[entries.word(old, CHILD)] === 1;
    if (code > LINK || (entries.flags(old) & SETTLED) === 0) return false;
    if (still.entries[old] !== 1) {
      const stat = statOf(joinRaw(onDisk, name));
      if (typeof stat === 'string') return false;
      if (codeOfStat(stat) !== code || !entries.isSame(old, stat)) return false;
    }
    record.unchanged(old);
    return true;
  }

  #entry(glance: Glance): Comparison {
    const { entries } = this.#request.record.table;
    const { old, row } = glance;
    const oldCode = old === undefined ? undefined : entries.code(old);
    if (glance.isKnown && oldCode !== undefined && isLasting(oldCode)) return 'same';
    const child = oldCode === DIRECTORY && row === old ? entries.word(row, CHILD) : undefined;
    const comparison = this.#lookUntilSeen(glance);
    // In a directory that was listed anew, those that are gone are let go together.
    if (child !== undefined && entries.code(row) !== DIRECTORY) {
      this.#request.record.table.drop(child);
    }
    return comparison;
  }

  #lookUntilSeen(glance: Glance): Comparison {
    const { name } = glance;
    const { record } = this.#request;
    if (DOT_GIT.test(name)) {
      return record.skip(glance, 'nested-git');
    }
    if (isLeftover(name)) return record.skip(glance, 'leftover');
    for (let look = 1; look <= LOOKS_MAX; look += 1) {
      const sight = this.#look(glance);
      if (sight !== 'replaced') return sight;
    }
    return record.skip(glance, 'changed');
  }

  #look(glance: Glance): Sight {
    const { visit, name, names, old, isKnown } = glance;
    const { record, fileBytesMax } = this.#request;
    const { entries } = record.table;
    const swept = this.#swept(glance);
    if (swept !== undefined) return swept;
    const stat = statOf(joinRaw(visit.onDisk, name));
    if (stat === 'gone') return record.absent(glance);
    if (typeof stat === 'string') return record.skip(glance, stat);
    const code = codeOfStat(stat);
    const isDirectory = code === DIRECTORY;
    const oldCode = old === undefined ? undefined : entries.code(old);
    const wasHeld = oldCode !== undefined && oldCode <= DIRECTORY;
    if (!isKnown || !wasHeld || isDirectory !== (oldCode === DIRECTORY)) {
      const verdict = visit.rules(names).verdict(name, isDirectory);
      if (verdict !== undefined) return record.skip(glance, verdict.reason, stat);
    }
    if (code === undefined) return record.skip(glance, 'special', stat);
    if (isDirectory) return this.#child(glance, stat);
    if (code !== LINK && stat.size > fileBytesMax) return record.skip(glance, 'too-large', stat);
    if (old !== undefined && oldCode === code && (entries.flags(old) & SETTLED) !== 0) {
      if (entries.isSame(old, stat)) return record.moved(glance, old);
    }
    return code === LINK ? this.#link(glance, stat) : this.#file(glance, stat);
  }

  /** What is as it was in a directory that is not, and under the same rules: looked at, or presumed to be, before the walk began. */
  #swept(glance: Glance): Comparison | undefined {
    const { visit, old } = glance;
    const { record, still } = this.#request;
    const { directories, entries } = record.table;
    if (old === undefined || visit.isStale) return undefined;
    if (entries.code(old) === DIRECTORY) {
      const row = entries.word(old, CHILD);
      if (still.subtrees[row] !== 1) return undefined;
      return record.directory(glance, { row, id: directories.id(row) });
    }
    if (entries.code(old) > LINK || still.entries[old] !== 1) return undefined;
    return record.moved(glance, old);
  }

  #child(glance: Glance, stat: Stats): Comparison {
    const { visit, name, names, path, old } = glance;
    const { record, device, still } = this.#request;
    const { table } = record;
    if (stat.dev !== device) return record.skip(glance, 'other-filesystem');
    const wasDirectory = old !== undefined && table.entries.code(old) === DIRECTORY;
    const known = wasDirectory ? table.entries.word(old, CHILD) : undefined;
    if (known !== undefined && !visit.isStale && still.subtrees[known] === 1) {
      return record.directory(glance, { row: known, id: table.directories.id(known) });
    }
    let rules: DirectoryRules | undefined;
    const goBack = record.mark();
    try {
      const child = this.directory({
        path,
        onDisk: joinRaw(visit.onDisk, name),
        stat,
        rules: (inside) => {
          rules ??= visit.rules(names).child(name, ignoreFilesAmong(inside));
          return rules;
        },
        old: known,
        isStale: visit.isStale,
      });
      return record.directory(glance, child);
    } catch (error) {
      if (!(error instanceof DirectoryRefused)) throw error;
      goBack();
      return error.reason === 'gone' ? record.absent(glance) : record.skip(glance, error.reason);
    }
  }

  #link(glance: Glance, stat: Stats): Sight {
    const { record } = this.#request;
    let content: Buffer;
    try {
      content = readlinkSync(pathBytes(joinRaw(glance.visit.onDisk, glance.name)), 'buffer');
    } catch (error) {
      if (isSystemError(error, 'EINVAL')) return 'replaced';
      const fault = accessFault(error);
      return fault === 'gone' ? record.absent(glance) : record.skip(glance, fault);
    }
    return record.blob(glance, { code: LINK, stat, content, isSteady: true });
  }

  #file(glance: Glance, seen: Stats): Sight {
    const { record, fileBytesMax, verified } = this.#request;
    const id = verified?.contentOf(glance.path, seen);
    if (id !== undefined) {
      return record.stored(glance, { code: codeOfStat(seen) ?? 0, stat: seen, id });
    }
    const path = pathBytes(joinRaw(glance.visit.onDisk, glance.name));
    scratch ??= Buffer.allocUnsafeSlow(SCRATCH_BYTES);
    const outcome = readSteadily(path, seen, {
      bytesMax: fileBytesMax,
      scratch,
      onPart: () => record.step(),
    });
    if (outcome.kind === 'gone') return record.absent(glance);
    if (outcome.kind === 'replaced') return 'replaced';
    if (outcome.kind === 'refused') return record.skip(glance, outcome.reason);
    if (outcome.kind === 'too-large') return record.skip(glance, 'too-large', outcome.stat);
    const { content, stat, isSteady } = outcome;
    return record.blob(glance, { code: codeOfStat(stat) ?? 0, stat, content, isSteady });
  }
}
