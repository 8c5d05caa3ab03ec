import { expect, test } from 'vitest';
import { readIntakeEvent } from './intake-event.ts';
import { minimisation } from './minimisation.ts';

const base = {
  source: 'shop',
  eventId: 'e1',
  customerId: 'c1',
  occurredAt: '2026-01-02T03:04:05Z',
};
const at = Date.parse('2026-01-02T03:04:05Z');
const amount = { minor: 100, currency: 'CNY' };

function read(raw: Record<string, unknown>, settings: Parameters<typeof minimisation>[0] = {}) {
  const result = readIntakeEvent(raw, { instants: 'rfc3339', rules: minimisation(settings) });
  const dropped = Object.fromEntries(result.dropped);
  if (result.kind === 'event') return { event: result.event, dropped };
  return { reason: result.reason, field: result.field, dropped };
}

test('fills in the order source with the source', () => {
  const raw = { type: 'purchase', ...base, orderId: 'o1', amount };
  expect(read(raw)).toMatchObject({ event: { orderSource: 'shop', occurredAt: at } });
  expect(read({ ...raw, orderSource: 'pos' })).toMatchObject({ event: { orderSource: 'pos' } });
});

test('reads a refund without an order as naming none', () => {
  const { event } = read({ type: 'refund', ...base, orderSource: 'pos', amount }) as {
    event: object;
  };
  expect(event).toEqual({ type: 'refund', ...base, occurredAt: at, amount });
});

test('weighs an engagement one where it says nothing', () => {
  expect(read({ type: 'engagement', ...base, kind: 'visit' })).toMatchObject({
    event: { weight: 1 },
  });
});

test('takes null for a field that is not there', () => {
  const raw = { type: 'purchase', ...base, orderId: 'o1', amount, category: null, channel: null };
  expect(Object.keys((read(raw) as { event: object }).event)).not.toContain('category');
  expect(read({ ...raw, orderId: null })).toMatchObject({
    reason: 'missing-field',
    field: 'orderId',
  });
});

test('drops and counts what it does not know, by kind and at every level', () => {
  const raw = {
    type: 'profile',
    ...base,
    hobbies: ['go'],
    marital_status: 'x',
    orderId: 'o1',
    attributes: { segment: 'retail', age: 40, Hobbies: 'go', roles: ['buyer'] },
  };
  expect(read(raw)).toEqual({
    event: {
      type: 'profile',
      ...base,
      occurredAt: at,
      attributes: { segment: 'retail', roles: ['buyer'] },
    },
    dropped: { hobbies: 2, family: 1, unknown: 2 },
  });
});

test('lets an attribute in where configuration names it', () => {
  const raw = { type: 'profile', ...base, attributes: { age: 40 } };
  expect(read(raw, { attributes: ['age'] })).toMatchObject({ event: { attributes: { age: 40 } } });
});

test('refuses a forbidden field where configuration says so', () => {
  const raw = { type: 'profile', ...base, attributes: { spouse: 'x' } };
  expect(read(raw, { onForbidden: 'refuse' })).toMatchObject({
    reason: 'forbidden-field',
    field: 'attributes.spouse',
  });
  // A spelling can say something; the name that is told is the one of the configuration.
  const spelled = { ...raw, attributes: { SpOuSe_: 'x' } };
  expect(read(spelled, { onForbidden: 'refuse' })).toMatchObject({ field: 'attributes.spouse' });
});

test('takes a name as forbidden even where the schema allows it', () => {
  const raw = { type: 'interaction', ...base, kind: 'call', purpose: 'x' };
  const { event, dropped } = read(raw, { forbidden: { notes: ['purpose'] } }) as {
    event: object;
    dropped: object;
  };
  expect(event).not.toHaveProperty('purpose');
  expect(dropped).toEqual({ notes: 1 });
});
