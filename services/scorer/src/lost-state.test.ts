import { TOPICS } from '@strata/contracts';
import { FOLD_VERSION } from '@strata/domain';
import {
  aDimension,
  aPolicy,
  aPolicySet,
  aPurchase,
  aReferral,
  day,
} from '@strata/domain/builders';
import { MemoryLogWriter } from '@strata/memory';
import type { LogWriter, OutgoingRecord } from '@strata/pipeline';
import { StrataError } from '@strata/pipeline';
import { createMetrics } from '@strata/service-runtime';
import { describe, expect, it } from 'vitest';
import { createScorerMetrics } from './metrics.ts';
import type { RunningScorer } from './start-scorer.ts';
import { freezeAt, gateAt, TestStack } from './test-stack.ts';
import { LosableStore } from './test-troubles.ts';

const CUSTOMERS = Array.from({ length: 10 }, (_, n) => `customer ${n}`);
const POLICY = aPolicy({
  dimensions: [aDimension('orders'), aDimension('referrals', { weightMilli: 500 })],
});

/** Referrals, which are handed from partition to partition, purchases, and some in a currency without rate. */
const EVENTS = [0, 1, 2, 3].flatMap((round) =>
  CUSTOMERS.flatMap((customerId, n) => {
    const at = day(round * 2 + (n % 5));
    const id = `${round}.${n}`;
    const bought = { ...aPurchase(at, { customerId }), eventId: `e${id}`, orderId: `o${id}` };
    const foreign = { minor: 5, currency: 'USD' };
    const refused = { ...bought, eventId: `f${id}`, orderId: `p${id}`, amount: foreign };
    const referredCustomerId = CUSTOMERS[(n + 1) % CUSTOMERS.length] ?? '';
    const referral = { ...aReferral(at, { customerId, referredCustomerId }), eventId: `r${id}` };
    return round === 0 ? [referral, bought] : n === 0 ? [bought, refused] : [bought];
  }),
);

interface Running {
  readonly stack: TestStack;
  readonly losable: LosableStore;
  readonly scorer: RunningScorer;
  readonly sent: OutgoingRecord[];
}

async function running(given: Parameters<TestStack['start']>[0] = {}): Promise<Running> {
  const stack = new TestStack();
  const losable = new LosableStore();
  stack.store = losable.current;
  stack.open('data');
  stack.publish(aPolicySet(POLICY));
  const sent: OutgoingRecord[] = [];
  const writer = new MemoryLogWriter(stack.log);
  const outputWriter: LogWriter = {
    send: (records) => {
      sent.push(...records);
      return writer.send(records);
    },
    close: () => writer.close(),
  };
  const ports = { store: losable.store, outputWriter, ...given.ports };
  const scorer = await stack.start({ batchRecords: 7, ...given, ports });
  await stack.until(
    'the policy is active',
    () => stack.logRecords().filter(({ kind }) => kind === 'policy-activated').length === 2,
  );
  return { stack, losable, scorer, sent };
}

async function quiet({ stack }: Running): Promise<void> {
  await stack.until('nobody is due and all is published', async () => {
    await stack.settled();
    const due = await Promise.all([0, 1].map((p) => stack.store.earliestDue(p)));
    return due.every((it) => it === null);
  });
}

async function outcomeOf({ stack, sent }: Running) {
  const hashes = await Promise.all(
    [0, 1].map(async (p) => {
      const { fields } = await stack.store.inspect(p);
      return (JSON.parse(new TextDecoder().decode(fields['ledger'])) as { decisionHash: string })
        .decisionHash;
    }),
  );
  const numbered = sent.filter(
    ({ topic }) => topic === TOPICS.tierChanges || topic === TOPICS.tiers,
  );
  const decisions = stack
    .read()
    .map((it) => `${it.customerId} ${it.customerSeq} ${it.type} ${it.toTier} ${it.effectiveAt}`);
  const numbers = stack
    .changes()
    .map(({ partition, epoch, seq }) => `${partition} ${epoch}.${seq}`);
  return {
    hashes,
    decisions: decisions.toSorted(),
    numbers: numbers.toSorted(),
    sends: numbered.length,
  };
}

