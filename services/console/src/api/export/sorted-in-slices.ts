/**
 * Values in order without holding anybody up: runs are sorted one by one and then merged, and the event loop has its turn
 * after each run and each `every` values. For more values than may be sorted in one go beside live requests.
 */
export async function* sortedInSlices<T>(
  values: readonly T[],
  compare: (a: T, b: T) => number,
  every = SLICE,
): AsyncGenerator<readonly T[]> {
  const heap: Run<T>[] = [];
  const order = (a: Run<T>, b: Run<T>): number => compare(headOf(a), headOf(b));
  for (let at = 0; at < values.length; at += every) {
    const sorted = values.slice(at, at + every).sort(compare);
    push(heap, { sorted, at: 0 }, order);
    await nextTurn();
  }
  let slice: T[] = [];
  for (;;) {
    const [run] = heap;
    if (run === undefined) break;
    slice.push(headOf(run));
    run.at += 1;
    if (run.at < run.sorted.length) sink(heap, order);
    else removeFirst(heap, order);
    if (slice.length >= every) {
      yield slice;
      slice = [];
      await nextTurn();
    }
  }
  if (slice.length > 0) yield slice;
}

/** Some ten milliseconds of sorting. */
const SLICE = 5_000;

interface Run<T> {
  readonly sorted: readonly T[];
  at: number;
}

function headOf<T>({ sorted, at }: Run<T>): T {
  return sorted[at] as T;
}

type Order<T> = (a: Run<T>, b: Run<T>) => number;

function push<T>(heap: Run<T>[], run: Run<T>, order: Order<T>): void {
  heap.push(run);
  for (let at = heap.length - 1; at > 0; ) {
    const parent = (at - 1) >> 1;
    if (!swapIfAbove(heap, { upper: parent, lower: at }, order)) return;
    at = parent;
  }
}

/** The first run has another head: it goes down to its place. */
function sink<T>(heap: Run<T>[], order: Order<T>): void {
  for (let at = 0; ; ) {
    const left = 2 * at + 1;
    if (left >= heap.length) return;
    const right = left + 1;
    const hasRight = right < heap.length;
    const isRightFirst = hasRight && order(heap[right] as Run<T>, heap[left] as Run<T>) < 0;
    const lower = isRightFirst ? right : left;
    if (!swapIfAbove(heap, { upper: at, lower }, order)) return;
    at = lower;
  }
}

function removeFirst<T>(heap: Run<T>[], order: Order<T>): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  sink(heap, order);
}

function swapIfAbove<T>(
  heap: Run<T>[],
  { upper, lower }: { readonly upper: number; readonly lower: number },
  order: Order<T>,
): boolean {
  const [above, below] = [heap[upper] as Run<T>, heap[lower] as Run<T>];
  if (order(below, above) >= 0) return false;
  heap[upper] = below;
  heap[lower] = above;
  return true;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
