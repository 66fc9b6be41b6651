// Walks the root and turns it into trees. With a table from the last walk, a directory that has not changed is not listed again, a
// file that has not changed is not opened, and a sub-tree in which nothing changed keeps its id and puts nothing into the batch.
// Everything read is checked to be what was seen: a directory swapped while it was walked is left out, and that is said.
//
// Looking (here), reading (steady-read.ts) and recording (walk-record.ts) are apart, so that each can move to another thread.

import { readlinkSync, type Stats } from 'node:fs';
import { isSystemError } from '../errors.ts';
import { isSettled } from '../git/file-mark.ts';
import type { ObjectId } from '../git/object-id.ts';
import { joinRaw, pathBytes, type RawName } from '../git/raw-path.ts';
import {
  checkInPlace,
  DirectoryRefused,
  hasRuleFileChanged,
  listDirectory,
  rowsOf,
  statOf,
  type Visit,
} from './directory-listing.ts';
import { codeOfStat, DIRECTORY, LINK, lastingReason, SETTLED } from './entry-code.ts';
import type { DirectoryRules } from './ignore-rules.ts';
import { hasRoom, isLeftover } from './leftover.ts';
import type { StatTable } from './stat-table.ts';
import { accessFault, readSteadily } from './steady-read.ts';
import type { Comparison, Slot, WalkRecord } from './walk-record.ts';

export interface WalkRequest {
  readonly device: number;
  readonly fileBytesMax: number;
  readonly startedAt: number;
  readonly remembered: StatTable;
  readonly record: WalkRecord;
}

/** An entry to look at. */
interface Glance extends Slot {
  readonly visit: Visit;
  /** The directory is as it was, and so are the rules. */
  readonly isKnown: boolean;
}

/** 'replaced': something else is there by now. */
type Sight = Comparison | 'replaced';

const LOOKS_MAX = 3;
const DOT_GIT = /^\.git$/i;

export class TreeWalk {
  readonly #request: WalkRequest;

  constructor(request: WalkRequest) {
    this.#request = request;
  }

  /** Walks the directory and all below it; throws if it cannot be listed. */
  directory(given: Visit): { readonly row: number; readonly id: ObjectId } {
    const shortest = joinRaw(given.onDisk, 'x' as RawName);
    if (!hasRoom(shortest)) throw new DirectoryRefused(given.path, 'path-too-long');
    const { remembered, record, startedAt } = this.#request;
    const { directories } = record.table;
    const row = directories.reserve(1);
    const visit = { ...given, isStale: given.isStale || hasRuleFileChanged(remembered, given) };
    const { names, oldFirst, oldRow } = listDirectory(remembered, visit);
    record.step();
    const first = record.rows(names, oldFirst);
    const isKnown = oldFirst !== undefined;
    let isSame = true;
    let index = -1;
    for (const name of names) {
      index += 1;
      const old = oldRow(index, name);
      const row = first + index;
      if (isKnown && old !== undefined && this.#isStillSo(visit, name, { old, row })) continue;
      const path = joinRaw(visit.path, name);
      if (this.#entry({ path, name, row, old, visit, isKnown }) !== 'same') isSame = false;
    }
    if (!isSame || !isKnown) checkInPlace(visit);
    const { id: oldId } = rowsOf(remembered, visit.old);
    // Where it was listed anew, an entry that is gone is nowhere among those that are the same.
    const keepsId = isSame && isKnown && oldId !== undefined;
    const id = keepsId ? oldId : record.tree(first, names.length, oldId);
    const isSettledNow = isSettled(visit.stat, startedAt) ? SETTLED : 0;
    const colliding = record.collisions(visit, { names, first, isKnown });
    directories.setStat(row, visit.stat);
    directories.setCode(row, DIRECTORY, isSettledNow | colliding);
    directories.setWord(row, 0, first);
    directories.setWord(row, 1, names.length);
    directories.setId(row, id);
    return { row, id };
  }

  /** The one question of a walk in which nothing has changed: a file or link that is as it was. */
  #isStillSo({ path, onDisk }: Visit, name: RawName, at: { old: number; row: number }): boolean {
    const { remembered, record } = this.#request;
    const { entries } = remembered;
    const code = entries.code(at.old);
    if (code > LINK || (entries.flags(at.old) & SETTLED) === 0) return false;
    const stat = statOf(joinRaw(onDisk, name));
    if (typeof stat === 'string') return false;
    if (codeOfStat(stat) !== code || !entries.isSame(at.old, stat)) return false;
    record.unchanged(path, name, at.row);
    return true;
  }

  #entry(glance: Glance): Comparison {
    const { name, path, old, isKnown } = glance;
    const { remembered, record } = this.#request;
    if (isKnown && old !== undefined) {
      const reason = lastingReason(remembered.entries.code(old));
      if (reason !== undefined) {
        record.list(path, reason);
        return 'same';
      }
    }
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
    const { visit, name, old, isKnown } = glance;
    const { remembered, record, fileBytesMax } = this.#request;
    const stat = statOf(joinRaw(visit.onDisk, name));
    if (stat === 'gone') return record.absent(glance);
    if (typeof stat === 'string') return record.skip(glance, stat);
    const code = codeOfStat(stat);
    const isDirectory = code === DIRECTORY;
    const oldCode = old === undefined ? undefined : remembered.entries.code(old);
    const wasHeld = oldCode !== undefined && oldCode <= DIRECTORY;
    if (!isKnown || !wasHeld || isDirectory !== (oldCode === DIRECTORY)) {
      const verdict = visit.rules().verdict(name, isDirectory);
      if (verdict !== undefined) return record.skip(glance, verdict.reason, stat);
    }
    if (code === undefined) return record.skip(glance, 'special', stat);
    if (isDirectory) return this.#child(glance, stat);
    if (code !== LINK && stat.size > fileBytesMax) return record.skip(glance, 'too-large', stat);
    const { entries } = remembered;
    if (old !== undefined && oldCode === code && (entries.flags(old) & SETTLED) !== 0) {
      if (entries.isSame(old, stat)) {
        record.table.entries.copyEntry(glance.row, entries, old);
        return record.unchanged(visit.path, name, glance.row);
      }
    }
    return code === LINK ? this.#link(glance, stat) : this.#file(glance, stat);
  }

  #child(glance: Glance, stat: Stats): Comparison {
    const { visit, name, path, old } = glance;
    const { remembered, record, device } = this.#request;
    if (stat.dev !== device) return record.skip(glance, 'other-filesystem');
    const wasDirectory = old !== undefined && remembered.entries.code(old) === DIRECTORY;
    let rules: DirectoryRules | undefined;
    const goBack = record.mark();
    try {
      const child = this.directory({
        path,
        onDisk: joinRaw(visit.onDisk, name),
        stat,
        rules: () => {
          rules ??= visit.rules().child(name);
          return rules;
        },
        old: wasDirectory ? remembered.entries.word(old, 2) : undefined,
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
    const { record, fileBytesMax } = this.#request;
    const path = pathBytes(joinRaw(glance.visit.onDisk, glance.name));
    const outcome = readSteadily(path, seen, {
      bytesMax: fileBytesMax,
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
