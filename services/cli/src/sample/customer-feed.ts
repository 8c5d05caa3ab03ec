import { type CustomerEvent, DAY_MS, type Instant, type Severity } from '@strata/domain';
import type { SeededRandom } from './seeded-random.ts';

/**
 * What a source sends, and when: an event that is late arrives after others that happened later.
 */
export interface Arrival {
  readonly event: CustomerEvent;
  readonly arrivesAt: Instant;
}

/** What every event of a customer carries before its kind is known. */
export interface EventBase {
  readonly eventId: string;
  readonly customerId: string;
  readonly occurredAt: Instant;
}

export interface FeedOptions {
  readonly customerId: string;
  /** Part of every id of this customer's orders and events. */
  readonly number: string;
  /** Nothing happened before it. */
  readonly startAt: Instant;
  readonly random: SeededRandom;
}

const LATE_SHARE = 0.03;
const REPEAT_SHARE = 0.02;

/** The events of one customer as sources deliver them: some are late, some come twice. */
export class CustomerFeed {
  readonly arrivals: Arrival[] = [];
  readonly #options: FeedOptions;
  #sent = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** `arrivesAt` null: at once, or late as a share of all events is; a share of all arrives a second time. */
  send(
    at: Instant,
    make: (base: EventBase) => CustomerEvent,
    arrivesAt: Instant | null = null,
  ): void {
    const { customerId, number, startAt, random } = this.#options;
    const occurredAt = Math.max(startAt, Math.round(at / 1_000) * 1_000);
    this.#sent++;
    const event = make({ eventId: `${number}-e${this.#sent}`, customerId, occurredAt });
    const late = random.chance(LATE_SHARE) ? random.between(2, 25) * DAY_MS : 0;
    const first = Math.max(occurredAt, Math.round(arrivesAt ?? occurredAt + late));
    this.arrivals.push({ event, arrivesAt: first });
    if (!random.chance(REPEAT_SHARE)) return;
    const again = first + Math.round(random.between(0.001, 3) * DAY_MS);
    this.arrivals.push({ event, arrivesAt: again });
  }

  /** One of four cancellations is taken back. */
  cancelOrder(order: { readonly source: string; readonly orderId: string }, at: Instant): void {
    const { random } = this.#options;
    const standing = { source: order.source, orderSource: order.source, orderId: order.orderId };
    const cancelledAt = at + random.between(0.05, 3) * DAY_MS;
    this.send(cancelledAt, (base) => ({ ...base, ...standing, type: 'order-cancelled' }));
    if (!random.chance(0.25)) return;
    const reinstatedAt = cancelledAt + random.between(0.1, 2) * DAY_MS;
    this.send(reinstatedAt, (base) => ({ ...base, ...standing, type: 'order-reinstated' }));
  }

  /** Seven of ten complaints are resolved, to the liking of some. */
  complain(
    complaint: { readonly ticketId: string; readonly severities: readonly Severity[] },
    at: Instant,
  ): void {
    const { random } = this.#options;
    const severity = random.pick(complaint.severities);
    const ticket = { source: 'desk', ticketId: complaint.ticketId };
    this.send(at, (base) => ({ ...base, ...ticket, type: 'complaint', severity }));
    if (!random.chance(0.7)) return;
    const satisfaction = random.integer(1, 5);
    this.send(at + random.between(0.5, 9) * DAY_MS, (base) => ({
      ...base,
      ...ticket,
      type: 'complaint-resolved',
      satisfaction,
    }));
  }

  /** An answer to a survey, from `lowest` to 10. */
  opine(at: Instant, lowest: number): void {
    const score = this.#options.random.integer(lowest, 10);
    this.send(at, (base) => ({ ...base, type: 'feedback', source: 'survey', score, scale: 10 }));
  }
}
