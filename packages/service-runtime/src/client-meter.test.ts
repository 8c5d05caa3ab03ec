import { describe, expect, it } from 'vitest';
import { ClientMeter } from './client-meter.ts';
import { createMetrics } from './metrics.ts';

class Store {
  readonly #held = 'value';
  isUp = true;

  async read(): Promise<string> {
    if (this.isUp) return this.#held;
    const error = new Error('no disk');
    throw Object.assign(error, { code: 'STRATA_REDIS_UNAVAILABLE', details: { reply: 'MISCONF' } });
  }

  async *scan(): AsyncGenerator<string> {
    yield this.#held;
    if (!this.isUp) throw new Error('customer c1 cannot be told here');
  }

  size(): number {
    return this.#held.length;
  }
}

function aMeter() {
  const clock = { ms: 1_000 };
  const metrics = createMetrics({ withProcess: false });
  const store = new Store();
  const meter = new ClientMeter(metrics, () => clock.ms);
  const metered = meter.metered('state-redis', store);
  return { clock, meter, metrics, store, metered };
}

async function all(pieces: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const piece of pieces) found.push(piece);
  return found;
}

describe('a meter before a client', () => {
  it('changes nothing of what is asked and answered', async () => {
    const { metered, store } = aMeter();
    expect(await metered.read()).toBe('value');
    expect(metered.size()).toBe(5);
    expect(await all(metered.scan())).toEqual(['value']);
    expect(metered).toBeInstanceOf(Store);
    store.isUp = false;
    await expect(metered.read()).rejects.toThrow('no disk');
  });

  it('counts a failure by operation, code and reply, and nothing of its message', async () => {
    const { metered, metrics, store } = aMeter();
    store.isUp = false;
    await expect(metered.read()).rejects.toThrow();
    await expect(all(metered.scan())).rejects.toThrow();
    const text = await metrics.text();
    const failures = 'strata_runtime_client_failures_total{client="state-redis"';
    expect(text).toContain(
      `${failures},operation="read",code="STRATA_REDIS_UNAVAILABLE",reply="MISCONF"} 1`,
    );
    expect(text).toContain(`${failures},operation="scan",code="STRATA_UNEXPECTED",reply="none"} 1`);
    expect(text).not.toContain('c1');
  });

  it('is silent since its last good answer, and since the start where there was none', async () => {
    const { clock, meter, metered, metrics, store } = aMeter();
    const silence = async () =>
      /silence_seconds\{client="state-redis"\} (\S+)/.exec(await metrics.text())?.[1];
    clock.ms += 4_000;
    expect(await silence()).toBe('4');
    await metered.read();
    clock.ms += 7_000;
    store.isUp = false;
    await expect(metered.read()).rejects.toThrow();
    expect(await silence()).toBe('7');
    expect(meter.reasons()).toEqual([]);
    clock.ms += 24_000;
    expect(meter.reasons()).toEqual(['No call to state-redis was answered for 31 s.']);
    store.isUp = true;
    await metered.read();
    expect(meter.reasons()).toEqual([]);
  });
});
