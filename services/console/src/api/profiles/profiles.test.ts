import { identity } from '@strata/contracts';
import { DAY_MS } from '@strata/domain';
import { aPurchase, TestPartition } from '@strata/domain/builders';
import { keyedPseudonyms } from '@strata/service-runtime';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ApiStage } from '../../builders/api-stage.ts';
import { STAGE_POLICY } from '../../builders/stage-policy.ts';

const START = Date.parse('2025-01-01T00:00:00Z');
const dayOf = (day: number): number => START + day * DAY_MS;

type Settings = NonNullable<ConstructorParameters<typeof ApiStage>[1]>;

/** One customer who goes on buying, one who bought once, and one whose id is awkward. */
async function aStage(settings: Settings = {}): Promise<ApiStage> {
  const stage = new ApiStage(STAGE_POLICY, settings);
  onTestFinished(() => stage.stop());
  for (const day of [0, 1, 2, 3, 4, 5]) buys(stage, '林记 / 茶行', day);
  buys(stage, 'c-1', 0);
  buys(stage, 'c-2', 3);
  await stage.commit();
  await stage.start(settings);
  return stage;
}

function buys(stage: ApiStage, customerId: string, day: number): void {
  const event = aPurchase(dayOf(day), { customerId });
  stage.append({ kind: 'event', event, clockAt: event.occurredAt }, dayOf(day));
}

const at = (id: string): string => `/v1/customers/${encodeURIComponent(id)}`;

test('a profile says what the fold says, under an id that is percent-encoded', async () => {
  const stage = await aStage();
  const { status, json } = await stage.ask(at('林记 / 茶行'));
  const row = stage.rowOf('林记 / 茶行', dayOf(5));
  expect([status, json.at]).toEqual([200, '2025-01-06T00:00:00.000Z']);
  expect(json).toMatchObject({
    customerId: '林记 / 茶行',
    tier: row.tier,
    score: (row.scoreMilli ?? 0) / 1_000,
    labels: { zh: '金牌客户', en: 'Gold' },
    policy: 'shop',
    policyVersion: 3,
    aliases: [],
    freshness: { asOf: null, lagRecords: 0 },
  });
  expect(json.nextCrossingAt).toBe(new Date(row.nextCrossingAt ?? 0).toISOString());
  expect(json.dimensions.map(({ name }: { name: string }) => name)).toEqual([
    'recency',
    'frequency',
  ]);
});

test('nobody is told apart from one who is not known yet, by how far the state reaches', async () => {
  const stage = await aStage();
  stage.appendUncounted();
  const { status, json } = await stage.ask(at('nobody'));
  expect([status, json.type]).toEqual([404, 'urn:strata:api:no-such-customer']);
  expect(json.freshness).toMatchObject({ lagRecords: 1 });
});

test('an answer that says the same again is a 304, and one that differs is not', async () => {
  let wallMs = dayOf(6);
  const stage = await aStage({ time: 'wall', wallMs: () => wallMs });
  const first = await stage.ask(at('c-1'));
  const tag = first.headers.get('etag') ?? '';
  const again = (etag: string) => stage.ask(at('c-1'), { headers: { 'if-none-match': etag } });
  // Later on the same day nothing of the profile differs, though it is evaluated anew.
  wallMs = dayOf(6) + 1_000;
  const same = await again(`"other", ${tag}`);
  expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', tag]);
  expect(same.headers.get('strata-freshness')).toContain('lag-records=0');
  // Time alone changes a value: the recency step of 14 days.
  wallMs = dayOf(15);
  const later = await again(tag);
  expect(later.status).toBe(200);
  expect(later.json.score).toBeLessThan(first.json.score);
  expect(later.headers.get('etag')).not.toBe(tag);
  expect((await again('"nothing"')).status).toBe(200);
});

test('a record of the customer changes the tag, one of another does not', async () => {
  const stage = await aStage();
  const { headers } = await stage.ask(at('c-1'));
  const tag = headers.get('etag') ?? '';
  const again = () => stage.ask(at('c-1'), { headers: { 'if-none-match': tag } });
  buys(stage, 'c-2', 5);
  await stage.commit();
  expect((await again()).status).toBe(304);
  buys(stage, 'c-1', 5);
  await stage.commit();
  expect((await again()).status).toBe(200);
});

