import {
  type DeadLetter,
  deadLetterFromWire,
  logRecordFromWire,
  logRecordToWire,
  type RedriveSlip,
  redriveHeader,
  slipFor,
  TOPICS,
  unpackOriginal,
} from '@strata/contracts';
import { type CustomerEvent, DAY_MS, type LogRecord, type RateRow } from '@strata/domain';
import { aPurchase, day } from '@strata/domain/builders';
import { createMetrics, LABEL_NAMES_MAX, unseal } from '@strata/service-runtime';
import { describe, expect, it } from 'vitest';
import { CRASH_POINTS, type CrashPoint } from './crash-point.ts';
import { createScorerMetrics } from './metrics.ts';
import { freezeAt, SEALING_KEY, serde, TestStack } from './test-stack.ts';

/** Every record a commit, every output a send: whatever can lie between two steps does. */
const SMALL = { commitRecordsMax: 1, relayRecordsMax: 1, redrivesMax: 2 };
const rates: readonly RateRow[] = [{ day: day(0) / DAY_MS, from: 'USD', to: 'CNY', rate: '7' }];

const inDollars = (customerId: string): CustomerEvent => ({
  ...aPurchase(day(1), { customerId, amount: { minor: 100, currency: 'USD' } }),
  eventId: `e ${customerId}`,
});

async function aStack(): Promise<TestStack> {
  const stack = new TestStack(2);
  stack.open('data');
  stack.publish();
  const scorer = await stack.start({ settings: SMALL });
  await stack.until(
    'the policy is active',
    () => stack.logRecords().filter(({ kind }) => kind === 'policy-activated').length === 2,
  );
  await stack.settled();
  await scorer.stop();
  return stack;
}

function append(
  stack: TestStack,
  record: LogRecord,
  { about, slip }: { about: string; slip?: RedriveSlip },
): void {
  stack.log.append([
    {
      topic: TOPICS.customerLog,
      partition: stack.partitionOf(about),
      key: null,
      value: serde(TOPICS.customerLog).encode(logRecordToWire(record)),
      headers: slip === undefined ? {} : redriveHeader(slip),
    },
  ]);
}

/** As the ingestor writes what was redriven. */
function redrive(stack: TestStack, event: CustomerEvent, letter: DeadLetter): void {
  const record = { kind: 'event', event, clockAt: event.occurredAt } as const;
  append(stack, record, { about: event.customerId, slip: slipFor(letter) });
}

/** What a reader of the compacted topic is left with. */
function openLetters(stack: TestStack): readonly DeadLetter[] {
  const newest = new Map<string, DeadLetter | null>();
  for (const { key, value } of stack.records(TOPICS.deadLetters)) {
    const letter =
      value === null ? null : deadLetterFromWire(serde(TOPICS.deadLetters).decode(value));
    newest.set(Buffer.from(key ?? []).toString(), letter);
  }
  return [...newest.values()].filter((letter) => letter !== null);
}

function eventOf({ sealed }: DeadLetter): CustomerEvent {
  const { value } = unpackOriginal(unseal(SEALING_KEY, sealed));
  const record = logRecordFromWire(serde(TOPICS.customerLog).decode(value ?? new Uint8Array()));
  if (record.kind !== 'event') throw new TypeError(record.kind);
  return record.event;
}

async function ratesComeIn(stack: TestStack): Promise<void> {
  stack.publishRates('published', rates);
  stack.advance(5_000);
  const isBrought = (): boolean =>
    stack.logRecords().filter(({ kind }) => kind === 'rates-published').length === 2;
  await stack.until('the rates are brought', isBrought);
  await stack.settled();
}

