import {
  type CustomerEvent,
  type CustomerState,
  EMPTY_LEDGER,
  LEDGER_LISTS,
  type Ledger,
  type Link,
  type LogRecord,
  type MergeAsked,
  type TierChange,
} from '@strata/domain';
import {
  aCancellation,
  aComplaint,
  aLink,
  anEngagement,
  aPolicy,
  aPolicySet,
  aProfile,
  aPurchase,
  aReferral,
  aRefund,
  day,
} from '@strata/domain/builders';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { PartitionedLog } from './partitioned-log.ts';
import { MODEL_SETTINGS } from './settings.ts';

/** Two of them lie in each partition. Outsiders are only named, and buy. */
const PARTITIONS = 3;
const NAMES = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5'];
const OUTSIDERS = ['n0', 'n1', 'n2'];
const partitionOf = (customerId: string): number => Number(customerId.slice(1)) % PARTITIONS;

/** Where the tier is a function of the present score, the way that led there makes no difference. */
const SET = aPolicySet(
  aPolicy({
    borders: [
      { tier: 'silver', enterMilli: 2_000, leaveMilli: 2_000 },
      { tier: 'gold', enterMilli: 3_000, leaveMilli: 3_000 },
    ],
  }),
);

const name = fc.constantFrom(...NAMES);
/** Events of few numbers under any name: the same one is reported under several. */
const reported = fc.record({
  kind: fc.constantFrom(
    'purchase',
    'purchase',
    'purchase',
    'refund',
    'cancelled',
    'complaint',
    'engagement',
    'profile',
    'referral',
  ),
  number: fc.nat(11),
  by: name,
});
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('report' as const), what: reported }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('outsider' as const), who: fc.nat(2) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('merge' as const),
      other: name,
      into: name,
      isTwice: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('link' as const),
      other: name,
      into: name,
      isTwice: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('fold' as const, 'publish' as const),
      partition: fc.nat(PARTITIONS - 1),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('forget' as const),
      partition: fc.nat(PARTITIONS - 1),
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
);

type Reported = typeof reported extends fc.Arbitrary<infer T> ? T : never;
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** All at about the same time, so that nothing leaves a window or the horizon. */
function eventOf({ kind, number, by }: Reported): CustomerEvent {
  const at = day(1) + number * 1_000;
  const orderId = `o${number % 5}`;
  const order = aPurchase(at, { customerId: by, orderId, amount: { minor: 100, currency: 'CNY' } });
  const own = { customerId: by, eventId: `${kind} ${number}` };
  switch (kind) {
    case 'purchase':
      return { ...order, ...own };
    case 'refund':
      return aRefund(order, { ...own, amount: { minor: 30, currency: 'CNY' } });
    case 'cancelled':
      return aCancellation(order, own);
    case 'complaint':
      return aComplaint(at, { ...own, ticketId: `t${number % 3}` });
    case 'engagement':
      return anEngagement(at, own);
    case 'profile':
      return aProfile(at, { segment: `s${number}` }, own);
    default: {
      // Each number names one outsider, so that the same event names the same one, whoever reports it.
      const referredCustomerId = OUTSIDERS[number % OUTSIDERS.length] as string;
      return aReferral(day(1), { ...own, referredCustomerId });
    }
  }
}

interface Played {
  readonly log: PartitionedLog;
  readonly events: readonly CustomerEvent[];
  readonly asked: readonly MergeAsked[];
  readonly linked: readonly Link[];
}

