import type { CustomerEvent, LogRecord } from '@strata/domain';
import fc from 'fast-check';

import { customerIdOf, type ModelLog, OFFSETS_EACH } from './log-arbitrary.ts';
import type { LoggedRecord } from './oracle/oracle.ts';

/** A customer some of whose events come under another id, and where in the log it is said who that is. */
export interface Guest {
  readonly customer: number;
  readonly place: number;
  /** Which of its events come under the other id, in turn. */
  readonly under: readonly boolean[];
}

const GUEST = 'guest:1';

export const guestArbitrary: fc.Arbitrary<Guest | null> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc.record({
      customer: fc.constantFrom(0, 0, 0, 1),
      place: fc.nat(40),
      under: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
    }),
  },
);

/** The same log as if its sources had not known at first who that customer was. Referrals stay under the one name. */
export function withGuest(log: ModelLog, guest: Guest | null): ModelLog {
  if (guest === null) return log;
  const customerId = customerIdOf(guest.customer);
  let seen = 0;
  const renamed = (event: CustomerEvent): CustomerEvent => {
    const isOther = event.customerId !== customerId || event.type === 'referral';
    return !isOther && guest.under[seen++ % guest.under.length] === true
      ? { ...event, customerId: GUEST }
      : event;
  };
  const recordOf = (record: LogRecord): LogRecord => {
    if (record.kind === 'event') return { ...record, event: renamed(record.event) };
    if (record.kind !== 'tick') return record;
    return { ...record, customerIds: [...record.customerIds, GUEST] };
  };
  const records = log.records.map((it) => ({ ...it, record: recordOf(it.record) }));
  // The stack is opened and graded by a policy before anything else.
  const place = 1 + (guest.place % (records.length - 1));
  const linked = [...records.slice(0, place + 1), linkBehind(records[place], log, customerId)];
  return {
    ...log,
    records: [...linked, ...records.slice(place + 1)],
    customerIds: [...log.customerIds, GUEST],
  };
}

function linkBehind(
  before: LoggedRecord | undefined,
  { time }: Pick<ModelLog, 'time'>,
  customerId: string,
): LoggedRecord {
  if (before === undefined) throw new Error('a link lies behind the opening of its stack');
  const { offset, appendedAt } = before;
  const base = { source: 'crm', eventId: 'link', customerId, occurredAt: appendedAt };
  const event = { ...base, type: 'link', linkedId: GUEST } as const;
  const clocked = time === 'data' ? { clockAt: appendedAt } : {};
  return {
    offset: offset + OFFSETS_EACH / 2,
    appendedAt,
    record: { kind: 'event', event, ...clocked },
  };
}
