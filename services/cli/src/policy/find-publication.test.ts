import type { PublicationStanding, PublishedPolicy } from '@strata/contracts';
import { aPolicy } from '@strata/domain/builders';
import { describe, expect, it } from 'vitest';
import { findPublication, formerPublication, publicationName } from './find-publication.ts';
import { listText, publicationJson } from './list-text.ts';

function publication(
  number: number,
  version: number,
  changes: Partial<PublishedPolicy> & { readonly standing: PublicationStanding },
): PublishedPolicy {
  return {
    number,
    set: { id: `${version}a`.repeat(16), policies: [aPolicy({ name: 'shop', version })] },
    basedOn: number - 1,
    announceFrom: 0,
    publishedAt: Date.UTC(2026, 0, number),
    publishedBy: 'ann',
    reason: null,
    ...changes,
  };
}

/** Two at once after the first, of which one was void; then back to the first, and a third version. */
const history: readonly PublishedPolicy[] = [
  publication(1, 1, { standing: 'former', basedOn: 0 }),
  publication(2, 2, { standing: 'former', reason: 'spring', announceFrom: 2 }),
  publication(3, 9, { standing: 'void', basedOn: 1, publishedBy: 'bo' }),
  publication(4, 1, { standing: 'former', basedOn: 2, reason: 'rollback to 1' }),
  publication(7, 3, { standing: 'in-force', basedOn: 4, announceFrom: null }),
];

const found = (text: string): number | null => {
  const name = publicationName(text);
  return name === null ? null : (findPublication(history, name)?.number ?? null);
};

describe('a publication is called', () => {
  it.each([
    { text: 'current', number: 7, why: 'the one in force' },
    { text: '2', number: 2, why: 'its number' },
    { text: '#2', number: 2, why: 'its number as people write it' },
    { text: '3', number: 3, why: 'a void one is called by its number alone' },
    { text: 'shop@9', number: null, why: 'a void version never was' },
    { text: 'shop@2', number: 2, why: 'policy and version' },
    { text: 'shop@1', number: 4, why: 'the newest of those that hold a version' },
    { text: '2a2a2a2a', number: 2, why: 'the beginning of an id' },
    { text: `${'1a'.repeat(16)}`, number: 4, why: 'the newest of one id' },
    { text: 'leads@1', number: null, why: 'no such policy' },
    { text: 'ffffffff', number: null, why: 'no such id' },
    { text: './shop.yaml', number: null, why: 'a file' },
    { text: './shop@2', number: null, why: 'a file with a strange name' },
    { text: 'retail', number: null, why: 'a preset' },
  ])('$text: $why', ({ text, number }) => {
    expect(found(text)).toBe(number);
  });

  it('the one before is that on which the one in force was based, not the one above it', () => {
    expect(formerPublication(history)?.number).toBe(4);
    expect(formerPublication(history.slice(0, 1))).toBe(null);
    expect(formerPublication([])).toBe(null);
  });
});

it('the list tells the newest first, with why', () => {
  expect(listText(history, 'en')).toBe(
    [
      'No.       Set  Policies                 Published   By     State  Told from',
      '7    3a3a3a3a    shop@3  2026-01-07T00:00:00.000Z  ann  in force       none',
      '4    1a1a1a1a    shop@1  2026-01-04T00:00:00.000Z  ann    former        all',
      '3    9a9a9a9a    shop@9  2026-01-03T00:00:00.000Z   bo      void        all',
      '2    2a2a2a2a    shop@2  2026-01-02T00:00:00.000Z  ann    former    2 steps',
      '1    1a1a1a1a    shop@1  2026-01-01T00:00:00.000Z  ann    former        all',
      '',
      'Why:',
      '  4: rollback to 1',
      '  2: spring',
      '',
    ].join('\n'),
  );
  expect(listText(history.slice(4), 'zh')).toBe(
    [
      '编号    策略集    策略                  发布时间  发布者    状态  通知起点',
      '7     3a3a3a3a  shop@3  2026-01-07T00:00:00.000Z     ann  生效中    不通知',
      '',
    ].join('\n'),
  );
});

it('JSON says of a publication what the list says', () => {
  expect(publicationJson(history[1] as PublishedPolicy)).toEqual({
    number: 2,
    id: '2a'.repeat(16),
    policies: [{ name: 'shop', version: 2 }],
    standing: 'former',
    basedOn: 1,
    announceFrom: 2,
    publishedAt: '2026-01-02T00:00:00.000Z',
    publishedBy: 'ann',
    reason: 'spring',
  });
});
