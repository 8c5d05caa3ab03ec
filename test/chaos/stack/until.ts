import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 10;
const PATIENCE_MS = 90_000;

/** Tries again while the other side is away. What it does must bear being done twice. */
export async function insist<T>(what: string, work: () => Promise<T>): Promise<T> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > deadlineMs)
        throw new Error(`Tried in vain: ${what}`, { cause: error });
      await delay(POLL_MS);
    }
  }
}

/** Waits for a condition outside this process; in vain is a failure that says what was waited for, and what was seen. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  options: { readonly patienceMs?: number; readonly seen?: () => string } = {},
): Promise<void> {
  const deadlineMs = performance.now() + (options.patienceMs ?? PATIENCE_MS);
  while (!(await holds())) {
    if (performance.now() > deadlineMs) {
      throw new Error(`Waited in vain until ${what}\n${options.seen?.() ?? ''}`);
    }
    await delay(POLL_MS);
  }
}
