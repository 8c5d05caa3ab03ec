import { describe, expect, it } from 'vitest';
import { parseJavaMajor, prerequisites } from './prerequisites.ts';

describe('parseJavaMajor', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['openjdk version "21" 2023-09-19', 21],
    ['java version "1.8.0_392"', 8],
    ['command not found', null],
  ])('reads %s as %s', (text, major) => {
    expect(parseJavaMajor(text)).toBe(major);
  });
});

describe('prerequisites', () => {
  it('names what is missing and how to get it, in both languages', () => {
    const { java, maven } = prerequisites({ PATH: '' });
    expect(java).toMatchObject({ state: 'missing' });
    expect(maven).toMatchObject({ state: 'missing' });
    const { how } = maven as Extract<typeof maven, { state: 'missing' }>;
    expect(how.en).toContain('apt-get install maven');
    expect(how.zh).toContain('apt-get install maven');
  });
});
