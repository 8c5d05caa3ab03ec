import { readdirSync, readFileSync } from 'node:fs';
import { problemText } from '@strata/yaml-file';
import { describe, expect, it } from 'vitest';
import { type PolicyFileResult, parsePolicyFile } from './parse-policy-file.ts';
import { policySetOf } from './policy-set.ts';

const SHOP = new URL('../../../policies/shop.yaml', import.meta.url);
const BROKEN = new URL('../fixtures/broken/', import.meta.url);
const DOUBTFUL = new URL('../fixtures/doubtful/', import.meta.url);
const shopText = readFileSync(SHOP, 'utf8');

function parseShop(change: (text: string) => string = (text) => text): PolicyFileResult {
  return parsePolicyFile(change(shopText), { file: 'shop.yaml' });
}

function policyOf(result: PolicyFileResult) {
  if (!result.ok) throw new Error(result.problems.map((p) => problemText(p, 'en')).join('\n'));
  const [policy] = result.set.policies;
  if (policy === undefined) throw new Error('a set without a policy');
  return policy;
}

describe('the preset shop', () => {
  it('parses without a warning, numbers in thousandths and durations in milliseconds', () => {
    const result = parseShop();
    const policy = policyOf(result);
    expect(result.ok && result.warnings).toEqual([]);
    expect(policy.ladder).toEqual(['bronze', 'silver', 'gold', 'platinum']);
    expect(policy.borders[1]).toEqual({ tier: 'gold', enterMilli: 320_000, leaveMilli: 300_000 });
    expect(policy.lifecycle).toEqual({
      minimumStayMs: 30 * 86_400_000,
      graceMs: 14 * 86_400_000,
      softLanding: 'one',
      qualification: 'rolling',
      atRiskNoticeMs: 14 * 86_400_000,
      onCorrection: 'withdraw',
    });
    expect(policy.dimensions.map((dimension) => dimension.weightMilli)).toEqual([
      25_000, 35_000, 40_000, -15_000, 10_000,
    ]);
  });

  it('keeps its id when only the layout changes, and gets another when a border does', () => {
    const id = (result: PolicyFileResult) => result.ok && result.set.id;
    expect(id(parseShop((text) => `# a remark\n${text}\n\n`))).toBe(id(parseShop()));
    expect(id(parseShop((text) => text.replace('enter: 320', 'enter: 320.001')))).not.toBe(
      id(parseShop()),
    );
  });
});

describe('defaults', () => {
  it('are those of the contract where the file is silent', () => {
    const policy = policyOf(
      parsePolicyFile(
        `{policy: p, version: 1, base_currency: EUR, ladder: [low, high],
          dimensions: {tickets: {of: complaints, window: 30d, per: {low: 1, medium: 1, high: 1, critical: 1}}},
          score: {}, tiers: {high: {enter: 0.5, leave: 0.5}}}`,
        { file: 'p.yaml' },
      ),
    );
    expect(policy.appliesTo).toBe('existing');
    expect(policy.timeZone).toBe('UTC');
    expect(policy.lifecycle).toEqual({
      minimumStayMs: 0,
      graceMs: 0,
      softLanding: 'target',
      qualification: 'rolling',
      atRiskNoticeMs: null,
      onCorrection: 'withdraw',
    });
    expect(policy.dimensions[0]).toMatchObject({
      weightMilli: 0,
      otherwiseMilli: 0,
      capMilli: null,
      resolvedCountsMilli: 1_000,
      steps: [],
    });
  });
});

describe('the share of a channel', () => {
  const withShare = (dimension: string) =>
    parseShop((text) => text.replace('dimensions:\n', `dimensions:\n  digital: ${dimension}\n`));

  it('is a dimension with a channel', () => {
    const share =
      '{of: channel_share, channel: online, window: 90d, steps: [{at_least: 50, points: 2}]}';
    expect(policyOf(withShare(share)).dimensions[0]).toMatchObject({
      of: 'channel_share',
      channel: 'online',
      windowMs: 90 * 86_400_000,
      steps: [{ atLeastMilli: 50_000, pointsMilli: 2_000 }],
    });
  });

  it('says what to write where the channel is missing', () => {
    const result = withShare('{of: channel_share, window: 90d}');
    const problems = result.ok ? [] : result.problems;
    expect(problems.map((problem) => problemText(problem, 'en')).join()).toMatch(
      /dimensions\.digital\.channel.*as channel: online/,
    );
  });
});

const body = (name: string, appliesTo: string): string =>
  `policy: ${name}\nversion: 1\napplies_to: ${appliesTo}\nbase_currency: CNY\nladder: [low, high]\n` +
  'dimensions: {visits: {of: engagement, window: 30d}}\nscore: {visits: 1}\n' +
  'tiers: {high: {enter: 2, leave: 1}}\n';

it('share of wallet and potential take no window of their own, and factors left out are none', () => {
  const potential =
    '{of: potential, fit: {industry: {steel: 1, 化工: 0.6}}, engagement: {window: 90d, full: 7.5}}';
  const text = parseShop((shop) =>
    shop.replace(
      'dimensions:\n',
      `dimensions:\n  fit: ${potential}\n  wallet: {of: share_of_wallet, otherwise: 2}\n`,
    ),
  );
  expect(policyOf(text).dimensions.slice(0, 2)).toMatchObject([
    {
      of: 'potential',
      fitMilli: { industry: { steel: 1_000, 化工: 600 } },
      engagement: { windowMs: 90 * 86_400_000, fullMilli: 7_500 },
      stagesMilli: null,
      steps: [],
    },
    { of: 'share_of_wallet', otherwiseMilli: 2_000, steps: [] },
  ]);
});

