import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ForeignChange, readTierChanges } from './foreign-reader.ts';
import { RealStack, waitFor } from './real-stack.ts';

const DAY_MS = 86_400_000;

/** One point for each order of the year. */
const policy = (said: string): string => `
policy: shop
base_currency: CNY
dimensions:
  orders: {of: orders, window: 365d}
score: {orders: 1}
${said}
`;

const FIRST = policy(`
version: 1
ladder: [bronze, silver, gold]
tiers: {silver: {enter: 3, leave: 2}, gold: {enter: 6, leave: 5}}`);
const WITHOUT_SILVER = policy(`
version: 2
ladder: [bronze, gold]
tiers: {gold: {enter: 5, leave: 4}}`);
const SECOND = `${WITHOUT_SILVER}replaces: {silver: bronze}\n`;
const CUSTOMERS = 24;
/** From one order to eight. */
const ordersOf = (customer: number): number => (customer % 8) + 1;

let stack: RealStack;
beforeEach(async () => {
  stack = await RealStack.open();
  await writeFile(stack.path('first.yaml'), FIRST);
  await writeFile(stack.path('without.yaml'), WITHOUT_SILVER);
  await writeFile(stack.path('second.yaml'), SECOND);
  await stack.must('up', '--partitions', '4', '--policy', stack.path('first.yaml'));
});
afterEach(async () => {
  await stack.close();
});

async function json<T>(...argv: readonly string[]): Promise<T> {
  return JSON.parse((await stack.must(...argv, '--json')).stdout) as T;
}

async function changes(): Promise<readonly ForeignChange[]> {
  const { addresses } = stack.file();
  if (addresses === null) throw new Error('the stack has no addresses');
  return (await readTierChanges(addresses)).changes;
}

/** The tier of everybody by the topic alone, as a reader outside follows it. */
async function tiers(): Promise<ReadonlyMap<string, string>> {
  return new Map((await changes()).map(({ customerId, toTier }) => [customerId, toTier]));
}

const expectedTiers = (tierOf: (orders: number) => string): ReadonlyMap<string, string> =>
  new Map(
    Array.from(
      { length: CUSTOMERS },
      (_, index) => [`c${index}`, tierOf(ordersOf(index))] as const,
    ),
  );

const sorted = (map: ReadonlyMap<string, string>) =>
  [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));

/** What is decided reaches the topic a moment later. */
async function untilTiers(tierOf: (orders: number) => string): Promise<void> {
  const expected = JSON.stringify(sorted(expectedTiers(tierOf)));
  await waitFor(
    async () => JSON.stringify(sorted(await tiers())) === expected,
    'everybody to move',
  );
}

async function importOrders(): Promise<void> {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const lines = Array.from({ length: CUSTOMERS }, (_, customer) =>
    Array.from({ length: ordersOf(customer) }, (_, order) =>
      JSON.stringify({
        type: 'purchase',
        source: 'shop',
        eventId: `c${customer} ${order}`,
        customerId: `c${customer}`,
        occurredAt: new Date(today - (order + 1) * DAY_MS).toISOString(),
        orderId: `c${customer} ${order}`,
        amount: { minor: 1_000, currency: 'CNY' },
      }),
    ),
  );
  await writeFile(stack.path('orders.ndjson'), `${lines.flat().join('\n')}\n`);
  await stack.must('import', stack.path('orders.ndjson'), '--format', 'events');
}

it('a version without a tier moves everybody, tells it, and is rolled back', async () => {
  await importOrders();
  const byFirst = (orders: number): string =>
    orders >= 6 ? 'gold' : orders >= 3 ? 'silver' : 'bronze';
  await untilTiers(byFirst);

  const refused = await stack.run('policy', 'publish', stack.path('without.yaml'), '--yes');
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('Add replaces: {silver: bronze}');
  const asked = await stack.run('policy', 'publish', stack.path('second.yaml'));
  expect({ code: asked.exitCode, text: asked.stderr }).toMatchObject({
    code: 2,
    text: expect.stringContaining('--yes'),
  });
  const before = (await changes()).length;
  expect(await json('policy', 'list')).toHaveLength(1);

  const tried = await json<{ impact: { byKind: object } }>(
    'policy',
    'publish',
    stack.path('second.yaml'),
    '--dry-run',
  );
  expect((await changes()).length).toBe(before);
  const published = await json<{ number: number; impact: { byKind: object; moved: number } }>(
    'policy',
    'publish',
    stack.path('second.yaml'),
    '--yes',
    '--reason',
    'three tiers were one too many',
    '--actor',
    'ann',
  );
  expect(published.impact.byKind).toEqual(tried.impact.byKind);

  // Everybody has passed it: nobody is in the tier that is gone, and each was told by the version that moved it.
  const bySecond = (orders: number): string => (orders >= 5 ? 'gold' : 'bronze');
  await untilTiers(bySecond);
  const all = await changes();
  const told = all.filter(({ policyVersion }) => policyVersion === 2);
  expect(all.length).toBe(before + told.length);
  expect(new Set(told.map(({ cause }) => cause))).toEqual(new Set(['policy']));
  expect(new Set(told.map(({ customerId }) => customerId)).size).toBe(published.impact.moved);

  const status = await json<{ policySet: { number: number }; sweep: { isDone: boolean } }>(
    'status',
  );
  expect(status).toMatchObject({
    policySet: { number: published.number, policies: [{ name: 'shop', version: 2 }] },
    sweep: { isDone: true },
  });

  await stack.must('policy', 'rollback', '--yes', '--actor', 'bo');
  expect(await json('policy', 'list')).toMatchObject([
    { standing: 'in-force', policies: [{ version: 1 }], publishedBy: 'bo' },
    { standing: 'former', policies: [{ version: 2 }], reason: 'three tiers were one too many' },
    { standing: 'former', policies: [{ version: 1 }] },
  ]);
  // The borders come back, not the past: with five orders gold is kept by the border to leave it.
  const byBoth = (orders: number): string => (orders === 5 ? 'gold' : byFirst(orders));
  await untilTiers(byBoth);
  const shown = (await stack.must('policy', 'show', 'shop@2', '--yaml')).stdout;
  await writeFile(stack.path('shown.yaml'), shown);
  const same = await stack.must('policy', 'diff', 'shop@2', stack.path('shown.yaml'));
  expect(same.stdout).toBe('The two are the same: nothing changes.\n');
});
