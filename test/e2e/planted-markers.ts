import { CUSTOMER_EVENT_TYPES, type CustomerEventType } from '@strata/domain';

/** Nothing that a stack of ours would ever write by itself. */
export const MARKER = 'zqmarkerzq';

export interface Planted {
  readonly topic: string;
  readonly value: Buffer | null;
}

let planted = 0;
/** A text of its own for each place, so that what leaks says where it was. */
const mark = (): string => `${MARKER}${++planted}`;

/** Fields that no event has, and those of every forbidden kind, each with what it may hold. */
const stray = (): object => ({
  [mark()]: mark(),
  note: { [mark()]: [mark(), { deep: mark() }] },
  hobbies: mark(),
  Marital_Status: { with: mark() },
  competitor: [mark()],
  'staff-notes': mark(),
});

const OWN_TOPIC: Readonly<Record<CustomerEventType, string>> = {
  purchase: 'strata.intake.purchases.v1',
  refund: 'strata.intake.purchases.v1',
  'order-cancelled': 'strata.intake.purchases.v1',
  'order-reinstated': 'strata.intake.purchases.v1',
  complaint: 'strata.intake.complaints.v1',
  'complaint-resolved': 'strata.intake.complaints.v1',
  feedback: 'strata.intake.complaints.v1',
  engagement: 'strata.intake.engagements.v1',
  referral: 'strata.intake.engagements.v1',
  interaction: 'strata.intake.engagements.v1',
  opportunity: 'strata.intake.engagements.v1',
  profile: 'strata.intake.profiles.v1',
  link: 'strata.intake.links.v1',
};

const money = (): object => ({ minor: 5_000, currency: 'CNY', [mark()]: mark(), hobby: mark() });
const ORDER = { orderId: 'o1' };

/** Another id of the customer. */
const DEVICE = `${MARKER}device`;

/** What each type holds beside the fields of every event; ids of customers are markers, too. */
const OWN: Readonly<Record<CustomerEventType, () => object>> = {
  purchase: () => ({ ...ORDER, amount: money(), category: 'tea' }),
  refund: () => ({ ...ORDER, amount: money() }),
  'order-cancelled': () => ({ orderId: 'o2' }),
  'order-reinstated': () => ({ orderId: 'o2' }),
  complaint: () => ({ ticketId: 't1', severity: 'low' }),
  'complaint-resolved': () => ({ ticketId: 't1', satisfaction: 4 }),
  feedback: () => ({ score: 4, scale: 5 }),
  engagement: () => ({ kind: 'visit', weight: 1 }),
  referral: () => ({ referredCustomerId: mark() }),
  interaction: () => ({ kind: 'call', purpose: 'renewal' }),
  opportunity: () => ({ stage: 'quoted', amount: money() }),
  profile: () => ({
    attributes: {
      segment: 'retail',
      age: mark(),
      gender: mark(),
      spouse: mark(),
      [mark()]: mark(),
    },
  }),
  link: () => ({ linkedId: DEVICE }),
};

/** By whose id most events come. */
export const CUSTOMER = `${MARKER}customer`;

const base = (type: string, at: number): object => ({
  type,
  source: 'shop',
  eventId: `${type} ${planted}`,
  customerId: CUSTOMER,
  guest: mark(),
  occurredAt: new Date(at).toISOString(),
});

function of(topic: string, value: object | string | Uint8Array): Planted {
  const text =
    typeof value === 'object' && !(value instanceof Uint8Array) ? JSON.stringify(value) : value;
  return { topic, value: Buffer.from(text as string) };
}

/** One good event of each type, with a marker wherever nothing may get in. */
export function goodEvents(nowMs: number): readonly Planted[] {
  return CUSTOMER_EVENT_TYPES.map((type) =>
    of(OWN_TOPIC[type], { ...stray(), ...base(type, nowMs - 60_000), ...OWN[type]() }),
  );
}

const EVENTS = 'strata.intake.events.v1';
const DAY_MS = 86_400_000;

