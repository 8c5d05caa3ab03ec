import { afterEach, beforeEach, expect, it } from 'vitest';
import { PolicyStage, policyText } from '../builders/policy-stage.ts';

const IDS = ['c1', 'c2', 'c3', 'c4', 'c5'];

let stage: PolicyStage;
beforeEach(async () => {
  stage = await PolicyStage.open();
  await stage.importOrders();
  const more = 'replaces: {silver: bronze}';
  const tiers = '{gold: {enter: 3, leave: 2}}';
  await stage.write('v2.yaml', policyText({ version: 2, ladder: 'bronze, gold', tiers, more }));
});
afterEach(() => stage.close());

interface Change {
  readonly customerId?: string;
  readonly type: string;
  readonly fromTier: string | null;
  readonly toTier: string;
  readonly policyVersion: number;
  readonly effectiveAt: string;
  readonly backfill: boolean;
  readonly cause: { readonly kind: string };
}

/** What is the same, whoever tells it. */
const essence = (customerId: string, it: Change): string =>
  [customerId, it.type, it.fromTier, it.toTier, it.policyVersion, it.effectiveAt, it.backfill].join(
    ' ',
  );

async function toldByPolicy(): Promise<string[]> {
  const all = await Promise.all(
    IDS.map(async (id) => {
      const { changes } = await stage.json<{ changes: readonly Change[] }>('why', id);
      return changes.filter(({ cause }) => cause.kind === 'policy').map((it) => essence(id, it));
    }),
  );
  return all.flat();
}

it('a shadow changes nothing, and what it showed is told, change by change, when it is promoted', async () => {
  const before = await stage.tiers();
  const started = await stage.must('policy', 'shadow', './v2.yaml', '--announce-from', '1');
  expect(started).toMatch(/Tried as a shadow, number 2: shop version 2/);
  expect(started).toMatch(/of 5 customers:\n {2}2 \(40\.0 %\) change their tier/);
  const again = await stage.must('policy', 'shadow', '--changes', 'would-be.ndjson');
  expect(again).toMatch(/3 tier changes that it would bring: would-be\.ndjson/);
  const shown = (await stage.lines<Change>('would-be.ndjson')).map((it) =>
    essence(it.customerId ?? '', it),
  );
  expect(await stage.tiers()).toEqual(before);
  expect(await toldByPolicy()).toEqual([]);
  expect(await stage.json('policy', 'list')).toHaveLength(1);

  const promoted = await stage.must('policy', 'promote', '--yes');
  expect(promoted).toMatch(/The shadow number 2: shop version 2/);
  expect(promoted).toMatch(/Everybody has passed it\.\n$/);
  expect((await toldByPolicy()).toSorted()).toEqual(shown.toSorted());
  // Nothing is left to try.
  expect(await stage.run(['policy', 'shadow'])).toMatchObject({ exitCode: 1 });
  expect(await stage.run(['policy', 'promote'])).toMatchObject({
    exitCode: 1,
    stdout: 'No shadow is tried. ./strata policy shadow FILE tries one.\n',
  });
});

it('its owners say in the status what it would do, until it is stopped', async () => {
  await stage.must('policy', 'shadow', './v2.yaml');
  type Status = { shadow: { customers: number; byKind: Record<string, number> } | null };
  await expect
    .poll(async () => (await stage.json<Status>('status')).shadow?.customers, { timeout: 30_000 })
    .toBe(5);
  const { shadow } = await stage.json<Status>('status');
  expect(shadow?.byKind).toMatchObject({ stayed: 3, promoted: 0, demoted: 0, assigned: 2 });
  expect((await stage.run(['status'], { language: 'zh' })).stdout).toMatch(
    /影子策略 +shop v2: 将升级 0/,
  );
  expect(await stage.must('policy', 'shadow', '--stop')).toMatch(/no longer tried/);
  expect((await stage.json<Status>('status')).shadow).toBeNull();
});

it('what could not be published is not tried either', async () => {
  await stage.write(
    'bad.yaml',
    policyText({ version: 2, ladder: 'bronze, gold', tiers: '{gold: {enter: 3, leave: 2}}' }),
  );
  const refused = await stage.run(['policy', 'shadow', './bad.yaml']);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/replaces/);
  expect(await stage.published()).toBe(1);
  const both = await stage.run(['policy', 'shadow', './v2.yaml', '--stop']);
  expect(both).toMatchObject({ exitCode: 2 });
});
