import type { TierChangeEvent } from '@strata/contracts';
import { expect, test } from 'vitest';
import { ChangeRate } from './change-rate.ts';
import { LatestChanges } from './latest-changes.ts';

const change = {} as TierChangeEvent;
const positions = (listed: readonly { position: number }[]) =>
  listed.map(({ position }) => position);

test('the newest by the time of publication come first, whatever was read first', () => {
  const latest = new LatestChanges();
  latest.add({ position: 1, appendedAt: 50, change });
  latest.add({ position: 2, appendedAt: 10, change });
  latest.add({ position: 3, appendedAt: 50, change });
  expect(positions(latest.newest(9))).toEqual([3, 1, 2]);
});

test('a reader gets what was read after its position', () => {
  const latest = new LatestChanges();
  for (let position = 1; position <= 5; position += 1) {
    latest.add({ position, appendedAt: position, change });
  }
  expect(positions(latest.after(3, 9))).toEqual([5, 4]);
  expect(positions(latest.after(0, 2))).toEqual([5, 4]);
});

test('no more than the last two hundred are kept', () => {
  const latest = new LatestChanges();
  for (let position = 1; position <= 500; position += 1) {
    latest.add({ position, appendedAt: position, change });
  }
  expect(positions(latest.newest(1_000))).toHaveLength(200);
  expect(latest.newest(1)[0]?.position).toBe(500);
});

test('the rate counts the last minute by the time of publication', () => {
  const rate = new ChangeRate();
  for (const at of [0, 1_000, 59_000, 61_000]) rate.note(at);
  expect(rate.perMinute(61_500)).toBe(2);
  expect(rate.perMinute(200_000)).toBe(0);
});
