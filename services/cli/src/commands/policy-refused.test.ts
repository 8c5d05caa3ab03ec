import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PolicyStage, policyText } from '../builders/policy-stage.ts';

let stage: PolicyStage;
/** One stack for all: whatever is refused here leaves it as it was. */
beforeAll(async () => {
  stage = await PolicyStage.open();
  await stage.importOrders();
});
afterAll(() => stage.close());

const withoutSilver = {
  version: 2,
  ladder: 'bronze, gold',
  tiers: '{gold: {enter: 3, leave: 2}}',
};

describe('what is refused changes nothing', () => {
  it.each([
    {
      why: 'a removed tier without an heir',
      text: policyText(withoutSilver),
      says: /^v2\.yaml:4:1: ladder: the tier 'silver' is gone.*replaces: \{silver: bronze\}/,
    },
    {
      why: 'other contents under a version that was published',
      text: policyText({ tiers: '{silver: {enter: 3, leave: 2}, gold: {enter: 4, leave: 3}}' }),
      says: /^v2\.yaml:2:1: version: version 1 of 'shop' was published already.*Write version: 2\./,
    },
    {
      why: 'another currency',
      text: policyText({ version: 2 }).replace('CNY', 'EUR'),
      says: /^v2\.yaml:3:1: base_currency: counts in EUR/,
    },
    {
      why: 'a window beyond the horizon',
      text: policyText({ version: 2 }).replace('365d', '801d'),
      says: /^v2\.yaml:6:\d+: dimensions\.orders\.window: the window 801d is longer than the ledger horizon of 800d/,
    },
    {
      why: 'a limit of changes that is not kept',
      text: policyText({ version: 2, more: 'lifecycle: {changes_per_year_max: 3}' }),
      says: /^v2\.yaml:5:\d+: lifecycle\.changes_per_year_max: the policy sets no limit/,
    },
  ])('$why', async ({ text, says }) => {
    const before = await stage.tiers();
    await stage.write('v2.yaml', text);
    const refused = await stage.run(['policy', 'publish', 'v2.yaml', '--yes']);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(says) });
    const told = await stage.run(['policy', 'publish', 'v2.yaml', '--yes', '--json']);
    expect(told.exitCode).toBe(1);
    expect(JSON.parse(told.stdout)).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([
        expect.objectContaining({ severity: 'error', file: 'v2.yaml' }),
      ]),
    });
    expect(await stage.published()).toBe(1);
    expect(await stage.tiers()).toEqual(before);
  });

  it('other commands put no other set in force', async () => {
    await stage.write(
      'v2.yaml',
      policyText({
        version: 2,
        tiers: '{silver: {enter: 1, leave: 1}, gold: {enter: 4, leave: 3}}',
      }),
    );
    const refused = await stage.run(['import', '-', '--format', 'events', '--policy', 'v2.yaml'], {
      input: '',
    });
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('./strata policy publish v2.yaml shows what it would change'),
    });
    expect(await stage.published()).toBe(1);
  });

  it.each([
    { argv: ['--announce-from', '2', '--hold-back'], says: 'not both' },
    { argv: ['--announce-from', 'two'], says: 'a whole number of steps from 0' },
    { argv: ['--announce-from', '65'], says: 'a whole number of steps from 0' },
  ])('$argv', async ({ argv, says }) => {
    const refused = await stage.run(['policy', 'publish', 'v1.yaml', '--yes', ...argv]);
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(says) });
    expect(await stage.published()).toBe(1);
  });
});