function play(steps: readonly Step[]): Played {
  const log = new PartitionedLog(PARTITIONS, partitionOf);
  log.everywhere({
    kind: 'stack-opened',
    time: 'data',
    partitions: PARTITIONS,
    ledgerHorizonDays: 800,
  });
  log.everywhere({ kind: 'policy-activated', set: SET });
  const events: CustomerEvent[] = [];
  const asked: MergeAsked[] = [];
  const linked: Link[] = [];
  const report = (event: CustomerEvent): void => {
    events.push(event);
    log.append({ kind: 'event', event, clockAt: event.occurredAt });
  };
  for (const it of steps) {
    if (it.do === 'report') report(eventOf(it.what));
    else if (it.do === 'outsider') report(aPurchase(day(1), { customerId: `n${it.who}` }));
    else if (it.do === 'merge') {
      const record: MergeAsked = {
        kind: 'merge-asked',
        id: `m${asked.length}`,
        survivorId: it.into,
        otherId: it.other,
        reason: 'r',
        actor: 'a',
      };
      asked.push(record);
      log.append(record);
      if (it.isTwice) log.append(record);
    } else if (it.do === 'link') {
      const event = aLink(day(1), { customerId: it.into, linkedId: it.other });
      linked.push(event);
      for (let times = it.isTwice ? 2 : 1; times > 0; times--) {
        log.append({ kind: 'event', event, clockAt: event.occurredAt });
      }
    } else if (it.do === 'fold') log.foldOn(it.partition, it.count);
    else if (it.do === 'publish') log.publishOn(it.partition, it.count);
    else log.forgetPublished(it.partition, it.count);
  }
  log.drain();
  log.everywhere({ kind: 'clock', at: day(2) });
  for (const customerId of NAMES) log.append({ kind: 'tick', customerIds: [customerId] });
  log.drain();
  return { log, events, asked, linked };
}

/** Whom a name leads to; it fails where aliases form a circle. */
function survivorOf(log: PartitionedLog, customerId: string): string {
  const seen = new Set<string>();
  for (let id = customerId; ; ) {
    expect(seen.has(id)).toBe(false);
    seen.add(id);
    const alias = log.customers.get(id)?.alias;
    if (alias === undefined) return id;
    id = alias.survivorId;
  }
}

/** What one customer in one partition makes of the events. */
function aloneWith(events: readonly CustomerEvent[]): CustomerState | undefined {
  const log = new PartitionedLog(1, () => 0);
  const records: LogRecord[] = [
    { kind: 'stack-opened', time: 'data', partitions: 1, ledgerHorizonDays: 800 },
    { kind: 'policy-activated', set: SET },
    ...events.map((event): LogRecord => {
      return { kind: 'event', event: { ...event, customerId: 'one' }, clockAt: event.occurredAt };
    }),
    { kind: 'clock', at: day(2) },
    { kind: 'tick', customerIds: ['one'] },
  ];
  for (const record of records) log.append({ ...record });
  log.foldOn(0, Number.POSITIVE_INFINITY);
  return log.customers.get('one');
}

/** Places in the log are another matter; so are traces, of merges and of events without a value. */
function contentsOf(ledger: Ledger): unknown {
  const names = LEDGER_LISTS.filter((it) => it !== 'traces' && it !== 'referrals');
  return names.map((list) =>
    ledger[list]
      .map((entry) => ({ ...entry, offset: 0 }))
      .toSorted((a, b) => a.at - b.at || (a.eventKey < b.eventKey ? -1 : 1)),
  );
}

