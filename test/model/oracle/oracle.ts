import {
  type CustomerEvent,
  DAY_MS,
  type FoldRefusal,
  type Instant,
  type LogRecord,
  type Policy,
} from '@strata/domain';

import { type Applied, type History, orderNameOf, orderOf } from './history.ts';
import { type Life, type NaiveChange, settleInstant, settleUntil, World } from './life.ts';
import { correctedOrderAt, withdraw } from './withdraw.ts';

/**
 * The grading rules of the contract once more, written to be read: the whole history is kept, every step starts from
 * it, and time is walked through edge by edge. It shares nothing with the fold but the types of what goes in.
 */
export interface LoggedRecord {
  readonly offset: number;
  readonly appendedAt: Instant;
  readonly record: LogRecord;
}

export interface NaiveCustomer {
  readonly clock: Instant;
  readonly history: History;
  readonly life: Life | null;
  readonly changes: readonly NaiveChange[];
  readonly refusals: readonly { readonly offset: number; readonly reason: FoldRefusal }[];
}

const UNSEEN: NaiveCustomer = {
  clock: Number.NEGATIVE_INFINITY,
  history: [],
  life: null,
  changes: [],
  refusals: [],
};

export class Oracle {
  readonly customers = new Map<string, NaiveCustomer>();
  policy: Policy | null = null;
  private isDataTime = false;
  private horizonMs = 0;
  /** Wall time: the largest append time. Data time: the last clock mark. */
  private partitionClock = Number.NEGATIVE_INFINITY;

  apply({ offset, appendedAt, record }: LoggedRecord): void {
    if (!this.isDataTime && record.kind !== 'stack-opened') this.moveClock(appendedAt);
    switch (record.kind) {
      case 'stack-opened':
        this.isDataTime = record.time === 'data';
        this.horizonMs = record.ledgerHorizonDays * DAY_MS;
        if (!this.isDataTime) this.moveClock(appendedAt);
        return;
      case 'policy-activated':
        this.policy = record.set.policies[0] as Policy;
        return;
      case 'clock':
        if (this.isDataTime) this.moveClock(record.at);
        return;
      // The oracle reads fixed steps only: what a calibration makes of quantiles is told to it as those.
      case 'calibrated':
      case 'tick':
        return;
      case 'event':
        this.take({ event: record.event, offset }, record.clockAt);
    }
  }

  /** The customer as everything known makes it at `at`, or now. Earlier than the customer's own clock it is now. */
  customerAt(customerId: string, at: Instant = this.partitionClock): NaiveCustomer {
    const customer = this.customers.get(customerId) ?? UNSEEN;
    return this.settled(customer, Math.max(customer.clock, this.partitionClock, at));
  }

  worldOf(customer: NaiveCustomer): World {
    return new World(this.policy as Policy, customer.history);
  }

  private moveClock(at: Instant): void {
    this.partitionClock = Math.max(this.partitionClock, at);
  }

  private take(taken: Applied, clockAt: Instant | undefined): void {
    const { customerId } = taken.event;
    const present = this.customers.get(customerId) ?? UNSEEN;
    const ownClock = this.isDataTime ? (clockAt ?? taken.event.occurredAt) : this.partitionClock;
    const clock = Math.max(present.clock, this.partitionClock, ownClock);
    const settled = this.settled(present, clock);
    const history = withoutExpired(settled.history, clock - this.horizonMs);
    this.customers.set(customerId, this.afterEvent({ ...settled, history }, taken));
  }

  private settled(customer: NaiveCustomer, clock: Instant): NaiveCustomer {
    if (this.policy === null) return { ...customer, clock };
    const from = { life: customer.life, at: customer.clock };
    const step = settleUntil(this.worldOf(customer), from, clock);
    return { ...customer, clock, life: step.life, changes: [...customer.changes, ...step.changes] };
  }

  private afterEvent(customer: NaiveCustomer, taken: Applied): NaiveCustomer {
    const { clock, history } = customer;
    if (history.some(({ event }) => isSame(event, taken.event))) return customer;
    const reason = this.refusal(customer, taken.event);
    if (reason !== null) {
      return { ...customer, refusals: [...customer.refusals, { offset: taken.offset, reason }] };
    }
    const after = [...history, taken];
    const world = new World(this.policy as Policy, after);
    // The block after a landing at the base is lifted by any event that is taken, before it is graded.
    let life = customer.life === null ? null : { ...customer.life, isBlocked: false };
    const changes: NaiveChange[] = [];
    const orderAt = correctedOrderAt(history, after, taken.event);
    if (life !== null && orderAt !== null && world.policy.lifecycle.onCorrection === 'withdraw') {
      const step = withdraw(world, life, { clock, orderAt, horizonMs: this.horizonMs });
      life = step.life;
      changes.push(...step.changes);
    }
    const step = settleInstant(world, life, clock);
    changes.push(...step.changes.map(causedByEvent));
    return {
      ...customer,
      history: after,
      life: step.life,
      changes: [...customer.changes, ...changes],
    };
  }

  private refusal({ clock, history }: NaiveCustomer, event: CustomerEvent): FoldRefusal | null {
    if (this.policy === null) return 'no-policy';
    if (event.occurredAt > clock + DAY_MS) return 'ahead-of-clock';
    const oldest = clock - this.horizonMs;
    if (event.occurredAt < oldest) return 'too-old';
    const name = orderNameOf(event);
    const order = name === null ? null : orderOf(history, name);
    return order !== null && order.at < oldest ? 'too-old' : null;
  }
}

const causedByEvent = (change: NaiveChange): NaiveChange => ({ ...change, causeKind: 'event' });

const isSame = (one: CustomerEvent, other: CustomerEvent): boolean =>
  one.source === other.source && one.eventId === other.eventId;

/** What waits for an order or a complaint that has not come waits until the horizon, and at that instant it is dropped. */
function withoutExpired(history: History, oldest: Instant): History {
  return history.filter(({ event }) => {
    if (event.occurredAt > oldest) return true;
    if (event.type === 'complaint-resolved') {
      return history.some(
        ({ event: other }) =>
          other.type === 'complaint' &&
          other.source === event.source &&
          other.ticketId === event.ticketId,
      );
    }
    const name = orderNameOf(event);
    return name === null || orderOf(history, name) !== null;
  });
}
