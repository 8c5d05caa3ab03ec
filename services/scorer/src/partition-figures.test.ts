import { DAY_MS } from '@strata/domain';
import { aPurchase, day } from '@strata/domain/builders';
import { MemoryLogReader, MemoryLogWriter } from '@strata/memory';
import { createMetrics } from '@strata/service-runtime';
import { describe, expect, it } from 'vitest';
import { createScorerMetrics } from './metrics.ts';
import type { ScorerPorts } from './scorer-ports.ts';
import type { RunningScorer } from './start-scorer.ts';
import { TestStack } from './test-stack.ts';

interface Stage {
  readonly stack: TestStack;
  readonly scorer: RunningScorer;
  readonly text: () => Promise<string>;
  /** Sum over all partitions; null where none is told. */
  readonly figure: (name: string) => Promise<number | null>;
}

async function aStage(
  time: 'wall' | 'data',
  given: Partial<ScorerPorts> | ((stack: TestStack) => Partial<ScorerPorts>) = {},
): Promise<Stage> {
  const stack = new TestStack();
  stack.open(time);
  stack.publish();
  const registry = createMetrics({ withProcess: false });
  const ports = typeof given === 'function' ? given(stack) : given;
  const scorer = await stack.start({ ports: { metrics: createScorerMetrics(registry), ...ports } });
  await stack.until(
    'the policy is active',
    () => stack.logRecords().filter(({ kind }) => kind === 'policy-activated').length === 2,
  );
  await stack.settled();
  const text = (): Promise<string> => registry.text();
  const figure = async (name: string): Promise<number | null> => {
    const lines = (await text()).match(new RegExp(`^${name}(\\{.*\\})? \\S+$`, 'gm')) ?? [];
    if (lines.length === 0) return null;
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };
  return { stack, scorer, text, figure };
}

function purchases(customers: number) {
  return Array.from({ length: customers }, (_, n) =>
    aPurchase(day(n % 300), { customerId: `person-${n}` }),
  ).map((event, n) => ({ ...event, eventId: `e${n}`, orderId: `o${n}` }));
}

