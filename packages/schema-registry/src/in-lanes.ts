/**
 * Registries answer in tens of milliseconds: a few questions at once make the whole short, more
 * would not.
 */
const LANES = 6;

/** Does the work for every item, a few at a time. The first fault is thrown once all lanes have ended. */
export async function inLanes<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) await work(next.value);
  };
  const ended = await Promise.allSettled(Array.from({ length: LANES }, lane));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}
