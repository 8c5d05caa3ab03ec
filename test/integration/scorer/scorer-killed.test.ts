import type { TierChangeEvent } from '@strata/contracts';
import type { CustomerEvent } from '@strata/domain';
import {
  aDimension,
  aPolicy,
  aPolicySet,
  aPurchase,
  aReferral,
  day,
} from '@strata/domain/builders';
import { partitionFor } from '@strata/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Health, ScorerProcess } from './scorer-process.ts';
import { ScorerStack } from './scorer-stack.ts';

const CUSTOMERS = 240;
const ROUNDS = 12;
const KILLS = 3;

let stack: ScorerStack;
let running: ScorerProcess | undefined;

const start = async (): Promise<ScorerProcess> => {
  running = await ScorerProcess.start({
    ...stack.env(),
    // Small commits, so that a kill falls between many of them; a short session, so that the next one need not wait.
    STRATA_SCORER_COMMIT_RECORDS: '10',
    STRATA_SCORER_SESSION_TIMEOUT_MS: '6000',
    STRATA_SCORER_POLICY_POLL_MS: '200',
  });
  return running;
};

const POLICY = aPolicy({
  dimensions: [aDimension('orders'), aDimension('referrals', { weightMilli: 500 })],
});

function entryOf(event: CustomerEvent) {
  const partition = partitionFor(new TextEncoder().encode(event.customerId), stack.partitions);
  return { partition, record: { kind: 'event', event, clockAt: event.occurredAt } as const };
}

/** Each names the next one before that one has bought. */
function referrals() {
  return Array.from({ length: CUSTOMERS }, (_, n) =>
    entryOf(
      aReferral(day(0), {
        customerId: `customer ${n}`,
        referredCustomerId: `customer ${(n + 1) % CUSTOMERS}`,
      }),
    ),
  );
}

/** Every customer buys every few days, each in a rhythm of their own. */
function purchases() {
  return Array.from({ length: ROUNDS }, (_, round) =>
    Array.from({ length: CUSTOMERS }, (__, n) =>
      entryOf(aPurchase(day(round * (1 + (n % 9))), { customerId: `customer ${n}` })),
    ),
  ).flat();
}

/** Health tells of the end of the log as of the last fetch; what one partition handed another may lie behind that. */
async function isFoldedToTheEnd(scorer: ScorerProcess): Promise<Health> {
  for (;;) {
    const health = await scorer.until('all is folded, nobody is due, all is published', (it) => {
      const all = it.details.partitions ?? [];
      const isDone = all.every(({ outboxDepth, earliestDue, lagRecords }) => {
        return outboxDepth === 0 && earliestDue === null && lagRecords === 0;
      });
      return it.isReady && all.length === stack.partitions && isDone;
    });
    const ends = await stack.logEnds();
    if (health.details.partitions?.every(({ partition, next }) => next === ends[partition])) {
      return health;
    }
  }
}

function afterRepeats(published: readonly TierChangeEvent[]): TierChangeEvent[] {
  let last = 0;
  return published.filter(({ seq }) => {
    if (seq <= last) return false;
    last = seq;
    return true;
  });
}

beforeAll(async () => {
  stack = await ScorerStack.start();
}, 300_000);

afterAll(async () => {
  await running?.stop();
  await stack?.stop();
});

describe('a scorer on Kafka, Redis and the registry', () => {
  it('killed again and again, publishes what the pure fold of the log says, once and in order', async () => {
    await stack.everywhere({
      kind: 'stack-opened',
      time: 'data',
      partitions: stack.partitions,
      ledgerHorizonDays: 800,
    });
    await stack.publish(aPolicySet(POLICY));
    let scorer = await start();
    await scorer.until('the policy is active everywhere', ({ isReady, details }) => {
      const all = details.partitions ?? [];
      return isReady && all.length === stack.partitions && all.every((it) => it.policySet !== null);
    });

    const entries = [...referrals(), ...purchases()];
    const share = Math.ceil(entries.length / KILLS);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await stack.append(entries.slice(kill * share, (kill + 1) * share));
      const { details } = await scorer.until('it is in the middle', (health) => {
        const all = health.details.partitions ?? [];
        return all.some((it) => it.lagRecords > 20 && it.next > 30);
      });
      // A kill that finds nothing to do would prove nothing.
      expect(details.partitions?.some(({ lagRecords }) => lagRecords > 0)).toBe(true);
      await scorer.kill();
      scorer = await start();
    }

    await stack.everywhere({ kind: 'clock', at: day(400) });
    const end = await isFoldedToTheEnd(scorer);

    let converted = 0;
    for (let partition = 0; partition < stack.partitions; partition += 1) {
      const { changes, decisionHash, referrals } = await stack.truth(partition);
      converted += referrals;
      expect(afterRepeats(await stack.published(partition))).toEqual(changes);
      expect(end.details.partitions?.[partition]?.decisionHash).toBe(decisionHash);
      expect(changes.some(({ cause, type }) => cause.kind === 'time' && type === 'demoted')).toBe(
        true,
      );
    }
    // Most of them went to another partition and back, and some of these records lie there twice.
    expect(converted).toBe(CUSTOMERS);
    expect(await scorer.metrics()).toContain('strata_scorer_commits_total{outcome="ok"}');
    expect(await scorer.stop()).toBe(0);
  }, 300_000);
});
