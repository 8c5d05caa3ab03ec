import { expect, test } from 'vitest';
import { bar } from './bar.ts';

const widthOf = (share: number): string | undefined =>
  /class="fill a"( data-width="k")? width="([^"]+)"/.exec(
    String(bar({ share, fill: 'a', key: 'k' })),
  )?.[2];

test.each([
  { share: 0, width: '0.00%', why: 'nothing is nothing' },
  { share: 0.00001, width: '0.40%', why: 'what is there can be seen' },
  { share: 0.25, width: '25.00%', why: 'the rest is in proportion' },
])('a share of $share is $width wide: $why', ({ share, width }) => {
  expect(widthOf(share)).toBe(width);
});

test('without a key there is no attribute for scripts', () => {
  expect(String(bar({ share: 1, fill: 'a', key: null }))).not.toContain('data-width');
});
