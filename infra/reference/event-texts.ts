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
  attributes: 'only names of the allow-list (`STRATA_INGESTOR_ATTRIBUTES`) enter',
};
