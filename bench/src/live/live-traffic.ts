import { type CustomerEvent, DAY_MS, type Instant, type LogRecord } from '@strata/domain';
import { type Addressed, dated, forAll } from '../scorer/customer-log.ts';

/** One in so many live events changes a tier: enough for percentiles, near the 3 % of the scorer benchmark. */
export const SWING_EVERY = 20;
/** Lifts anybody to the top by itself. */
const LARGE_MINOR = 100_000;
const SMALL_MINOR = 100;

/** Events of a stack that lives: small orders of its customers, and live customers who go up and down. */
export interface LiveTraffic {
  /** The ids of those with a history, from 0 on. */
  readonly customers: number;
  /** Customers of their own whose tiers change, promoted and demoted in turn. */
  readonly swingers: number;
  /** The log before it ends here. */
  readonly from: Instant;
}

const swingerId = (number: number): string => `live-${number}`;

export function isSwinger(key: Uint8Array): boolean {
  return (
    Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1', 0, 5) === 'live-'
  );
}

/** A small order of each who will swing: what changes later is then never a first tier. */
export function* swingersJoin({ swingers, from }: LiveTraffic): Generator<Addressed> {
  const joins = Array.from({ length: swingers }, (_, number) => {
    const base = eventBase(`join-${number}`, swingerId(number), from);
    return { ...purchaseOf(base, `join-${number}`), amount: { minor: 1, currency: 'CNY' } };
  });
  yield* dated(joins, from);
  yield forAll({ kind: 'clock', at: from + DAY_MS });
}

/** Live events move the clock by a millisecond each, so the instant of a tier change says which one it was. */
export const liveInstantOf = (index: number, { from }: LiveTraffic): Instant =>
  from + DAY_MS + 1 + index;
export const liveIndexOf = (effectiveAt: Instant, { from }: LiveTraffic): number =>
  effectiveAt - from - DAY_MS - 1;
export const isSwing = (index: number): boolean => index >= 0 && index % SWING_EVERY === 0;

export function liveRecordOf(
  index: number,
  traffic: LiveTraffic,
): { readonly record: LogRecord; readonly customerId: string } {
  const event = liveEventOf(index, traffic);
  const { customerId, occurredAt: clockAt } = event;
  return { record: { kind: 'event', event, clockAt }, customerId };
}

function liveEventOf(index: number, traffic: LiveTraffic): CustomerEvent {
  const { customers, swingers } = traffic;
  const at = liveInstantOf(index, traffic);
  const id = `live-${index}`;
  if (!isSwing(index)) {
    const base = eventBase(id, `customer-${(index * 7_919) % customers}`, at);
    return { ...purchaseOf(base, id), amount: { minor: SMALL_MINOR, currency: 'CNY' } };
  }
  const swing = index / SWING_EVERY;
  const base = eventBase(id, swingerId(swing % swingers), at);
  const amount = { minor: LARGE_MINOR, currency: 'CNY' };
  const isUp = Math.floor(swing / swingers) % 2 === 0;
  if (isUp) return { ...purchaseOf(base, id), amount };
  const bought = `live-${index - swingers * SWING_EVERY}`;
  return { type: 'refund', ...base, orderSource: 'shop', orderId: bought, amount };
}

function eventBase(eventId: string, customerId: string, occurredAt: Instant) {
  return { source: 'shop', eventId, customerId, occurredAt, channel: 'online' };
}

function purchaseOf(base: ReturnType<typeof eventBase>, orderId: string) {
  return { type: 'purchase', ...base, orderSource: 'shop', orderId, category: 'tea' } as const;
}
