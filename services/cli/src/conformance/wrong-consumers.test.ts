import { WebhookReader } from '@strata/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CONSUMER_SECRET, type ConsumerHabits, startConsumer } from '../builders/test-consumer.ts';
import { SCENARIOS } from './all-scenarios.ts';
import { planScenarios, runConformance } from './run-conformance.ts';

let runs = 0;

/** The names of the scenarios in which the consumer does not end right. */
async function failing(habits: ConsumerHabits, settleMs = 0): Promise<readonly string[]> {
  const consumer = await startConsumer(habits);
  onTestFinished(() => consumer.close());
  runs += 1;
  const own = { runId: `run${runs}`, firstOffset: runs * 1_000, nowMs: Date.now };
  const result = await runConformance(planScenarios(SCENARIOS, own), {
    ...own,
    url: new URL(consumer.url),
    secret: CONSUMER_SECRET,
    stateTemplate: consumer.stateTemplate,
    settleMs,
    retryDelayMs: 0,
    signal: new AbortController().signal,
    onPost: () => {},
  });
  const scenarios = result?.scenarios ?? [];
  expect(scenarios.length).toBe(SCENARIOS.length);
  return scenarios.filter(({ misses }) => misses.length > 0).map(({ scenario }) => scenario.name);
}

const reader = new WebhookReader({ secrets: [CONSUMER_SECRET] });

/** Reads as if it were signed. */
const unverified: ConsumerHabits['read'] = (headers, body) => {
  const { type, data } = JSON.parse(body.toString());
  const id = String(headers['webhook-id']);
  const verified = { id, sentAtMs: 0, isReplay: headers['strata-replay'] !== undefined };
  return ['paused', undefined].includes(data.type)
    ? { kind: 'other', ...verified, type, data }
    : { kind: 'tier-change', ...verified, change: data };
};

/** Holds each until so many of its customer were read, so that none sees what another writes. */
function heldTogether(): NonNullable<ConsumerHabits['betweenReadAndWrite']> {
  const waiting = new Map<string, (() => void)[]>();
  return async ({ customerId }) => {
    const together = customerId.includes('-repeated-at-once') ? 4 : 2;
    if (!customerId.includes('-at-once')) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const those = [...(waiting.get(customerId) ?? []), resolve];
    waiting.set(customerId, those);
    if (those.length === together) for (const go of those) go();
    await promise;
  };
}

function idsOnce(): NonNullable<ConsumerHabits['takes']> {
  const ids = new Set<string>();
  return (_, { id }) => {
    const isFirst = !ids.has(id);
    ids.add(id);
    return isFirst;
  };
}

const WRONG: readonly {
  readonly why: string;
  readonly habits: () => ConsumerHabits;
  readonly fails: readonly string[];
}[] = [
  {
    why: 'ignores signatures',
    habits: () => ({ read: unverified }),
    fails: ['forged-signature', 'altered-body', 'stale-timestamp'],
  },
  {
    why: 'drops repeats by id, and applies whatever comes last',
    habits: () => ({ takes: idsOnce() }),
    fails: ['reordered', 'at-once', 'same-tier'],
  },
  {
    why: 'takes what is not older, so that repeats act twice',
    habits: () => ({ takes: ({ customerSeq }, _, mark) => customerSeq >= mark }),
    fails: ['repeated', 'repeated-at-once', 'replay'],
  },
  {
    why: 'dies on unknown types',
    habits: () => ({ answerTo: ({ kind }) => (kind === 'other' ? 500 : null) }),
    fails: ['unknown-type'],
  },
  {
    why: 'accepts any timestamp',
    habits: () => {
      const patient = new WebhookReader({
        secrets: [CONSUMER_SECRET],
        toleranceMs: Number.POSITIVE_INFINITY,
      });
      return { read: (headers, body) => patient.read(headers, body) };
    },
    fails: ['stale-timestamp'],
  },
  {
    why: 'looks at the first signature alone',
    habits: () => ({
      read: (headers, body) => {
        const [first] = String(headers['webhook-signature'] ?? '').split(' ');
        return reader.read({ ...headers, 'webhook-signature': first }, body);
      },
    }),
    fails: ['two-signatures'],
  },
  {
    why: 'refuses causes it does not know',
    habits: () => ({
      answerTo: (webhook) => {
        const isKnown =
          webhook.kind !== 'tier-change' ||
          ['event', 'time', 'correction'].includes(webhook.change.cause.kind);
        return isKnown ? null : 422;
      },
    }),
    fails: ['unknown-fields'],
  },
  {
    why: 'verifies over JSON that it wrote again',
    habits: () => ({
      read: (headers, body) => reader.read(headers, JSON.stringify(JSON.parse(body.toString()))),
    }),
    fails: ['altered-body'],
  },
  {
    why: 'takes the next number alone',
    habits: () => ({
      takes: ({ customerSeq }, _, mark) => mark === 0 || customerSeq === mark + 1,
    }),
    fails: ['reordered', 'gap', 'same-tier', 'unknown-type'],
  },
  {
    why: 'reads its mark first and writes it later',
    habits: () => ({ betweenReadAndWrite: heldTogether() }),
    fails: ['repeated-at-once', 'at-once'],
  },
  {
    why: 'leaves a promotion that was withdrawn',
    habits: () => ({
      tierOf: ({ type, fromTier, toTier }) => (type === 'withdrawn' ? String(fromTier) : toTier),
    }),
    fails: ['withdrawn'],
  },
  {
    why: 'obeys a replay',
    habits: () => ({
      takes: ({ customerSeq }, { isReplay }, mark) => isReplay || customerSeq > mark,
    }),
    fails: ['replay'],
  },
  {
    why: 'takes the tier at stake for the tier',
    habits: () => ({
      tierOf: ({ type, atRisk, fromTier, toTier }) =>
        atRisk?.toTier ?? (type === 'renewed' ? 'silver' : (toTier ?? fromTier)),
    }),
    fails: ['same-tier'],
  },
  {
    why: 'compares ids without case, as many databases do',
    habits: () => ({ keyOf: (id) => id.toLowerCase() }),
    fails: ['non-ascii-ids'],
  },
  {
    why: 'takes bodies up to 100 kB',
    habits: () => ({ bodyBytesMax: 100_000 }),
    fails: ['large-body'],
  },
  {
    why: 'answers and does nothing',
    habits: () => ({ takes: () => false }),
    fails: SCENARIOS.map(({ name }) => name),
  },
];

describe('a right consumer passes everything', () => {
  test('built with the client', async () => expect(await failing({})).toEqual([]));
  test('that tells no effects', async () =>
    expect(await failing({ hasEffects: false })).toEqual([]));
  test('that works behind its answer', async () => {
    expect(await failing({ isLate: true }, 10_000)).toEqual([]);
  });
});

describe('a wrong consumer fails where it is wrong, and nowhere else', () => {
  test.each(WRONG)('$why', async ({ habits, fails }) => {
    expect([...(await failing(habits()))].toSorted()).toEqual([...fails].toSorted());
  });

  test('each scenario finds somebody out who is right in the most of them', () => {
    const few = WRONG.filter(({ fails }) => fails.length < SCENARIOS.length);
    const found = new Set(few.flatMap(({ fails }) => fails));
    const idle = SCENARIOS.filter(({ name }) => !found.has(name)).map(({ name }) => name);
    // Whoever fails this one does nothing at all.
    expect(idle).toEqual(['in-order']);
  });
});
