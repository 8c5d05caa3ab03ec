import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContextChanges } from '../builders/command-context.ts';
import { PolicyStage, policyText } from '../builders/policy-stage.ts';

let stage: PolicyStage;
beforeEach(async () => {
  stage = await PolicyStage.open();
});
afterEach(() => stage.close());

const withoutSilver = {
  version: 2,
  ladder: 'bronze, gold',
  tiers: '{gold: {enter: 3, leave: 2}}',
};

describe('a second version', () => {
  it('moves everybody, also who has no event of its own, and the impact said so before', async () => {
    await stage.importOrders();
    expect(await stage.tiers()).toEqual({
      c1: 'bronze',
      c2: 'silver',
      c3: 'silver',
      c4: 'gold',
      c5: 'gold',
    });
    await stage.write(
      'v2.yaml',
      policyText({ ...withoutSilver, more: 'replaces: {silver: bronze}' }),
    );

    const dry = await stage.run(['policy', 'publish', './v2.yaml', '--dry-run']);
    expect(dry.stdout).toMatch(/Policy shop, version 1 → 2:/);
    expect(dry.stdout).toMatch(
      /of 5 customers:\n {2}2 \(40\.0 %\) change their tier, with 25\.00 CNY/,
    );
    expect(dry.stdout).toMatch(/nothing was published\.\n$/);
    expect(await stage.published()).toBe(1);
    expect(await stage.json('policy', 'list')).toHaveLength(1);

    const done = await stage.run([
      'policy',
      'publish',
      './v2.yaml',
      '--yes',
      '--reason',
      'simpler',
    ]);
    expect(done.exitCode).toBe(0);
    expect(done.stdout).toMatch(
      /Published as number 2: shop version 2\..*\nEverybody has passed it\.\n$/,
    );
    expect(await stage.tiers()).toEqual({
      c1: 'bronze',
      c2: 'bronze',
      c3: 'gold',
      c4: 'gold',
      c5: 'gold',
    });
    const why = await stage.json<{ changes: { policyVersion: number; cause: { kind: string } }[] }>(
      'why',
      'c2',
    );
    expect(why.changes.at(-1)).toMatchObject({
      type: 'assigned',
      fromTier: 'silver',
      toTier: 'bronze',
      policyVersion: 2,
      cause: { kind: 'policy' },
      backfill: false,
    });
    expect((await stage.run(['status'])).stdout).toMatch(/Sweep +everybody has passed it/);
  });

  it('is asked for where somebody is there, and a no changes nothing', async () => {
    await stage.importOrders();
    await stage.write(
      'v2.yaml',
      policyText({
        version: 2,
        tiers: '{silver: {enter: 3, leave: 2}, gold: {enter: 4, leave: 3}}',
      }),
    );
    const terminal = (answer: string): ContextChanges => ({
      stdin: Object.assign(Readable.from([Buffer.from(answer)]), { isTTY: true }),
      stderr: { isTty: true, write: () => {} },
    });
    const no = await stage.run(['policy', 'publish', './v2.yaml'], terminal('no\n'));
    expect(no).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/Nothing was published\.\n$/),
    });
    expect(await stage.run(['policy', 'publish', './v2.yaml'], terminal(''))).toMatchObject({
      exitCode: 1,
    });
    const nobody = await stage.run(['policy', 'publish', './v2.yaml']);
    expect(nobody).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('publish it with --yes'),
    });
    expect(await stage.published()).toBe(1);
    const yes = await stage.run(['policy', 'publish', './v2.yaml'], terminal('yes\n'));
    expect(yes).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Published as number 2'),
    });
  });

  it('can be held back: everybody moves, and nothing is announced', async () => {
    await stage.importOrders();
    await stage.write(
      'v2.yaml',
      policyText({
        version: 2,
        tiers: '{silver: {enter: 1, leave: 1}, gold: {enter: 2, leave: 2}}',
      }),
    );
    const done = await stage.json<{ impact: { told: number; toldSilently: number } }>(
      'policy',
      'publish',
      './v2.yaml',
      '--yes',
      '--hold-back',
    );
    expect(done.impact).toMatchObject({ told: 3, toldSilently: 3 });
    const why = await stage.json<{ changes: { backfill: boolean }[] }>('why', 'c1');
    expect(why.changes.at(-1)).toMatchObject({
      type: 'promoted',
      toTier: 'silver',
      backfill: true,
    });
    expect(await stage.json('policy', 'list')).toMatchObject([
      { number: 2, announceFrom: null },
      {},
    ]);
  });
});

