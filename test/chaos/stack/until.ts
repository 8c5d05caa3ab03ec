import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 10;
const PATIENCE_MS = 90_000;

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