test('who demands a fresher state than there is, is told to come again', async () => {
  let wallMs = dayOf(6);
  const stage = await aStage({ time: 'wall', wallMs: () => wallMs });
  const fresh = (demand: string) =>
    stage.ask(`${at('c-1')}?notOlderThan=${encodeURIComponent(demand)}`);
  expect((await fresh('0')).status).toBe(200);
  expect((await fresh('2025-01-07T00:00:00Z')).status).toBe(200);
  const future = await fresh('2025-01-07T00:00:30Z');
  expect([future.status, future.headers.get('retry-after')]).toEqual([503, '30']);
  stage.appendUncounted();
  wallMs += 7_200_000;
  // A sample of the log serves all that ask in the same moment: who asks behind it gets another.
  await vi.waitFor(async () => {
    const { json } = await fresh('3600');
    expect(json).toMatchObject({ type: 'urn:strata:api:not-fresh', status: 503 });
    expect(json.freshness).toMatchObject({ lagRecords: 1, asOf: '2025-01-06T00:00:00.000Z' });
  });
  // It was complete two hours ago.
  expect((await fresh('7200')).status).toBe(200);
  await stage.commit();
  expect((await fresh('0')).status).toBe(200);
  const byHeader = (demand: string) =>
    stage.ask(at('c-1'), { headers: { 'strata-not-older-than': demand } });
  expect((await byHeader('2030-01-01T00:00:00Z')).status).toBe(503);
  expect((await byHeader('yesterday')).json).toMatchObject({ status: 400, in: 'header' });
  expect((await fresh('yesterday')).json.errors).toMatchObject([{ field: 'notOlderThan' }]);
  const metrics = await stage.metrics.text();
  const refused = /status="503"\} (\d+)/.exec(metrics)?.[1];
  expect(Number(refused)).toBeGreaterThanOrEqual(3);
  expect(metrics).toContain(`strata_console_not_fresh_total ${refused}`);
});

test('in data time an instant is one of the events’ clock', async () => {
  const stage = await aStage();
  const fresh = (demand: string) => stage.ask(`${at('c-1')}?notOlderThan=${demand}`);
  expect((await fresh('2025-01-05T00:00:00Z')).status).toBe(503);
  stage.append({ kind: 'clock', at: dayOf(5) });
  await stage.commit();
  expect((await fresh('2025-01-05T00:00:00Z')).status).toBe(200);
});

test('a batch keeps the order, repeats and all, and tells who is unknown', async () => {
  const stage = await aStage();
  const ids = ['c-2', 'nobody', '林记 / 茶行', 'c-2'];
  const { json } = await stage.ask('/v1/customers/batch', { method: 'POST', body: { ids } });
  const found = json.results as { id: string; status: string; profile?: { customerId: string } }[];
  expect(found.map(({ id }) => id)).toEqual(ids);
  expect(found.map(({ status }) => status)).toEqual(['found', 'unknown', 'found', 'found']);
  const single = await stage.ask(at('c-2'));
  const { freshness: _one, ...rest } = single.json;
  expect(found[0]?.profile).toMatchObject(rest);
  const many = Array.from({ length: 501 }, (_, index) => `c-${index}`);
  for (const wrong of [{ ids: [] }, { ids: many }, { ids: [''] }, { id: 'c-1' }]) {
    const refused = await stage.ask('/v1/customers/batch', { method: 'POST', body: wrong });
    expect(refused.status).toBe(400);
  }
});

test('why tells what would change the tier, and where the evidence lies', async () => {
  const stage = await aStage();
  const { json } = await stage.ask(`${at('c-1')}/why`);
  expect(json).toMatchObject({
    customerId: 'c-1',
    tier: 'bronze',
    nextTier: 'silver',
    grace: null,
  });
  expect(json.evidence[0]).toMatch(/^0:\d+$/);
  expect(json.counterfactuals).toBeInstanceOf(Array);
});

test('an alias answers with the survivor and says so; an erased customer is unknown', async () => {
  const stage = await aStage();
  stage.append({
    kind: 'merge-asked',
    id: 'm1',
    survivorId: 'c-1',
    otherId: 'c-2',
    reason: 'the same phone',
    actor: 'ann',
  });
  stage.partition.deliver();
  await stage.commit();
  const merged = await stage.ask(at('c-2'));
  expect(merged.json).toMatchObject({
    customerId: 'c-1',
    aliases: [{ customerId: 'c-2', survivorId: 'c-1' }],
  });
  stage.partition.customers.delete('c-1');
  await stage.commit(['c-1']);
  expect((await stage.ask(at('c-1'))).status).toBe(404);
});