/** Empties the store in silence and waits until it is as full as before. */
async function emptied({ stack, losable }: Running): Promise<void> {
  await stack.turns();
  stack.store = losable.lose();
  stack.advance(5_000);
  await stack.settled();
}

async function undisturbed(): Promise<Awaited<ReturnType<typeof outcomeOf>>> {
  const plain = await running();
  plain.stack.events(EVENTS);
  plain.stack.everywhere({ kind: 'clock', at: day(400) });
  await quiet(plain);
  await plain.scorer.stop();
  return outcomeOf(plain);
}

describe('a store that is emptied under a running scorer', () => {
  it('is filled again from the log, and nothing is lost or published twice', async () => {
    const wanted = await undisturbed();
    const test = await running();
    const { stack, losable, scorer } = test;
    stack.events(EVENTS);
    await stack.settled();
    stack.store = losable.lose();
    stack.everywhere({ kind: 'clock', at: day(400) });
    await quiet(test);
    const found = await outcomeOf(test);
    expect({ ...found, hashes: [] }).toEqual({ ...wanted, hashes: [] });
    expect(new Set(found.numbers).size, 'no number was sent twice').toBe(found.numbers.length);
    await emptied(test);
    expect(await outcomeOf(test), 'and once more, to the same hash').toEqual(found);
    expect(stack.fatal).toEqual([]);
    await scorer.stop();
  });

  it('sends dead letters and hand-overs again at most as far as the last send but one', async () => {
    const test = await running({ settings: { relayRecordsMax: 4 } });
    const { stack, losable, scorer, sent } = test;
    for (const event of EVENTS) {
      stack.events([event]);
      await stack.settled();
    }
    const unnumbered = (): number =>
      sent.filter(({ topic }) => topic === TOPICS.deadLetters || topic === TOPICS.customerLog)
        .length;
    const before = unnumbered();
    expect(before).toBeGreaterThan(15);
    stack.store = losable.lose();
    stack.everywhere({ kind: 'clock', at: day(9) });
    await stack.settled();
    expect(unnumbered() - before).toBeLessThanOrEqual(2 * 4);
    await scorer.stop();
  });

  it('is missed in silence, too, and who is due then is settled', async () => {
    const wanted = await undisturbed();
    const test = await running();
    const { stack, losable, scorer } = test;
    stack.events(EVENTS);
    await stack.settled();
    await stack.turns();
    stack.store = losable.lose();
    await stack.turns();
    expect((await stack.store.inspect(0)).next, 'nobody has looked yet').toBe(0);
    stack.advance(5_000);
    await stack.until('it is as full as before', async () => {
      await stack.settled();
      return (await stack.store.inspect(0)).customerCount > 0;
    });
    expect(await stack.store.earliestDue(0)).not.toBeNull();
    stack.everywhere({ kind: 'clock', at: day(400) });
    await quiet(test);
    const { decisions, sends } = await outcomeOf(test);
    expect({ decisions, sends }).toEqual({ decisions: wanted.decisions, sends: wanted.sends });
    await scorer.stop();
  });

  it('is told of while it is filled: in health, in the metric, and no ticks are written', async () => {
    const gate = gateAt('before-commit');
    const registry = createMetrics({ withProcess: false });
    const metrics = createScorerMetrics(registry);
    const test = await running({ settings: { at: gate.at }, ports: { metrics } });
    const { stack, losable, scorer } = test;
    stack.events(EVENTS);
    await stack.settled();
    const ends = stack.log.bounds(TOPICS.customerLog).map(({ end }) => end);
    await stack.turns();
    gate.shut();
    stack.store = losable.lose();
    stack.advance(5_000);
    await stack.until('it has begun again', () =>
      scorer.report().reasons.some((it) => it.includes('folded again from the log')),
    );
    const ticks = stack
      .logRecords()
      .filter((it) => it.kind === 'tick' && it.customerIds.length > 0);
    const { partitions } = scorer.report().details as {
      partitions: { partition: number; rebuilding: { records: number; total: number } | null }[];
    };
    const [first] = partitions;
    expect(first?.rebuilding?.records).toBe(0);
    expect(first?.rebuilding?.total).toBeGreaterThanOrEqual(ends[0] ?? Infinity);
    expect(await registry.text()).toMatch(
      /strata_scorer_rebuild_left_records\{partition="0"\} [1-9]/,
    );
    gate.open();
    await stack.settled();
    expect(scorer.report().reasons).toEqual([]);
    expect(await registry.text()).toContain('strata_scorer_rebuild_left_records{partition="0"} 0');
    expect(
      stack.logRecords().filter((it) => it.kind === 'tick' && it.customerIds.length > 0),
    ).toEqual(ticks);
    await scorer.stop();
  });

  it('whose log was cut meanwhile halts the partition, says what to do, and goes on with the others', async () => {
    const { stack, losable, scorer } = await running();
    stack.events(EVENTS);
    await stack.settled();
    await stack.turns();
    const before = await Promise.all([0, 1].map((p) => losable.current.inspect(p)));
    stack.log.cutBefore({ topic: TOPICS.customerLog, partition: 0 }, 5);
    stack.store = losable.lose();
    stack.advance(5_000);
    const { customerCount } = before[1] ?? { customerCount: Infinity };
    await stack.until('the other one is full again', async () => {
      return (await stack.store.inspect(1)).customerCount === customerCount;
    });
    const said = scorer.report().reasons.join();
    expect(said).toContain('begins at 5');
    expect(said).toContain('rebuild');
    expect((await stack.store.inspect(0)).next).toBe(0);
    expect(stack.fatal).toEqual([]);
    await scorer.stop();
  });

  it('is not filled by another fold than the one whose outputs are published', async () => {
    const { stack, losable, scorer } = await running();
    stack.events(EVENTS);
    await stack.settled();
    await scorer.stop();
    stack.store = losable.lose();
    const later = await stack.start({
      settings: { foldVersion: FOLD_VERSION + 1 },
      ports: { store: losable.store },
    });
    await stack.until('both are halted', () => {
      const { halted } = later.report().details as { halted: { code: string }[] };
      return halted.filter(({ code }) => code === 'STRATA_SCORER_FOLD_VERSION').length === 2;
    });
    expect(later.report().reasons.join()).toContain(`came of version ${FOLD_VERSION} of the fold`);
    expect(stack.fatal).toEqual([]);
    expect((await stack.store.inspect(0)).next).toBe(0);
    await later.stop();
  });
});

