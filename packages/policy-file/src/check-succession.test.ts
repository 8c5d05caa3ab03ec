import { readFileSync } from 'node:fs';
import type { PolicySet } from '@strata/domain';
import { problemText } from '@strata/yaml-file';
import { describe, expect, it } from 'vitest';
import type { Predecessors } from './check-succession.ts';
import { parsePolicyFile } from './parse-policy-file.ts';

const SHOP = new URL('../../../policies/shop.yaml', import.meta.url);
const shopText = readFileSync(SHOP, 'utf8');
const shop = setOf(shopText);

function setOf(text: string): PolicySet {
  const result = parsePolicyFile(text, { file: 'shop.yaml' });
  if (!result.ok) throw new Error(result.problems.map((it) => problemText(it, 'en')).join('\n'));
  return result.set;
}

/** What is said of a file that is to follow the preset shop. */
function problems(
  change: (text: string) => string,
  language: 'zh' | 'en' = 'en',
  follows: Predecessors = { inForce: shop, published: [shop] },
): readonly string[] {
  const result = parsePolicyFile(change(shopText), { file: 'shop.yaml', follows });
  return result.ok ? [] : result.problems.map((it) => problemText(it, language));
}

const withoutSilver = (text: string): string =>
  text
    .replace('[bronze, silver, gold, platinum]', '[bronze, gold, platinum]')
    .replace(/^ {2}silver: \{(?:zh|enter|service).*\n/gm, '');
const second = (text: string): string => text.replace('version: 1', 'version: 2');

describe('versions', () => {
  it('are as they were published, whoever publishes them again', () => {
    expect(problems((text) => text)).toEqual([]);
    const other = setOf(second(shopText).replace('enter: 320', 'enter: 330'));
    expect(problems((text) => text, 'en', { inForce: other, published: [shop, other] })).toEqual(
      [],
    );
  });

  it('say where and how to count up', () => {
    const change = (text: string): string => text.replace('enter: 320', 'enter: 330');
    expect(problems(change)).toEqual([
      "shop.yaml:4:1: version: version 1 of 'shop' was published already with other contents, and what was published never changes. Write version: 2.",
    ]);
    expect(problems(change, 'zh')).toEqual([
      'shop.yaml:4:1: version: 策略“shop”第 1 版已经发布过，内容不同；已发布的版本不再改变。请把版本号改为 version: 2。',
    ]);
  });

  it('may leave some out and may not go back', () => {
    const seventh = setOf(shopText.replace('version: 1', 'version: 7'));
    const after: Predecessors = { inForce: seventh, published: [seventh] };
    expect(problems((text) => text.replace('version: 1', 'version: 9'), 'en', after)).toEqual([]);
    expect(problems(second, 'en', after)).toEqual([
      "shop.yaml:4:1: version: version 7 of 'shop' was published already, and this one is 2. Write version: 8. To bring an old version back: ./strata policy rollback shop@VERSION.",
    ]);
  });

  it('of another policy do not count', () => {
    const change = (text: string): string => text.replace('policy: shop', 'policy: store');
    expect(problems(change)).toEqual([]);
  });
});

describe('a removed tier', () => {
  it('needs one that takes its customers', () => {
    const change = (text: string): string => withoutSilver(second(text));
    expect(problems(change)).toEqual([
      "shop.yaml:9:1: ladder: the tier 'silver' is gone, and nothing says where its customers go. Add replaces: {silver: bronze}, or put the tier back into the ladder.",
    ]);
    expect(problems(change, 'zh')).toEqual([
      'shop.yaml:9:1: ladder: 等级“silver”不再存在，而没有说明其客户归入哪一级。请补上，例如 replaces: {silver: bronze}，或把该等级放回 ladder。',
    ]);
    const mapped = (text: string): string =>
      change(text).replace('labels:', 'replaces: {silver: gold}\nlabels:');
    expect(problems(mapped)).toEqual([]);
  });

  it('of a policy that is no more needs none: its customers are graded by another', () => {
    const change = (text: string): string =>
      withoutSilver(text).replace('policy: shop', 'policy: store');
    expect(problems(change)).toEqual([]);
  });
});

it('all that is wrong with the succession is told at once, in the order of the file', () => {
  const change = (text: string): string =>
    withoutSilver(text).replace('base_currency: CNY', 'base_currency: EUR');
  expect(problems(change).map((it) => it.split(': ')[1])).toEqual([
    'version',
    'base_currency',
    'ladder',
  ]);
  expect(problems(change)[1]).toBe(
    'shop.yaml:6:1: base_currency: counts in EUR, while all amounts of this stack were converted to CNY. Write base_currency: CNY, or start a stack of its own for EUR.',
  );
});

it('the first set follows nobody', () => {
  const change = (text: string): string => withoutSilver(text).replace('CNY', 'EUR');
  expect(problems(change, 'en', { inForce: null, published: [] })).toEqual([]);
});
