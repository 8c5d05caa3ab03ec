import { setTimeout as delay } from 'node:timers/promises';
import type { ConsolePorts } from '../ports.ts';
import type { FlowMeter } from './flow-meter.ts';
import type { StackWatch } from './stack-watch.ts';

/** How often is asked while somebody looks. */
export const SAMPLE_INTERVAL_MS = 2_000;
/** For so long a page waits for whoever is asked. */
const PATIENCE_MS = 2_500;

/**
 * Who is asked and does not answer leaves gaps in the picture, never an error page; and nobody waits long for a picture
 * with gaps.
 */
export function sampler(
  { meter, watch }: { meter: FlowMeter; watch: StackWatch },
  { clock, logger }: Pick<ConsolePorts, 'clock' | 'logger'>,
): { now: () => Promise<void>; refresh: () => Promise<void> } {
  let takenAtMs = Number.NEGATIVE_INFINITY;
  let isFailing = false;
  const sample = async (nowMs: number): Promise<void> => {
    try {
      await meter.sample(nowMs);
      isFailing = false;
    } catch (error) {
      if (!isFailing)
        logger.warn({ error: String(error) }, 'Rates and dead letters cannot be read');
      isFailing = true;
    }
  };
  const now = async (): Promise<void> => {
    const nowMs = clock.nowMs();
    takenAtMs = nowMs;
    const patience = new AbortController();
    await Promise.race([
      Promise.all([sample(nowMs), watch.refresh(nowMs)]),
      delay(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {}),
    ]);
    patience.abort();
  };
  return {
    now,
    refresh: async () => {
      if (clock.nowMs() - takenAtMs >= SAMPLE_INTERVAL_MS / 2) await now();
    },
  };
}