describe('a record that is redriven', () => {
  it('is refused again under the letter it had, until that is quarantined', async () => {
    const stack = await aStack();
    const scorer = await stack.start({ settings: SMALL });
    const event = inDollars('c1');
    stack.events([event]);
    await stack.settled();
    const [first] = openLetters(stack) as [DeadLetter];
    expect(first).toMatchObject({ reason: 'no-rate', source: 'shop', type: 'purchase' });
    for (const state of ['open', 'quarantined']) {
      const [letter] = openLetters(stack) as [DeadLetter];
      redrive(stack, event, letter);
      await stack.settled();
      const { id, firstSeenAt } = first;
      expect(openLetters(stack)).toMatchObject([
        { id, firstSeenAt, state, redrives: letter.redrives + 1, reason: 'no-rate' },
      ]);
    }
    await scorer.stop();
  });

  it('takes its letter away once it counts, be it by itself or before', async () => {
    const stack = await aStack();
    const scorer = await stack.start({ settings: SMALL });
    stack.events([inDollars('c1')]);
    await stack.settled();
    const [letter] = openLetters(stack) as [DeadLetter];
    await ratesComeIn(stack);
    redrive(stack, inDollars('c1'), letter);
    redrive(stack, inDollars('c1'), letter);
    await stack.settled();
    expect(openLetters(stack)).toEqual([]);
    expect(stack.read().map(({ customerId }) => customerId)).toEqual(['c1']);
    await scorer.stop();
  });

  it('takes its letter away when its customer was erased meanwhile, and does nothing else', async () => {
    const stack = await aStack();
    const scorer = await stack.start({ settings: SMALL });
    stack.events([inDollars('c1')]);
    await stack.settled();
    const [letter] = openLetters(stack) as [DeadLetter];
    const erased = { kind: 'erased', id: 'd1', customerId: 'c1', reason: 'r', actor: 'a' } as const;
    append(stack, erased, { about: 'c1' });
    await stack.until('the letter is erased', () => openLetters(stack).length === 0);
    await ratesComeIn(stack);
    redrive(stack, inDollars('c1'), letter);
    await stack.settled();
    expect(openLetters(stack)).toEqual([]);
    expect(stack.read()).toEqual([]);
    await scorer.stop();
  });

  it('goes on under its letter where an alias forwards it', async () => {
    const stack = await aStack();
    const scorer = await stack.start({ settings: SMALL });
    stack.events(['c1', 'c2'].map((customerId) => aPurchase(day(0), { customerId })));
    const merge = { kind: 'merge-asked', id: 'm1', reason: 'r', actor: 'a' } as const;
    append(stack, { ...merge, otherId: 'c1', survivorId: 'c2' }, { about: 'c2' });
    stack.events([inDollars('c1')]);
    await stack.settled();
    const [letter] = openLetters(stack) as [DeadLetter];
    redrive(stack, inDollars('c1'), letter);
    await stack.settled();
    expect(openLetters(stack)).toMatchObject([{ id: letter.id, redrives: 1 }]);
    await ratesComeIn(stack);
    redrive(stack, inDollars('c1'), letter);
    await stack.settled();
    expect(openLetters(stack)).toEqual([]);
    await scorer.stop();
  });

  it('keeps its letter where an alias hands it on twice, and it was refused the first time', async () => {
    const stack = await aStack();
    const scorer = await stack.start({ settings: SMALL });
    stack.events(['c1', 'c2'].map((customerId) => aPurchase(day(0), { customerId })));
    const merge = { kind: 'merge-asked', id: 'm1', reason: 'r', actor: 'a' } as const;
    append(stack, { ...merge, otherId: 'c1', survivorId: 'c2' }, { about: 'c2' });
    stack.events([inDollars('c1')]);
    await stack.settled();
    const [letter] = openLetters(stack) as [DeadLetter];
    redrive(stack, inDollars('c1'), letter);
    await stack.settled();
    const handedOn = stack
      .records(TOPICS.customerLog)
      .filter(({ value }) => {
        const read = logRecordFromWire(serde(TOPICS.customerLog).decode(value ?? new Uint8Array()));
        return read.kind === 'forwarded';
      })
      .at(-1);
    if (handedOn === undefined) throw new TypeError('nothing was handed on');
    // As the broker has it twice when an acknowledgement is lost.
    stack.log.append([handedOn]);
    await stack.settled();
    expect(openLetters(stack)).toMatchObject([{ id: letter.id, redrives: 1 }]);
    await scorer.stop();
  });

  const points = CRASH_POINTS.filter((point) => point !== 'mid-shutdown');
  const cases = points.flatMap((point) =>
    [1, 2, 4].map((nth): [CrashPoint, number] => [point, nth]),
  );
  it.each(cases)(
    'loses no letter and keeps none when a scorer dies %s, time %i',
    async (point, nth) => {
      const stack = await aStack();
      const customers = ['c1', 'c2', 'c3', 'c4'];
      const first = await stack.start({ settings: SMALL });
      stack.events([...customers, 'c5'].map(inDollars));
      await stack.settled();
      await ratesComeIn(stack);
      await first.stop();
      const letters = openLetters(stack);
      const frozen = freezeAt(point, nth);
      const dying = await stack.start({ settings: { ...SMALL, at: frozen.at } });
      for (const letter of letters) {
        const event = eventOf(letter);
        // Of a day for which there is no rate still.
        const isLost = event.customerId === 'c5';
        redrive(stack, isLost ? { ...event, occurredAt: day(-1) } : event, letter);
      }
      await stack.turns();
      const next = await stack.start({ settings: SMALL });
      await stack.settled();
      const left = openLetters(stack);
      expect(left).toMatchObject([{ redrives: 1, reason: 'no-rate' }]);
      expect(
        stack
          .read()
          .map(({ customerId }) => customerId)
          .toSorted(),
      ).toEqual(customers);
      frozen.release();
      await stack.turns();
      expect(openLetters(stack).length).toBeLessThanOrEqual(1);
      await dying.stop();
      await next.stop();
    },
  );
});

it('labels of dead letters stay few whatever sources are called', async () => {
  const stack = await aStack();
  const metrics = createMetrics({ withProcess: false });
  const scorer = await stack.start({ ports: { metrics: createScorerMetrics(metrics) } });
  stack.events([aPurchase(day(1), { customerId: 'c1' })]);
  stack.events(Array.from({ length: 100 }, (_, n) => ({ ...inDollars(`c${n}`), source: `s${n}` })));
  stack.append(0, Uint8Array.of(0, 9, 9, 9, 9, 9));
  stack.events([inDollars('c1')]);
  await stack.settled();
  const lines = (await metrics.text()).match(/^strata_scorer_dead_letters_total\{.*$/gm) ?? [];
  expect(lines.length).toBeLessThan(2 * LABEL_NAMES_MAX);
  expect(lines.join('\n')).not.toMatch(/"s\d|"c\d/);
  expect(lines.some((line) => line.includes('source="shop",type="purchase"'))).toBe(true);
  expect(
    lines.some((line) => line.includes('source="unknown",type="unknown",schema="other"')),
  ).toBe(true);
  await scorer.stop();
});