test('a stack with pseudonyms takes the id that people know, and the pseudonym', async () => {
  const pseudonyms = keyedPseudonyms(Buffer.alloc(32, 7));
  const stage = await aStage({ identity: identity({ pseudonyms }) });
  const pseudonym = pseudonyms.of('13800138000');
  buys(stage, pseudonym, 1);
  await stage.commit();
  for (const id of ['13800138000', pseudonym]) {
    expect((await stage.ask(at(id))).json).toMatchObject({ customerId: pseudonym });
  }
});

test('a tier is walked page by page, and everybody in it is met once', async () => {
  const stage = await aStage();
  for (let n = 0; n < 150; n += 1) buys(stage, `bulk-${n}`, 5);
  await stage.commit();
  const met: string[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const next: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { json } = await stage.ask(`/v1/tiers/bronze/customers?limit=40${next}`);
    met.push(...json.customers.map(({ customerId }: { customerId: string }) => customerId));
    cursor = json.next;
    pages += 1;
  } while (cursor !== null);
  expect(pages).toBeGreaterThan(3);
  const bronze = [...stage.partition.customers]
    .filter(([, { standing }]) => standing?.tier === 'bronze')
    .map(([id]) => id);
  expect(met.toSorted()).toEqual(bronze.toSorted());
});

test('a cursor is of its own walk, and a tier is one of the policy', async () => {
  const stage = await aStage();
  const { json } = await stage.ask('/v1/tiers/bronze/customers?limit=1');
  expect(json.next === null || typeof json.next === 'string').toBe(true);
  const stranger = Buffer.from(JSON.stringify([1, 'gold', null, 0, null])).toString('base64url');
  for (const cursor of ['x', stranger]) {
    const refused = await stage.ask(`/v1/tiers/bronze/customers?cursor=${cursor}`);
    expect(refused.json).toMatchObject({ status: 400, type: 'urn:strata:api:bad-cursor' });
  }
  const lost = Buffer.from(JSON.stringify([1, 'bronze', null, 0, 'r1 17'])).toString('base64url');
  expect((await stage.ask(`/v1/tiers/bronze/customers?cursor=${lost}`)).status).toBe(410);
  const unknown = await stage.ask('/v1/tiers/diamond/customers');
  expect(unknown.json).toMatchObject({ status: 404, tiers: [...STAGE_POLICY.ladder] });
  expect((await stage.ask('/v1/tiers/bronze/customers?limit=501')).status).toBe(400);
  expect((await stage.ask('/v1/tiers/bronze/customers?policy=other')).json.customers).toEqual([]);
});

test('a partition that no scorer has taken says so', async () => {
  const stage = new ApiStage(STAGE_POLICY);
  onTestFinished(() => stage.stop());
  await stage.start();
  const refused = await stage.ask(at('c-1'));
  expect(refused.json).toMatchObject({ status: 503, type: 'urn:strata:api:not-ready' });
});

test('a customer who was written under a newer policy set than the head is read with that set', async () => {
  const stage = await aStage();
  await stage.ask(at('c-1'));
  const newer = new TestPartition({ ...STAGE_POLICY, version: 4 }).state.policySets;
  const [set] = newer;
  if (set === undefined) throw new Error('No set.');
  stage.append({ kind: 'policy-activated', set: { ...set, id: 'newer' } });
  buys(stage, 'c-1', 5);
  await stage.commit();
  expect((await stage.ask(at('c-1'))).json).toMatchObject({ policyVersion: 4 });
});

test('no customer id reaches a log or a label', async () => {
  const stage = await aStage();
  for (const id of ['c-1', 'nobody', '林记 / 茶行']) {
    await stage.ask(at(id));
    await stage.ask(`${at(id)}/why`);
  }
  const text = (await stage.metrics.text()) + stage.logged.join();
  expect(text).toContain('/v1/customers/{id}/why');
  for (const id of ['c-1', 'nobody', '林记']) expect(text).not.toContain(id);
});
