/** What each field of the intake events stands for, beside the kind of value it takes. */
export const FIELD_TEXTS: Readonly<Record<string, string>> = {
  orderId: 'an order is (customerId, orderSource, orderId); purchases that name it are its parts',
  orderSource: 'the system that numbers the orders; the event’s `source` where it is absent',
  amount: 'in minor units (12345 is 123.45)',
  category: 'kept as it is; no dimension reads it yet',
  ticketId: 'a ticket is (customerId, source, ticketId) and counts once',
  severity: '',
  satisfaction: 'kept; no dimension reads it yet',
  score: 'kept; no dimension reads it yet',
  scale: 'the highest score possible',
  kind: 'a word of a growing set',
  weight: 'what it adds to the engagement dimension; 1 where it is absent',
  referredCustomerId: 'kept; no dimension reads it yet',
  ownerId: 'who was in touch with the customer',
  purpose: '',
  stage: 'a word of a growing set',
  linkedId: 'the other id: of a guest, a device, or in another system',
  linkedSource: 'the system that numbers `linkedId`; the event’s `source` where it is absent',
  reason: 'shown by `./strata why`',
  actor: 'who says so; the event’s `source` where it is absent',
  attributes: 'only names of the allow-list (`STRATA_INGESTOR_ATTRIBUTES`) enter',
};

/** The fields of each type’s example, beside those of every event. */
export const EVENT_EXAMPLES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  purchase: { orderId: 'o1', amount: { minor: 12345, currency: 'CNY' }, category: 'tea' },
  refund: { eventId: 'e2', orderId: 'o1', amount: { minor: 5000, currency: 'CNY' } },
  'order-cancelled': { eventId: 'e3', orderId: 'o1' },
  'order-reinstated': { eventId: 'e4', orderId: 'o1' },
  complaint: { source: 'desk', eventId: 'e5', ticketId: 't1', severity: 'high' },
  'complaint-resolved': { source: 'desk', eventId: 'e6', ticketId: 't1', satisfaction: 4 },
  feedback: { source: 'survey', eventId: 'e7', score: 9, scale: 10 },
  engagement: { source: 'app', eventId: 'e8', kind: 'visit', weight: 1 },
  referral: { source: 'app', eventId: 'e9', referredCustomerId: 'c2' },
  interaction: { source: 'crm', eventId: 'e10', kind: 'visit', ownerId: 's1', purpose: 'renewal' },
  opportunity: {
    source: 'crm',
    eventId: 'e11',
    stage: 'quoted',
    amount: { minor: 900000, currency: 'CNY' },
  },
  profile: {
    source: 'crm',
    eventId: 'e12',
    attributes: { segment: 'enterprise', region: 'east', roles: ['buyer', 'supplier'] },
  },
  link: { source: 'crm', eventId: 'e13', linkedId: '17', linkedSource: 'desk' },
};
