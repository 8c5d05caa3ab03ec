/** How many of the first `length` ascending values are <= `limit`: the index of the first one above it. */
export function countUpTo(
  values: readonly number[],
  limit: number,
  length = values.length,
): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Running totals: `totals[i]` is the sum of the first i amounts. */
export function runningTotals(amounts: readonly number[]): readonly number[] {
  const totals = [0];
  let total = 0;
  for (const amount of amounts) {
    total += amount;
    totals.push(total);
  }
  return totals;
}

/** A copy with `entry` in its place by (at, offset). */
export function inserted<T extends { readonly at: number; readonly offset: number }>(
  entries: readonly T[],
  entry: T,
): readonly T[] {
  return insertedBy(entries, entry, isAfter);
}

/** A copy with `item` in its place, behind those that come neither before nor after it. */
export function insertedBy<T>(
  items: readonly T[],
  item: T,
  isAfter: (a: T, b: T) => boolean,
): readonly T[] {
  let index = items.length;
  while (index > 0 && isAfter(items[index - 1] as T, item)) index--;
  return items.toSpliced(index, 0, item);
}

function isAfter(
  a: { readonly at: number; readonly offset: number },
  b: { readonly at: number; readonly offset: number },
): boolean {
  return a.at !== b.at ? a.at > b.at : a.offset > b.offset;
}
