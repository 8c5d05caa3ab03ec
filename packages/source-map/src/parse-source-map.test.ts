import { readdirSync, readFileSync } from 'node:fs';
import { problemText } from '@strata/yaml-file';
import { describe, expect, it } from 'vitest';
import { parseSourceMap } from './parse-source-map.ts';

const BROKEN = new URL('../fixtures/broken/', import.meta.url);
const SHIPPED = new URL('../../../maps/', import.meta.url);

const yamlIn = (folder: URL): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted();

describe('broken files name line, column, field and remedy in both languages', () => {
  it.each(yamlIn(BROKEN))('%s', async (name) => {
    const result = parseSourceMap(readFileSync(new URL(name, BROKEN), 'utf8'), { file: name });
    expect(result.ok).toBe(false);
    const problems = result.ok ? [] : result.problems;
    const sentences = (['en', 'zh'] as const).flatMap((language) =>
      problems.map((problem) => problemText(problem, language)),
    );
    expect(sentences.join('\n')).not.toMatch(/undefined|\{\w+\}\./);
    await expect(`${sentences.join('\n')}\n`).toMatchFileSnapshot(
      new URL(name.replace('.yaml', '.golden.txt'), BROKEN).pathname,
    );
  });
});

describe('the maps that are shipped', () => {
  it.each(yamlIn(SHIPPED))('%s is sound, is named like its file and says what it reads', (name) => {
    const result = parseSourceMap(readFileSync(new URL(name, SHIPPED), 'utf8'), { file: name });
    expect(result.ok ? [] : result.problems).toEqual([]);
    if (!result.ok) return;
    expect(`${result.map.name}.yaml`).toBe(name);
    expect(result.map.about).toEqual({ zh: expect.any(String), en: expect.any(String) });
  });
});

describe('what a map says of itself', () => {
  const parsed = (text: string) => {
    const result = parseSourceMap(text, { file: 'm.yaml' });
    if (!result.ok) throw new Error(result.problems.map((it) => problemText(it, 'en')).join('\n'));
    return result.map;
  };
  const CANCELLED = 'type: order-cancelled, customerId: c, occurredAt: t, orderId: o';
  const HEAD = 'map: m\nsource: s\ninput: {format: csv}\n';

  it('ids that are places need a file with a name', () => {
    expect(parsed(`${HEAD}events: [{${CANCELLED}}]`).hasPlaceIds).toBe(true);
    expect(parsed(`${HEAD}events: [{${CANCELLED}, eventId: $record}]`).hasPlaceIds).toBe(true);
    expect(parsed(`${HEAD}events: [{${CANCELLED}, eventId: o}]`).hasPlaceIds).toBe(false);
    expect(parsed('map: m\ninput: {format: ndjson}\nevents: as-is').hasPlaceIds).toBe(false);
  });

  it('one currency is that of the map, where no amount names its own', () => {
    const refund = (amount: string) =>
      parsed(
        `${HEAD}currency: EUR\nevents: [{type: refund, customerId: c, occurredAt: t, amount: ${amount}}]`,
      );
    expect(refund('{major: m}').isOneCurrency).toBe(true);
    expect(refund('{major: m, currency: {from: code}}').isOneCurrency).toBe(false);
  });

  it('columns by place make a header optional, and without them it is required', () => {
    expect(parsed(`${HEAD}events: [{${CANCELLED}}]`).parts[0].input.header).toBe('required');
    const named = HEAD.replace('csv', 'csv, columns: [c, t, o], separator: tab');
    expect(parsed(`${named}events: [{${CANCELLED}}]`).parts[0].input).toMatchObject({
      header: 'optional',
      separator: '\t',
      columns: ['c', 't', 'o'],
    });
  });
});
