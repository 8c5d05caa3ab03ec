import { expect, test } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.ts';

const settings = { failures: 3, holdMs: 100, holdMsMax: 350 };

test('failures in a row open the circuit, each further probe that fails holds for longer', () => {
  const breaker = new CircuitBreaker(settings);
  expect([0, 1, 2].map((at) => breaker.failed('crm', at))).toEqual([null, null, 100]);
  // It was on its way before.
  expect(breaker.failed('crm', 60)).toBeNull();
  expect(breaker.failed('crm', 102)).toBe(200);
  expect(breaker.failed('crm', 400)).toBe(350);
  expect(breaker.failed('crm', 800)).toBe(350);
});

test('one success closes it', () => {
  const breaker = new CircuitBreaker(settings);
  for (const at of [0, 1, 2]) breaker.failed('crm', at);
  breaker.taken('crm');
  expect(breaker.failed('crm', 3)).toBeNull();
});

test('endpoints do not share a circuit', () => {
  const breaker = new CircuitBreaker(settings);
  for (const at of [0, 1]) breaker.failed('crm', at);
  expect(breaker.failed('mail', 2)).toBeNull();
  expect(breaker.failed('crm', 3)).toBe(100);
});

test('an endpoint that asks for a pause gets it at once, within bounds', () => {
  const breaker = new CircuitBreaker(settings);
  expect(breaker.failed('crm', 0, 40)).toBe(40);
  expect(breaker.failed('crm', 50, 9_999)).toBe(350);
});
