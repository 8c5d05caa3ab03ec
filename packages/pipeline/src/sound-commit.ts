import { assert } from './faults.ts';
import type { PartitionCommit } from './ports.ts';

/**
 * Refuses a commit that no store may accept, before anything is sent. Every `StateStore` calls it first, so that a
 * programmer fault crashes in the same way on each of them and never in the middle of a write.
 *
 * `next` must move on: a store tells a repeated commit from a new one by `next` alone, so a commit that stays where it
 * was would be taken for its own repeat and its outbox would be lost without a word.
 */
export function assertSoundCommit(commit: PartitionCommit): void {
  const { expectedNext, next } = commit;
  assert(isCount(commit.partition), `a partition is a whole number, not ${commit.partition}`);
  assert(commit.owner.length > 0, 'a commit names its owner');
  assert(isCount(expectedNext), `expectedNext is an offset, not ${expectedNext}`);
  assert(
    isCount(next) && next > expectedNext,
    `a commit moves next on, not ${expectedNext} -> ${next}`,
  );
  assertDistinctNames(commit.states, 'states');
  assertDistinctNames(commit.pages, 'pages');
  assertDistinctNames(commit.due, 'due');
  for (const [, dueAtMs] of commit.due) {
    assert(dueAtMs === null || Number.isSafeInteger(dueAtMs), `dueAtMs is whole, not ${dueAtMs}`);
  }
  commit.outbox.forEach((entry, index) => {
    const expected = (commit.outbox[0]?.position ?? 0) + index;
    assert(
      isCount(entry.position) && entry.position > 0 && entry.position === expected,
      `outbox positions have no gap: expected ${expected}, got ${entry.position}`,
    );
    assert(isCount(entry.seq) && entry.seq > 0, `seq starts at 1, not ${entry.seq}`);
  });
}

/** The lists are written in an order of the store's own choosing, so a customer or page may be named once in each. */
function assertDistinctNames(
  rows: readonly (readonly [name: string, unknown])[],
  list: string,
): void {
  const seen = new Set<string>();
  for (const [name] of rows) {
    // A lone surrogate has no UTF-8 form: two such names would fall together in a store that keeps bytes.
    assert(name.isWellFormed(), `a name in ${list} is not well-formed Unicode`);
    seen.add(name);
  }
  assert(seen.size === rows.length, `${list} names something twice`);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