describe('a partition that was lost while the log does not answer', () => {
  it('is woken when it answers again', async () => {
    let isDown = false;
    let tries = 0;
    const stack = new TestStack();
    const losable = new LosableStore();
    stack.store = losable.current;
    stack.open('data');
    const writer = new MemoryLogWriter(stack.log);
    const customerLogWriter: LogWriter = {
      send: async (records) => {
        tries += 1;
        if (isDown) throw new StrataError('STRATA_LOG_UNREACHABLE', 'away', { isRetryable: true });
        await writer.send(records);
      },
      close: () => writer.close(),
    };
    const scorer = await stack.start({ ports: { store: losable.store, customerLogWriter } });
    await stack.settled();
    await stack.turns();
    isDown = true;
    stack.store = losable.lose();
    stack.advance(5_000);
    await stack.until('it was tried', () => tries > 0);
    isDown = false;
    stack.advance(5_000);
    await stack.settled();
    expect((await stack.store.inspect(0)).next).toBeGreaterThan(0);
    expect(stack.fatal).toEqual([]);
    await scorer.stop();
  });
});

describe('a scorer that is frozen between asking and being answered', () => {
  it('does not lose a partition that it has just committed', async () => {
    const frozen = freezeAt('after-commit', 3);
    const { stack, losable, scorer } = await running({ settings: { at: frozen.at } });
    stack.events(EVENTS.slice(0, 20));
    await stack.until('it is frozen', () => frozen.isFrozen());
    const { owner } = await losable.current.holder(0);
    stack.advance(5_000);
    await stack.turns();
    frozen.release();
    await stack.settled();
    expect((await losable.current.holder(0)).owner).toBe(owner);
    await scorer.stop();
  });
});