describe('merges between partitions, in whatever order their logs are folded and published', () => {
  const steps = fc.array(step, { minLength: 10, maxLength: 60 });

  test('leave every event with its survivor, once', () => {
    let merged = 0;
    fc.assert(
      fc.property(steps, (given) => {
        const { log, events } = play(given);
        const groups = Map.groupBy(NAMES, (it) => survivorOf(log, it));
        for (const [survivor, names] of groups) {
          merged += names.length - 1;
          const own = events.filter((it) => names.includes(it.customerId));
          const wanted = aloneWith(own);
          const found = log.customers.get(survivor);
          expect(contentsOf(found?.ledger ?? EMPTY_LEDGER)).toEqual(
            contentsOf(wanted?.ledger ?? EMPTY_LEDGER),
          );
          // Whether an order or its cancellation was known first makes a customer existing or not, and for ever.
          if (own.every((it) => it.type !== 'order-cancelled')) {
            expect(found?.isExisting ?? false).toBe(wanted?.isExisting ?? false);
          }
          if (found?.isExisting === wanted?.isExisting) {
            expect(found?.standing?.tier).toBe(wanted?.standing?.tier);
          }
          const absorbed = (found?.absorbed ?? []).map((it) => it.customerId);
          expect(new Set([survivor, ...absorbed])).toEqual(new Set(names));
        }
      }),
      MODEL_SETTINGS,
    );
    expect(merged).toBeGreaterThan(0);
  });

  test('count who was named by any name of a customer, once', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const { log, events } = play(given);
        const bought = new Set(
          events.filter((it) => it.type === 'purchase').map((it) => it.customerId),
        );
        for (const [survivor, names] of Map.groupBy(NAMES, (it) => survivorOf(log, it))) {
          const named = events.flatMap((it) =>
            it.type === 'referral' && names.includes(it.customerId) ? [it.referredCustomerId] : [],
          );
          const wanted = new Set(named.filter((it) => bought.has(it)));
          const found = log.customers.get(survivor)?.ledger.referrals ?? [];
          expect(found).toHaveLength(wanted.size);
        }
      }),
      MODEL_SETTINGS,
    );
  });

  test('end, each by a merge or by one refusal, and leave nobody reserved', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const { log, asked, linked } = play(given);
        const states = [...log.customers.values()];
        expect(states.some((it) => it.reservation !== undefined)).toBe(false);
        expect(states.some((it) => it.links !== undefined)).toBe(false);
        const done = new Set(states.flatMap((it) => it.absorbed ?? []).map((it) => it.mergeId));
        const aliases = [...log.customers].filter(([, it]) => it.alias !== undefined);
        expect(done.size).toBe(aliases.length);
        const letters = log.outputs.filter((it) => it.kind === 'dead-letter');
        const repeats = given.filter((it) => 'isTwice' in it && it.isTwice).length;
        const refused = asked.filter(({ id }) => !done.has(id)).length;
        // Who was refused at once may be asked for again under the same id; a link that changes nothing needs no refusal.
        expect(letters.length).toBeGreaterThanOrEqual(refused);
        expect(letters.length).toBeLessThanOrEqual(refused + linked.length + repeats);
        const left = log.outputs.flatMap((it) => (it.kind === 'retired' ? [it.customerId] : []));
        expect(left.length).toBe(new Set(left).size);
        expect(aliases.map(([id]) => id)).toEqual(expect.arrayContaining(left));
        const told = log.outputs.flatMap((it) =>
          it.kind === 'tier-change' ? [it.customerId] : [],
        );
        expect(left).toEqual(
          expect.arrayContaining(told.filter((it) => aliases.some(([id]) => id === it))),
        );
      }),
      MODEL_SETTINGS,
    );
  });

  test('by links that contradict nothing all come about, however they meet', () => {
    // Each name says at most once who it is, and nobody comes round to itself: the order of names keeps them apart.
    const forest = fc.shuffledSubarray(
      NAMES.slice(1).map((it, n) => ({ linkedId: it, above: NAMES.slice(0, n + 1) })),
    );
    fc.assert(
      fc.property(forest, steps, fc.array(fc.nat(), { minLength: 6 }), (links, given, picks) => {
        const said = links.map(({ linkedId, above }, n) => {
          const customerId = above[(picks[n] ?? 0) % above.length] as string;
          return { do: 'link', other: linkedId, into: customerId, isTwice: n % 2 === 0 } as const;
        });
        // Links and what happens between them, in turn.
        const quiet = given.filter(({ do: what }) => what !== 'merge' && what !== 'link');
        const mixed = said.flatMap((it, n) => [it, ...quiet.slice(n * 3, n * 3 + 3)]);
        const { log } = play([...quiet.slice(0, 4), ...mixed, ...quiet.slice(said.length * 3)]);
        expect(log.outputs.filter((it) => it.kind === 'dead-letter')).toEqual([]);
        for (const { other, into } of said) {
          expect(survivorOf(log, other)).toBe(survivorOf(log, into));
        }
        const roots = NAMES.filter((it) => said.every(({ other }) => other !== it));
        for (const root of roots) expect(survivorOf(log, root)).toBe(root);
      }),
      MODEL_SETTINGS,
    );
  });

  test('number what is told of each customer without a gap, and tell nothing of who left', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const { log } = play(given);
        const gone = new Set<string>();
        const seqs = new Map<string, number>();
        for (const output of log.outputs) {
          if (output.kind === 'retired') gone.add(output.customerId);
          if (output.kind !== 'tier-change') continue;
          const { customerId, customerSeq }: TierChange = output;
          expect(gone.has(customerId)).toBe(false);
          expect(customerSeq).toBe((seqs.get(customerId) ?? 0) + 1);
          seqs.set(customerId, customerSeq);
        }
      }),
      MODEL_SETTINGS,
    );
  });
});
