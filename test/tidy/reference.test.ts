import { expect, test } from 'vitest';
import { referencePages } from '../../infra/reference/reference-pages.ts';
import { filesThat, readText } from './repository.ts';

const PAGES = referencePages();

test('docs/reference holds the pages that the code makes, and no other', () => {
  const found = filesThat(/^docs\/reference\//).map((path) => path.replace('docs/reference/', ''));
  expect(found).toEqual([...PAGES.keys()].toSorted());
});

test.each([...PAGES.keys()])(
  '%s is what the code says; npm run generate writes it anew',
  (name) => {
    expect(readText(`docs/reference/${name}`)).toBe(PAGES.get(name));
  },
);
