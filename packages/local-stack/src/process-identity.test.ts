import { describe, expect, it } from 'vitest';
import { identityOf, isAlive, parseProcStat, residentBytes } from './process-identity.ts';

describe('parseProcStat', () => {
  const tail = `S 1 42 42 0 -1 4194560 ${'0 '.repeat(12)}987654 1000 1 2`;

  it.each([
    ['node', 'a plain name'],
    ['a b', 'a name with a space'],
    ['x) R 1 (y', 'a name that looks like the fields after it'],
  ])('reads past the name %s (%s)', (name) => {
    expect(parseProcStat(`42 (${name}) ${tail}`)).toEqual({ state: 'S', startTicks: '987654' });
  });

  it('says null of anything else', () => {
    expect(parseProcStat('')).toBeNull();
    expect(parseProcStat('42 (node) S')).toBeNull();
  });
});

describe('a process identity', () => {
  it('is that of this very process while it runs', () => {
    const self = identityOf(process.pid);
    expect(self).not.toBeNull();
    expect(isAlive(self as NonNullable<typeof self>)).toBe(true);
    expect(residentBytes(process.pid)).toBeGreaterThan(1_000_000);
  });

  it('is no longer that of a process which took the number over', () => {
    expect(isAlive({ pid: process.pid, startedAt: 'of an earlier one' })).toBe(false);
  });
});