describe('several documents', () => {
  it('are one set, in the order of the file', () => {
    const text = ['prospects', '{attribute: segment, in: [chain, 链]}', 'existing'].map(
      (appliesTo, index) => body(`p${index}`, appliesTo),
    );
    const result = parsePolicyFile(`# remark\n---\n${text.join('---\n')}---\n`, { file: 'p.yaml' });
    expect(result.ok && result.set.policies.map((it) => [it.name, it.appliesTo])).toEqual([
      ['p0', 'prospects'],
      ['p1', { attribute: 'segment', in: ['chain', '链'] }],
      ['p2', 'existing'],
    ]);
    expect(result.ok && result.warnings).toEqual([]);
  });

  it('by attribute alone are a set, with a warning for whom they leave out', () => {
    const text = body('chains', '{attribute: segment, in: [chain]}');
    const result = parsePolicyFile(text, { file: 'p.yaml' });
    expect(result.ok && result.warnings.map((it) => problemText(it, 'en'))).toEqual([
      'p.yaml:3:1: warning: applies_to: existing customers whose attributes match no policy get no tier. ' +
        'Unless that is meant, add a document with applies_to: existing.',
    ]);
  });

  it('of which one is broken tell its faults, not what the others lack', () => {
    const text = `${body('leads', 'prospects')}---\n${body('shop', 'existing').replace('enter: 2', 'enter: x')}`;
    const result = parsePolicyFile(text, { file: 'p.yaml' });
    expect(!result.ok && result.problems.map((it) => problemText(it, 'en'))).toEqual([
      expect.stringMatching(/^p\.yaml:17:16: tiers\.high\.enter: a number is wanted, not "x"/),
    ]);
  });
});

describe('a notice as long as the shortest recency step', () => {
  it('is a warning, not an error', () => {
    const result = parseShop((text) => text.replace('at_risk_notice: 14d', 'at_risk_notice: 30d'));
    expect(result.ok && result.warnings.map((p) => problemText(p, 'zh'))).toEqual([
      'shop.yaml:82:3: 提醒：lifecycle.at_risk_notice: 预警提前量 30d 不短于最短的近度档位 30d，客户刚购买就可能收到预警。请改为短于 30d。',
    ]);
  });
});

describe('broken files name line, column, field and remedy in both languages', () => {
  const names = readdirSync(BROKEN)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted();

  it.each(names)('%s', async (name) => {
    const text = readFileSync(new URL(name, BROKEN), 'utf8');
    const result = parsePolicyFile(text, { file: name });
    expect(result.ok).toBe(false);
    const problems = result.ok ? [] : result.problems;
    const sentences = (['en', 'zh'] as const).flatMap((language) =>
      problems.map((problem) => problemText(problem, language)),
    );
    expect(sentences.join('\n')).not.toMatch(/undefined|\{\w+\}/);
    await expect(`${sentences.join('\n')}\n`).toMatchFileSnapshot(
      new URL(name.replace('.yaml', '.golden.txt'), BROKEN).pathname,
    );
  });
});

describe('doubtful files are taken with a warning in both languages', () => {
  const names = readdirSync(DOUBTFUL)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted();

  it.each(names)('%s', async (name) => {
    const text = readFileSync(new URL(name, DOUBTFUL), 'utf8');
    const result = parsePolicyFile(text, { file: name });
    const warnings = result.ok ? result.warnings : [];
    const sentences = (['en', 'zh'] as const).flatMap((language) =>
      warnings.map((problem) => problemText(problem, language)),
    );
    expect(sentences.join('\n')).not.toMatch(/undefined|\{\w+\}/);
    await expect(`${sentences.join('\n')}\n`).toMatchFileSnapshot(
      new URL(name.replace('.yaml', '.golden.txt'), DOUBTFUL).pathname,
    );
  });
});

describe('aliases', () => {
  it.each([
    { text: 'policy: *nothing', says: /^p\.yaml:1:9: not valid YAML: Unresolved alias/ },
    { text: 'a: &a [*a]', says: /^p\.yaml:1:8: not valid YAML: An alias stands inside/ },
    {
      text: `a: &a [${'1,'.repeat(20)}]\nb: &b [${'*a,'.repeat(20)}]\nc: [${'*b,'.repeat(20)}]`,
      says: /Excessive alias count/,
    },
  ])('$text', ({ text, says }) => {
    const result = parsePolicyFile(text, { file: 'p.yaml' });
    const problems = result.ok ? [] : result.problems;
    expect(problems.map((problem) => problemText(problem, 'en')).join()).toMatch(says);
  });

  it('may share steps', () => {
    const text = shopText
      .replace('points: 5}\n      - {within: 60d', 'points: &most 5}\n      - {within: 60d')
      .replace('{at_least: 20, points: 5}', '{at_least: 20, points: *most}');
    expect(text).not.toBe(shopText);
    const same = parsePolicyFile(text, { file: 'p.yaml' });
    expect(same.ok && same.set).toEqual(policySetOf([policyOf(parseShop())]));
  });
});
