import { readFile } from 'node:fs/promises';
import type { CustomerEvent, PolicySet, ProfileRow, TierChange } from '@strata/domain';
import { parsePolicyFile } from '@strata/policy-file';
import { describe, expect, it } from 'vitest';
import { type BacktestOptions, type BacktestResult, runBacktest } from './run-backtest.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);

const SHOP = new URL('../../../../policies/shop.yaml', import.meta.url);
const parsed = parsePolicyFile(await readFile(SHOP, 'utf8'), { file: 'shop.yaml' });
if (!parsed.ok) throw new TypeError('the preset must parse');
const { set } = parsed;

function aPurchase(order: number, day: number, minor: number): CustomerEvent {
  return {
    type: 'purchase',
    source: 'shop',
    eventId: `e${order}`,
    customerId: 'lin-tea-house',
    occurredAt: START + day * DAY,
    orderSource: 'shop',
    orderId: `o${order}`,
    amount: { minor, currency: 'CNY' },
  };
}

/** Six orders, one a week, 1,000.00 in all: gold. Then silence. */
const teaHouse = [0, 1, 2, 3, 4, 5].map((week) => aPurchase(week, week * 7, 16_700));

async function run(
  events: readonly CustomerEvent[],
  days: {
    readonly end: number;
    readonly profiles?: readonly number[];
    readonly by?: PolicySet;
    readonly onChange?: BacktestOptions['onChange'];
  },
): Promise<{
  readonly result: BacktestResult;
  readonly changes: readonly TierChange[];
  readonly profiles: readonly ProfileRow[];
}> {
  const changes: TierChange[] = [];
  const profiles: ProfileRow[] = [];
  const result = await runBacktest({
    events,
    set: days.by ?? set,
    profileInstants: (days.profiles ?? []).map((day) => START + day * DAY),
    calibrationInstants: [],
    endAt: START + days.end * DAY,
    signal: new AbortController().signal,
    onProfile: async (row) => void profiles.push(row),
    onChange: (change, eventIdAt) => {
      changes.push(change);
      days.onChange?.(change, eventIdAt);
    },
    onEvents: () => {},
  });
  return { result, changes, profiles };
}

const essence = ({ customerSeq, type, fromTier, toTier, cause, effectiveAt }: TierChange) =>
  [customerSeq, type, fromTier, toTier, cause.kind, effectiveAt] as const;

describe('a tea house that reaches gold and stops buying', () => {
  it('is demoted by time alone, step by step, to the lowest tier', async () => {
    const { result, changes } = await run(teaHouse, { end: 800 });
    const moves = changes.filter((change) => change.type !== 'at-risk');
    expect(moves.filter((change) => change.cause.kind === 'event').at(-1)?.toTier).toBe('gold');
    const demotions = moves.filter((change) => change.type === 'demoted');
    expect(demotions.map((change) => [change.fromTier, change.toTier, change.cause.kind])).toEqual([
      ['gold', 'silver', 'time'],
      ['silver', 'bronze', 'time'],
    ]);
    expect(result.tiers).toEqual(new Map([['lin-tea-house', { policy: 'shop', tier: 'bronze' }]]));
    expect(changes.map((change) => change.customerSeq)).toEqual(changes.map((_, i) => i + 1));
  });

  it('gets the same changes whether anybody else makes the clock tick or not', async () => {
    const other = Array.from({ length: 400 }, (_, day): CustomerEvent => {
      const purchase = aPurchase(1_000 + day, day, 100);
      return { ...purchase, customerId: 'other', occurredAt: purchase.occurredAt + 12_345 };
    });
    const both = [...teaHouse, ...other].sort((a, b) => a.occurredAt - b.occurredAt);
    const alone = await run(teaHouse, { end: 800 });
    const together = await run(both, { end: 800 });
    const own = together.changes.filter((change) => change.customerId === 'lin-tea-house');
    expect(own.map(essence)).toEqual(alone.changes.map(essence));
  });
});

describe('profiles', () => {
  it('hold an event at exactly their instant, and nothing later', async () => {
    const { profiles } = await run(teaHouse, { end: 100, profiles: [6, 7, 100] });
    expect(profiles.map((row) => [(row.at - START) / DAY, row.orders, row.recencyDays])).toEqual([
      [6, 1, 6],
      [7, 2, 0],
      [100, 6, 65],
    ]);
  });

  it('name the next change of tier, which then comes at that instant', async () => {
    const { profiles, changes } = await run(teaHouse, { end: 800, profiles: [40] });
    const next = changes.find(
      (change) => change.effectiveAt > START + 40 * DAY && change.type !== 'at-risk',
    );
    expect(profiles[0]?.tier).toBe('gold');
    expect(profiles[0]?.nextCrossingAt).toBe(next?.effectiveAt);
  });

  it('are empty before the first event', async () => {
    const { profiles } = await run(teaHouse, { end: 100, profiles: [-1] });
    expect(profiles).toEqual([]);
  });
});

describe('a referral', () => {
  const base = { source: 'shop', occurredAt: START } as const;
  const referral: CustomerEvent = {
    ...base,
    type: 'referral',
    eventId: 'r1',
    customerId: 'lin-tea-house',
    referredCustomerId: 'new-shop',
  };
  const bought = { ...aPurchase(77, 10, 100), customerId: 'new-shop' };
  const text = `{policy: word, version: 1, base_currency: CNY, ladder: [low, high],
    dimensions: {advocacy: {of: referrals, window: 30d}}, score: {advocacy: 1},
    tiers: {high: {enter: 1, leave: 1}}}`;
  const advocacy = parsePolicyFile(text, { file: 'word.yaml' });
  if (!advocacy.ok) throw new TypeError('the policy must parse');

  it('counts at the instant at which the named customer buys, shown as that purchase', async () => {
    const named: (string | null)[] = [];
    const { changes, profiles } = await run([aPurchase(0, 0, 100), referral, bought], {
      end: 100,
      profiles: [5, 10],
      by: advocacy.set,
      onChange: ({ evidence }, eventIdAt) => named.push(eventIdAt(evidence[0] ?? -1)),
    });
    const own = changes.filter(({ customerId }) => customerId === 'lin-tea-house');
    expect(own.map(essence)).toEqual([
      [1, 'assigned', null, 'low', 'event', START],
      [2, 'promoted', 'low', 'high', 'event', START + 10 * DAY],
      [3, 'demoted', 'high', 'low', 'time', START + 40 * DAY],
    ]);
    expect(named).toContain('e77');
    expect(profiles.map(({ customerId, referrals }) => [customerId, referrals])).toEqual([
      ['lin-tea-house', 0],
      ['lin-tea-house', 1],
      ['new-shop', 0],
    ]);
  });
});

it('stops where it is told to', async () => {
  const stopped = runBacktest({
    events: teaHouse,
    set,
    profileInstants: [],
    calibrationInstants: [],
    endAt: START,
    signal: AbortSignal.abort(),
    onProfile: async () => {},
    onChange: () => {},
    onEvents: () => {},
  });
  await expect(stopped).rejects.toThrow(/abort/i);
});
