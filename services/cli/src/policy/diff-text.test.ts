import { readFileSync } from 'node:fs';
import type { PolicySet } from '@strata/domain';
import { diffSets, parsePolicyFile } from '@strata/policy-file';
import { problemText } from '@strata/yaml-file';
import { describe, expect, it } from 'vitest';
import { diffJson } from './diff-json.ts';
import { diffText } from './diff-text.ts';
import { setText } from './set-text.ts';

const PRESETS = new URL('../../../../policies/', import.meta.url);
const shopText = preset('shop');

function preset(name: string): string {
  return readFileSync(new URL(`${name}.yaml`, PRESETS), 'utf8');
}

function setOf(text: string): PolicySet {
  const result = parsePolicyFile(text, { file: 'p.yaml' });
  if (!result.ok) throw new Error(result.problems.map((it) => problemText(it, 'en')).join('\n'));
  return result.set;
}

const replaced = (
  text: string,
  ...pairs: readonly (readonly [string | RegExp, string])[]
): string =>
  pairs.reduce((changed, [from, to]) => {
    const next = changed.replace(from, to);
    if (next === changed) throw new Error(`nothing to replace: ${from}`);
    return next;
  }, text);

/** A second version, with something changed everywhere. */
const second = replaced(
  shopText,
  ['version: 1', 'version: 2'],
  ['[bronze, silver, gold, platinum]', '[bronze, gold, platinum]\nreplaces: {silver: bronze}'],
  [/^ {2}silver: \{zh.*\n/m, ''],
  [/^ {2}silver: \{enter.*\n/m, ''],
  [/^ {2}silver: \{service.*\n/m, ''],
  ['enter: 320', 'enter: 330'],
  ['at_least: 80000', 'at_least: 90000'],
  ['- {within: 30d, points: 5}', '- {within: 21d, points: 5}'],
  [
    '  engagement:\n    of: engagement\n    window: 90d',
    '  engagement:\n    of: engagement\n    window: 120d',
  ],
  ['monetary: 40,', 'monetary: 45,'],
  ['grace: 14d', 'grace: 30d'],
  ['qualification: rolling', 'qualification: calendar'],
  ['service_hours: 2,', 'service_hours: 1,'],
  ['recency: [5], ', ''],
  ['Asia/Shanghai', 'UTC'],
);

const chains = (text: string): string =>
  replaced(
    text,
    ['policy: shop', 'policy: chains'],
    ['applies_to: existing', 'applies_to: {attribute: segment, in: [chain]}'],
  );
const leads = replaced(
  shopText,
  ['policy: shop', 'policy: leads'],
  ['applies_to: existing', 'applies_to: prospects'],
);

/** Scores where there were shares, and a factor of the potential changed. */
const byScore = replaced(
  preset('sales-team'),
  [/^version: 1/m, 'version: 2'],
  ['regular: {revenue_share: 0.95, minimum_population: 30}', 'regular: {enter: 10, leave: 5}'],
  ['key: {revenue_share: 0.8, minimum_population: 30}', 'key: {enter: 20, leave: 10}'],
  ['stages: {lead: 0.2,', 'stages: {lead: 0.3,'],
);

const cases: readonly { name: string; before: string; after: string }[] = [
  { name: 'second-version', before: shopText, after: second },
  {
    name: 'more-policies',
    before: shopText,
    after: `${chains(shopText)}\n---\n${shopText}\n---\n${leads}`,
  },
  {
    name: 'other-order',
    before: `${shopText}\n---\n${chains(shopText)}\n---\n${leads}`,
    after: `${chains(shopText)}\n---\n${shopText}`,
  },
  { name: 'renamed', before: shopText, after: shopText.replace('policy: shop', 'policy: store') },
  { name: 'by-share', before: preset('sales-team'), after: byScore },
  { name: 'another-business', before: shopText, after: preset('sales-team') },
];

describe.each(cases)('$name', ({ name, before: from, after: to }) => {
  const [before, after] = [setOf(from), setOf(to)];
  const difference = diffSets(before, after);

  it.each(['en', 'zh'] as const)('is told in %s', async (language) => {
    const text = diffText(difference, { before, after }, language);
    expect(text).not.toMatch(/undefined|\[object|NaN/);
    const golden = new URL(`../../fixtures/policy-diff/${name}.${language}.txt`, import.meta.url);
    await expect(text).toMatchFileSnapshot(golden.pathname);
  });

  it('is the same in JSON', () => {
    const json = diffJson(difference, { before, after });
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json.policies).toHaveLength(difference.policies.length);
  });
});

it('of what is the same there is nothing to say', () => {
  const [before, after] = [setOf(shopText), setOf(`# a remark\n${shopText}`)];
  const difference = diffSets(before, after);
  expect(diffText(difference, { before, after }, 'en')).toBe(
    'The two are the same: nothing changes.\n',
  );
  expect(diffText(difference, { before, after }, 'zh')).toBe('两者相同，没有变化。\n');
  expect(diffJson(difference, { before, after }).policies).toEqual([]);
});

describe.each(['shop', 'sales-team', 'ecommerce', 'bank'])('the set of the preset %s', (name) => {
  it.each(['en', 'zh'] as const)('is told to a reader in %s', async (language) => {
    const text = setText(setOf(preset(name)), language);
    expect(text).not.toMatch(/undefined|\[object|NaN/);
    const golden = new URL(`../../fixtures/policy-show/${name}.${language}.txt`, import.meta.url);
    await expect(text).toMatchFileSnapshot(golden.pathname);
  });
});
