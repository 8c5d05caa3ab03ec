import { type DeadLetterReason, TOPICS } from '@strata/contracts';

/** A record that a source got wrong, as raw bytes, and why it has to end in the dead letters. */
export interface BrokenRecord {
  readonly topic: string;
  /** The customer whose partition it is sent to. */
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly reason: DeadLetterReason;
}

/** Somebody of whom nothing else is known: nothing of these records may reach a customer's state. */
const NOBODY = 'nobody';

const PURCHASE = {
  type: 'purchase',
  source: 'shop',
  eventId: 'broken',
  customerId: NOBODY,
  occurredAt: '2025-12-30T10:00:00+08:00',
  orderId: 'broken',
  amount: { minor: 8_800, currency: 'CNY' },
};

/** One of each kind. The last two are sound in form; the fold refuses them, for their date and their currency. */
export function brokenRecords(): readonly BrokenRecord[] {
  const { customerId: _customer, ...noCustomer } = PURCHASE;
  const { orderId: _order, ...noOrder } = PURCHASE;
  const complaint = { ...PURCHASE, type: 'complaint', ticketId: 't-broken', severity: 'low' };
  return [
    broken('not-json', 'order 88, nobody, 88 yuan'),
    broken('empty-record', null),
    broken('unknown-schema', new Uint8Array([0, 127, 0, 0, 0, 1])),
    broken('duplicate-key', `{"type":"purchase",${JSON.stringify(PURCHASE).slice(1)}`),
    broken('no-customer', noCustomer),
    broken('missing-field', noOrder),
    broken('negative-amount', { ...PURCHASE, amount: { minor: -8_800, currency: 'CNY' } }),
    broken('unknown-currency', { ...PURCHASE, amount: { minor: 8_800, currency: 'RMB元' } }),
    broken('bad-field', { ...PURCHASE, amount: { minor: 88.5, currency: 'CNY' } }),
    broken('bad-time', { ...PURCHASE, occurredAt: '2025-12-30 10:00' }),
    broken('unknown-type', { ...PURCHASE, type: 'bought' }),
    broken('forbidden-field', { ...PURCHASE, hobbies: ['go', 'tea'] }),
    { ...broken('wrong-topic', complaint), topic: TOPICS.purchases },
    broken('too-old', { ...PURCHASE, occurredAt: '2019-05-01T10:00:00+08:00' }),
    broken('no-rate', { ...PURCHASE, amount: { minor: 1_200, currency: 'USD' } }),
  ];
}

function broken(reason: DeadLetterReason, content: string | object | null): BrokenRecord {
  return { topic: TOPICS.events, key: NOBODY, value: bytesOf(content), reason };
}

function bytesOf(content: string | object | null): Uint8Array | null {
  if (content === null || content instanceof Uint8Array) return content;
  return new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content));
}
