import { describe, expect, it } from 'vitest';
import { END_KNOWN_MS, PartitionEnd } from './partition-end.ts';

describe('the end of a partition', () => {
  it('is not known before it was seen, nor long after', () => {
    const end = new PartitionEnd();
    expect(end.lagOf(0, 0)).toBeNull();
    end.saw(10, 1_000);
    expect(end.lagOf(10, 1_000 + END_KNOWN_MS)).toEqual({ end: 10, records: 0, ms: 0 });
    expect(end.lagOf(10, 1_001 + END_KNOWN_MS)).toBeNull();
  });

  it('tells since when the first record has waited, whatever came behind it', () => {
    const end = new PartitionEnd();
    for (const [atMs, at] of [
      [0, 10],
      [5_000, 20],
      [10_000, 30],
    ] as const) {
      end.saw(at, atMs);
    }
    expect(end.lagOf(10, 12_000)).toEqual({ end: 30, records: 20, ms: 7_000 });
    expect(end.lagOf(19, 12_000)).toEqual({ end: 30, records: 11, ms: 7_000 });
    expect(end.lagOf(20, 12_000)).toEqual({ end: 30, records: 10, ms: 2_000 });
    expect(end.lagOf(30, 12_000)).toEqual({ end: 30, records: 0, ms: 0 });
  });

  it('goes on waiting where nothing more comes', () => {
    const end = new PartitionEnd();
    end.saw(10, 0);
    for (let atMs = 5_000; atMs <= 3_600_000; atMs += 5_000) end.saw(10, atMs);
    expect(end.lagOf(9, 3_600_000)).toEqual({ end: 10, records: 1, ms: 3_600_000 });
  });

  it('keeps what waits longest in mind through any number of looks', () => {
    const end = new PartitionEnd();
    for (let look = 0; look <= 100_000; look += 1) end.saw(10 + look, look * 5_000);
    const waited = end.lagOf(9, 100_000 * 5_000)?.ms ?? 0;
    expect(waited).toBe(100_000 * 5_000);
  });

  it('does not go back with a look that came late', () => {
    const end = new PartitionEnd();
    end.saw(20, 5_000);
    end.saw(15, 6_500);
    expect(end.lagOf(15, 7_000)).toEqual({ end: 20, records: 5, ms: 2_000 });
  });
});