describe('the figures of a scorer', () => {
  it('are its own and those of the log, and nothing is behind', async () => {
    const { stack, scorer, figure } = await aStage('data');
    stack.events(purchases(40));
    await stack.settled();
    await scorer.lookAtLog();
    const ends = stack.log.bounds('strata.customer-log.v1').reduce((sum, { end }) => sum + end, 0);
    expect(await figure('strata_scorer_log_end_offset')).toBe(ends);
    expect(await figure('strata_scorer_committed_offset')).toBe(ends);
    expect(await figure('strata_scorer_lag_records')).toBe(0);
    expect(await figure('strata_scorer_lag_seconds')).toBe(0);
    expect(await figure('strata_scorer_owned')).toBe(2);
    expect(await figure('strata_scorer_log_partitions')).toBe(2);
    expect(await figure('strata_scorer_relay_position')).toBe(
      await figure('strata_scorer_output_position'),
    );
    await scorer.stop();
  });

  it('are as many for a thousand customers as for ten, and name none of them', async () => {
    const series: number[] = [];
    for (const customers of [10, 1_000]) {
      const { stack, scorer, text } = await aStage('data');
      stack.events(purchases(customers));
      await stack.settled();
      const lines = (await text()).split('\n').filter((line) => line.startsWith('strata_'));
      expect(lines.filter((line) => line.includes('person-'))).toEqual([]);
      series.push(lines.length);
      await scorer.stop();
    }
    expect(series[1]).toBe(series[0]);
  });

  it('are not told of a log that does not answer, however good they were before', async () => {
    let isUp = true;
    const { stack, scorer, figure } = await aStage('data', (on) => {
      const reader = new MemoryLogReader(on.log);
      const bounds = reader.bounds.bind(reader);
      reader.bounds = async (topic) => {
        if (!isUp) throw new Error('No broker.');
        return bounds(topic);
      };
      return { reader };
    });
    await scorer.lookAtLog();
    expect(await figure('strata_scorer_lag_records')).toBe(0);
    expect(scorer.report().reasons).toEqual([]);
    isUp = false;
    stack.clock.ms += 31_000;
    await expect(scorer.lookAtLog()).rejects.toThrow('No broker.');
    for (const name of ['lag_records', 'lag_seconds', 'stalled_seconds', 'log_end_offset']) {
      expect(await figure(`strata_scorer_${name}`), name).toBeNull();
    }
    expect(await figure('strata_scorer_log_look_age_seconds')).toBe(31);
    expect(scorer.report().reasons.join()).toContain('so the lag is not known');
    isUp = true;
    await scorer.lookAtLog();
    expect(await figure('strata_scorer_lag_records')).toBe(0);
    expect(scorer.report().reasons).toEqual([]);
    await scorer.stop();
  });

  it('say for how long outputs have waited that nobody takes', async () => {
    let isUp = true;
    const { stack, scorer, figure } = await aStage('data', (on) => {
      const writer = new MemoryLogWriter(on.log);
      const send: ScorerPorts['outputWriter']['send'] = (records) =>
        isUp ? writer.send(records) : Promise.reject(new Error('No broker.'));
      return { outputWriter: { send, close: async () => {} } };
    });
    expect(await figure('strata_scorer_outbox_age_seconds')).toBe(0);
    isUp = false;
    stack.events(purchases(10));
    await stack.until('outputs wait', async () => {
      return ((await figure('strata_scorer_outbox_depth_records')) ?? 0) > 0;
    });
    await stack.until(
      'all is folded',
      async () => (await figure('strata_scorer_lag_records')) === 0,
    );
    stack.clock.ms += 70_000;
    expect(await figure('strata_scorer_outbox_age_seconds')).toBeGreaterThanOrEqual(70);
    expect(scorer.report().reasons.join()).toContain(
      'Outputs have waited to be published for more',
    );
    isUp = true;
    stack.advance(5_000);
    await stack.settled();
    expect(await figure('strata_scorer_outbox_age_seconds')).toBe(0);
    await scorer.stop();
  });

  it('go on saying for how long somebody is overdue while no tick can be appended', async () => {
    let isUp = true;
    let refused = 0;
    const { stack, scorer, figure } = await aStage('wall', (on) => {
      const writer = new MemoryLogWriter(on.log);
      const send: ScorerPorts['customerLogWriter']['send'] = (records) => {
        if (isUp) return writer.send(records);
        refused += 1;
        return Promise.reject(new Error('No broker.'));
      };
      return { customerLogWriter: { send, close: async () => {} } };
    });
    const dueMs = stack.clock.ms + 60_000;
    const at = dueMs - 30 * DAY_MS;
    stack.events([1, 2].map(() => aPurchase(at, { customerId: 'leaver' })));
    await stack.settled();
    isUp = false;
    stack.advance(90_000);
    await stack.until('a tick is refused', () => refused > 0);
    await stack.until('it is refused again', () => {
      stack.advance(500);
      return refused > 1;
    });
    const overdueSeconds = (stack.clock.ms - dueMs) / 1_000;
    expect(await figure('strata_scorer_overdue_seconds')).toBe(overdueSeconds);
    isUp = true;
    await stack.until('it is settled', async () => {
      stack.advance(500);
      return (await figure('strata_scorer_overdue_seconds')) === 0;
    });
    await scorer.stop();
  });

  it('say whose partitions were given and cannot be taken', async () => {
    let isUp = true;
    const { stack, scorer, figure } = await aStage('data', (on) => {
      const commit = on.store.commit.bind(on.store);
      const acquire = on.store.acquire.bind(on.store);
      on.store.commit = (given) => (isUp ? commit(given) : Promise.reject(new Error('No Redis.')));
      on.store.acquire = (at) => (isUp ? acquire(at) : Promise.reject(new Error('No Redis.')));
      return { store: on.store };
    });
    isUp = false;
    stack.events(purchases(40));
    await stack.until('both are lost', async () => (await figure('strata_scorer_owned')) === null);
    expect(scorer.report().reasons.join()).toContain('could not be taken yet');
    expect(await figure('strata_scorer_lag_records')).toBeNull();
    isUp = true;
    await stack.settled();
    expect(await figure('strata_scorer_owned')).toBe(2);
    expect(scorer.report().reasons).toEqual([]);
    expect(await figure('strata_scorer_commits_total\\{outcome="failed"\\}')).toBeGreaterThan(0);
    await scorer.stop();
  });

  it('tell by how much this clock is ahead of the broker’s', async () => {
    const { stack, scorer, figure } = await aStage('data', (on) => ({
      clock: { nowMs: () => on.clock.ms + 12_000 },
    }));
    stack.events(purchases(10));
    await stack.settled();
    expect(await figure('strata_scorer_clock_skew_seconds')).toBe(12);
    await scorer.stop();
  });
});