/** A record for every reason for which the gate or the fold refuses one, by that reason. */
export function refusedRecords(nowMs: number, schemaId: number): Readonly<Record<string, Planted>> {
  const purchase = (changes: object = {}): object => ({
    ...stray(),
    ...base('purchase', nowMs - 60_000),
    ...OWN.purchase(),
    ...changes,
  });
  const text = JSON.stringify(purchase());
  const spoilt = (from: string, to: string): string => text.replace(from, to);
  const decided = { customerId: CUSTOMER, reason: mark(), actor: mark() };
  const other = `${MARKER}other`;
  return {
    'empty-record': { topic: EVENTS, value: null },
    'too-large': of(EVENTS, purchase({ [mark()]: mark().repeat(8_000) })),
    'not-utf8': of(EVENTS, Buffer.concat([Buffer.from(text), Buffer.of(0xff)])),
    'not-json': of(EVENTS, text.slice(0, -1)),
    'too-deep': of(EVENTS, purchase({ deep: [[[[[[[[[mark()]]]]]]]]] })),
    'duplicate-key': of(EVENTS, `{"${MARKER}twice":1,"${MARKER}twice":2,${text.slice(1)}`),
    'unsafe-key': of(EVENTS, `{"__proto__":"${mark()}",${text.slice(1)}`),
    'unsafe-number': of(EVENTS, spoilt('5000', '9007199254740993')),
    'bad-framing': of(EVENTS, Buffer.concat([Buffer.of(1), Buffer.from(text)])),
    'unknown-schema': of(EVENTS, Buffer.concat([framed(0x7f_00_00_01), Buffer.from(text)])),
    'bad-avro': of(EVENTS, Buffer.concat([framed(schemaId), Buffer.from(text)])),
    'unknown-type': of(EVENTS, purchase({ type: mark() })),
    'missing-field': of(EVENTS, purchase({ orderId: undefined })),
    'bad-field': of(EVENTS, purchase({ orderId: { [mark()]: mark() } })),
    'bad-time': of(EVENTS, purchase({ occurredAt: mark() })),
    'no-customer': of(EVENTS, purchase({ customerId: '', guest: undefined })),
    'unknown-currency': of(EVENTS, purchase({ amount: { minor: 1, currency: mark() } })),
    'negative-amount': of(EVENTS, purchase({ amount: { minor: -1, currency: 'CNY' } })),
    'wrong-topic': of('strata.intake.profiles.v1', purchase()),
    'clock-not-allowed': of(EVENTS, { ...stray(), type: 'clock', at: mark() }),
    'override-not-allowed': of('strata.intake.links.v1', {
      ...decided,
      type: 'override-cleared',
      overrideId: mark(),
    }),
    'merge-not-allowed': of('strata.intake.links.v1', {
      ...decided,
      type: 'merge-asked',
      mergeId: mark(),
      survivorId: CUSTOMER,
      otherId: other,
    }),
    'erasure-not-allowed': of('strata.intake.links.v1', {
      ...decided,
      type: 'erased',
      erasureId: mark(),
    }),
    'too-old': of(EVENTS, purchase({ occurredAt: new Date(nowMs - 900 * DAY_MS).toISOString() })),
    'ahead-of-clock': of(
      EVENTS,
      purchase({ occurredAt: new Date(nowMs + 3 * DAY_MS).toISOString() }),
    ),
    'no-rate': of(EVENTS, purchase({ amount: { minor: 1, currency: 'JPY' } })),
    'unknown-tier': of(EVENTS, {
      type: 'override-set',
      overrideId: 'd1',
      customerId: CUSTOMER,
      kind: 'floor',
      tier: 'none such',
      reason: 'a promise',
      actor: 'ann',
    }),
    'merge-with-itself': of(EVENTS, {
      type: 'merge-asked',
      mergeId: 'm1',
      survivorId: CUSTOMER,
      otherId: CUSTOMER,
      reason: 'a slip',
      actor: 'ann',
    }),
    'already-merged': of('strata.intake.links.v1', {
      ...stray(),
      ...base('link', nowMs - 60_000),
      customerId: other,
      linkedId: DEVICE,
    }),
    'unknown-customer': of(EVENTS, {
      type: 'merge-asked',
      mergeId: 'm2',
      survivorId: CUSTOMER,
      otherId: other,
      reason: 'a slip',
      actor: 'ann',
    }),
  };
}

/** A zero byte and the id of a schema: what stands before Avro in Confluent's form. */
function framed(schemaId: number): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(schemaId, 1);
  return head;
}

/** Of the key and the headers of every record, which nothing reads but to keep them with what was refused. */
export const around = (): { key: string; headers: Record<string, string> } => ({
  key: mark(),
  headers: { [mark()]: mark(), 'content-encoding': mark() },
});