describe('two publishers at once', () => {
  it('the first holds, the second is told who won, and nothing of it is anywhere', async () => {
    await stage.importOrders();
    await stage.write(
      'a.yaml',
      policyText({
        version: 2,
        tiers: '{silver: {enter: 1, leave: 1}, gold: {enter: 4, leave: 3}}',
      }),
    );
    await stage.write(
      'b.yaml',
      policyText({
        version: 2,
        tiers: '{silver: {enter: 2, leave: 1}, gold: {enter: 5, leave: 3}}',
      }),
    );
    const both = await Promise.all([
      stage.run(['policy', 'publish', 'a.yaml', '--yes', '--actor', 'ann']),
      stage.run(['policy', 'publish', 'b.yaml', '--yes', '--actor', 'bo']),
    ]);
    expect(both.map(({ exitCode }) => exitCode).toSorted((a, b) => a - b)).toEqual([0, 1]);
    const loser = both.findIndex(({ exitCode }) => exitCode === 1);
    const winner = loser === 0 ? 'bo' : 'ann';
    expect(both[loser]?.stderr).toMatch(
      new RegExp(`(^|\n)${winner} published policy set .* nothing of yours has happened`),
    );
    const list = await stage.json<{ standing: string; publishedBy: string }[]>('policy', 'list');
    expect(list.map(({ standing }) => standing)).toEqual(['void', 'in-force', 'former']);
    expect(list.find(({ standing }) => standing === 'in-force')?.publishedBy).toBe(winner);
    const versions = await stage.must('policy', 'show');
    expect(versions).toContain(winner === 'ann' ? 'enter at 1' : 'enter at 5');
    // The number is taken by the winner, so the other counts up and finds its way.
    const again = await stage.run([
      'policy',
      'publish',
      winner === 'ann' ? 'b.yaml' : 'a.yaml',
      '--yes',
    ]);
    expect(again.stderr).toContain('Write version: 3.');
    await expect(stage.must('policy', 'rollback', '3', '--dry-run')).rejects.toThrow(
      'never was in force',
    );
  });
});

describe('a rollback', () => {
  it('brings back the borders, not the past', async () => {
    await stage.importOrders();
    await stage.write(
      'v2.yaml',
      policyText({
        version: 2,
        tiers: '{silver: {enter: 1, leave: 1}, gold: {enter: 2, leave: 2}}',
      }),
    );
    await stage.must('policy', 'publish', 'v2.yaml', '--yes');
    expect(await stage.tiers()).toEqual({
      c1: 'silver',
      c2: 'gold',
      c3: 'gold',
      c4: 'gold',
      c5: 'gold',
    });
    const back = await stage.must('policy', 'rollback', '--yes');
    expect(back).toMatch(
      /^Back to publication 1 \(shop version 1\)\. The borders come back, not the past/,
    );
    // Three orders are kept in gold by the border to leave it.
    expect(await stage.tiers()).toEqual({
      c1: 'bronze',
      c2: 'silver',
      c3: 'gold',
      c4: 'gold',
      c5: 'gold',
    });
    expect(await stage.json('policy', 'list')).toMatchObject([
      { number: 3, standing: 'in-force', policies: [{ version: 1 }], reason: 'rollback to 1' },
      { number: 2, standing: 'former' },
      { number: 1, standing: 'former' },
    ]);
    // The one before is the second version again.
    expect(await stage.must('policy', 'rollback', '--dry-run')).toMatch(/^Back to publication 2/);
    expect(await stage.must('policy', 'rollback', 'shop@1', '--yes')).toContain(
      'is in force already',
    );
  });

  it('that would leave customers without a tier says how to go back in spite of it', async () => {
    await stage.importOrders();
    const four = {
      version: 2,
      ladder: 'bronze, silver, gold, platinum',
      tiers:
        '{silver: {enter: 2, leave: 2}, gold: {enter: 4, leave: 3}, platinum: {enter: 5, leave: 5}}',
    };
    await stage.write('v2.yaml', policyText(four));
    await stage.must('policy', 'publish', 'v2.yaml', '--yes');
    const refused = await stage.run(['policy', 'rollback', '--yes']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(
      /1\.yaml:\d+:1: ladder: the tier 'platinum' is gone.*replaces: \{platinum: gold\}/,
    );
    expect(refused.stderr).toContain('./strata policy show 1 --yaml > 1.yaml');
    expect(await stage.published()).toBe(2);
  });

  it('before a second set has nothing to go back to', async () => {
    expect(await stage.run(['policy', 'rollback', '--yes'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('No set was in force before this one'),
    });
  });
});

describe('what was published', () => {
  it('is shown to read, as JSON, and as a file that gives the same set', async () => {
    expect(await stage.run(['policy', 'list'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('No policy is published yet'),
    });
    await stage.must('policy', 'publish', 'v1.yaml', '--yes', '--reason', 'first');
    const text = await stage.must('policy', 'show');
    expect(text).toMatch(
      /^Publication 1, policy set [0-9a-f]{32} \(in force\)\nPublished by ann at .*\nWhy: first\n/,
    );
    expect(text).toContain('gold: enter at 4, leave below 3');
    await stage.write('shown.yaml', await stage.must('policy', 'show', 'shop@1', '--yaml'));
    expect(await stage.must('policy', 'diff', 'current', './shown.yaml')).toBe(
      'The two are the same: nothing changes.\n',
    );
    expect(await stage.must('policy', 'publish', './shown.yaml', '--yes')).toContain(
      'is in force already; nothing was published',
    );
    expect(await stage.json('policy', 'show')).toMatchObject({
      number: 1,
      set: [{ name: 'shop', version: 1 }],
    });
    const unknown = await stage.run(['policy', 'show', 'shop@7'], { language: 'zh' });
    expect(unknown).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('没有名为“shop@7”的已发布策略'),
    });
  });

  it('is compared with files, and files with each other without a stack', async () => {
    await stage.write(
      'v2.yaml',
      policyText({ ...withoutSilver, more: 'replaces: {silver: bronze}' }),
    );
    const { exitCode, stdout } = await stage.run(['policy', 'diff', './v1.yaml', './v2.yaml'], {
      language: 'zh',
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('取消的等级 silver 的客户归入：无 → bronze');
    expect(await stage.json('policy', 'diff', './v1.yaml', './v2.yaml')).toMatchObject({
      policies: [{ policy: 'shop', kind: 'changed', version: 2 }],
    });
  });
});
