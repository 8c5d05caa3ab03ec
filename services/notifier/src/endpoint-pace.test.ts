import { expect, test } from 'vitest';
import { EndpointPace } from './endpoint-pace.ts';

test('the pace is that of the last minute', () => {
  const pace = new EndpointPace();
  expect(pace.perSecond('crm', 0)).toBe(0);
  for (let ms = 0; ms < 120_000; ms += 100) pace.taken('crm', ms);
  expect(pace.perSecond('crm', 120_000)).toBeGreaterThan(9);
  expect(pace.perSecond('crm', 120_000)).toBeLessThan(11);
  expect(pace.perSecond('other', 120_000)).toBe(0);
});

test('a young endpoint is reckoned from its first delivery, and one that stopped has none', () => {
  const pace = new EndpointPace();
  for (let ms = 0; ms < 10_000; ms += 100) pace.taken('crm', ms);
  expect(pace.perSecond('crm', 10_000)).toBeCloseTo(10, 0);
  expect(pace.perSecond('crm', 80_000)).toBe(0);
});
