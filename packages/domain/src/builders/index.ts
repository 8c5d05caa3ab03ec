/** Builders for tests: whole, valid domain values of which a test names only what it is about. */

import type {
  Complaint,
  Engagement,
  Link,
  Opportunity,
  OrderCancelled,
  Profile,
  Purchase,
  Referral,
  Refund,
} from '../customer-event.ts';
import type { CustomerState } from '../customer-state.ts';
import { fold } from '../fold.ts';
import type { HandOver, Output, PartitionState } from '../fold-types.ts';
import { handOverRecord } from '../hand-over.ts';
import { DAY_MS, type Instant } from '../instant.ts';
import { keepChanged } from '../keep-changed.ts';
import { customersOf, type LogRecord } from '../log-record.ts';
import { initialPartition } from '../partition-state.ts';
import type { Policy, PolicySet, WindowedDimension } from '../policy/policy.ts';

/** Midnight UTC of the n-th day of the tests' calendar. */
export const day = (n: number): Instant => 1_700_006_400_000 + n * DAY_MS;

export function aPolicy(changes: Partial<Policy> = {}): Policy {
  return {
    name: 'test',
    version: 1,
    appliesTo: 'existing',
    baseCurrency: 'CNY',
    timeZone: 'UTC',
    ladder: ['bronze', 'silver', 'gold'],
    labels: {},
    dimensions: [aDimension('orders', { name: 'frequency' })],
    borders: [
      { tier: 'silver', enterMilli: 2_000, leaveMilli: 2_000 },
      { tier: 'gold', enterMilli: 4_000, leaveMilli: 3_000 },
    ],
    segments: [],
    lifecycle: aLifecycle(),
    treatment: {},
    ...changes,
  };
}

/** A point for each up to four within 30 days. */
export function aDimension(
  of: WindowedDimension['of'],
  changes: Partial<WindowedDimension> = {},
): WindowedDimension {
  const steps = [4_000, 3_000, 2_000, 1_000];
  return {
    name: of,
    of,
    windowMs: 30 * DAY_MS,
    weightMilli: 1_000,
    capMilli: null,
    otherwiseMilli: 0,
    steps: steps.map((milli) => ({ atLeastMilli: milli, pointsMilli: milli })),
    ...changes,
  };
}

export function aLifecycle(changes: Partial<Policy['lifecycle']> = {}): Policy['lifecycle'] {
  return {
    minimumStayMs: 0,
    graceMs: 0,
    softLanding: 'target',
    qualification: 'rolling',
    atRiskNoticeMs: null,
    onCorrection: 'withdraw',
    ...changes,
  };
}

export function aPolicySet(...policies: readonly Policy[]): PolicySet {
  const named = policies.length === 0 ? [aPolicy()] : policies;
  return { id: named.map((it) => `${it.name}-${it.version}`).join('+'), policies: named };
}

let eventNumber = 0;

/** A purchase of one unit in an order of its own; every call is another event. */
export function aPurchase(occurredAt: Instant, changes: Partial<Purchase> = {}): Purchase {
  const eventId = `e${++eventNumber}`;
  return {
    type: 'purchase',
    source: 'shop',
    eventId,
    customerId: 'c1',
    occurredAt,
    orderSource: 'shop',
    orderId: `order of ${eventId}`,
    amount: { minor: 100, currency: 'CNY' },
    ...changes,
  };
}

export function aRefund(of: Purchase, changes: Partial<Refund> = {}): Refund {
  return {
    type: 'refund',
    source: 'shop',
    eventId: `e${++eventNumber}`,
    customerId: of.customerId,
    occurredAt: of.occurredAt,
    orderSource: of.orderSource,
    orderId: of.orderId,
    amount: of.amount,
    ...changes,
  };
}

export function aCancellation(of: Purchase, changes: Partial<OrderCancelled> = {}): OrderCancelled {
  return {
    type: 'order-cancelled',
    source: 'shop',
    eventId: `e${++eventNumber}`,
    customerId: of.customerId,
    occurredAt: of.occurredAt,
    orderSource: of.orderSource,
    orderId: of.orderId,
    ...changes,
  };
}

export function aComplaint(occurredAt: Instant, changes: Partial<Complaint> = {}): Complaint {
  return {
    type: 'complaint',
    source: 'desk',
    eventId: `e${++eventNumber}`,
    customerId: 'c1',
    occurredAt,
    ticketId: 't1',
    severity: 'low',
    ...changes,
  };
}

/** `c1` names `c2`. */
export function aReferral(occurredAt: Instant, changes: Partial<Referral> = {}): Referral {
  return {
    type: 'referral',
    source: 'app',
    eventId: `e${++eventNumber}`,
    customerId: 'c1',
    occurredAt,
    referredCustomerId: 'c2',
    ...changes,
  };
}

/** What a source says of a customer's attributes. */
export function aProfile(
  occurredAt: Instant,
  attributes: Profile['attributes'],
  changes: Partial<Profile> = {},
): Profile {
  return {
    type: 'profile',
    source: 'crm',
    eventId: `e${++eventNumber}`,
    customerId: 'c1',
    occurredAt,
    attributes,
    ...changes,
  };
}

export function anOpportunity(
  occurredAt: Instant,
  stage: string,
  changes: Partial<Opportunity> = {},
): Opportunity {
  return {
    type: 'opportunity',
    source: 'crm',
    eventId: `e${++eventNumber}`,
    customerId: 'c1',
    occurredAt,
    stage,
    ...changes,
  };
}

export function anEngagement(occurredAt: Instant, changes: Partial<Engagement> = {}): Engagement {
  return {
    type: 'engagement',
    source: 'app',
    eventId: `e${++eventNumber}`,
    customerId: 'c1',
    occurredAt,
    kind: 'visit',
    weight: 1,
    ...changes,
  };
}

/** `c1` is known as `guest:1`, too. */
export function aLink(occurredAt: Instant, changes: Partial<Link> = {}): Link {
  return {
    type: 'link',
    source: 'crm',
    eventId: `e${++eventNumber}`,
    customerId: 'c1',
    occurredAt,
    linkedId: 'guest:1',
    ...changes,
  };
}

/** One partition in memory: folds records one after the other and keeps what came out. */
export class TestPartition {
  state: PartitionState = initialPartition(0);
  readonly customers = new Map<string, CustomerState>();
  readonly outputs: Output[] = [];
  readonly dueAt = new Map<string, Instant | null>();
  readonly notes: string[] = [];
  readonly handOvers: HandOver[] = [];
  #offset = 0;
  #delivered = 0;

  constructor(graded: Policy | PolicySet = aPolicy(), time: 'wall' | 'data' = 'data') {
    const set = 'policies' in graded ? graded : aPolicySet(graded);
    this.append({ kind: 'stack-opened', time, partitions: 1, ledgerHorizonDays: 800 });
    this.append({ kind: 'policy-activated', set });
  }

  /** Folds one record, appended at `appendedAt` where the time is the wall's. */
  append(record: LogRecord, appendedAt: Instant = 0): readonly Output[] {
    const known = customersOf(record).flatMap((id) => {
      const state = this.customers.get(id);
      return state === undefined ? [] : [[id, state] as const];
    });
    const at = { partition: 0, offset: this.#offset++, appendedAt };
    const result = fold({ partition: this.state, customers: new Map(known), record, at });
    this.state = result.partition;
    keepChanged(this.customers, result);
    for (const [id, due] of result.dueAt) this.dueAt.set(id, due);
    this.outputs.push(...result.outputs);
    this.notes.push(...result.notes);
    this.handOvers.push(...result.handOvers);
    return result.outputs;
  }

  /** Folds what the records so far have handed over, and what that hands over in turn. */
  deliver(): readonly Output[] {
    const outputs: Output[] = [];
    for (; this.#delivered < this.handOvers.length; this.#delivered++) {
      const from = { partition: 0, epoch: 1, number: this.#delivered + 1 };
      const handOver = this.handOvers[this.#delivered] as HandOver;
      outputs.push(...this.append(handOverRecord(handOver, from)));
    }
    return outputs;
  }

  /** Folds events in data time, each at its own instant. */
  events(...events: readonly Extract<LogRecord, { kind: 'event' }>['event'][]): readonly Output[] {
    return events.flatMap((event) =>
      this.append({ kind: 'event', event, clockAt: event.occurredAt }),
    );
  }

  /** Moves the clock of everybody to `at` and settles everyone who is due. */
  passTo(at: Instant): readonly Output[] {
    const marked = this.append({ kind: 'clock', at });
    const due = [...this.dueAt].filter(([, dueAt]) => dueAt !== null && dueAt <= at);
    return due.length === 0
      ? marked
      : this.append({ kind: 'tick', customerIds: due.map(([id]) => id) });
  }
}

/** `promoted bronze>silver`: what the table tests compare. */
export function told(outputs: readonly Output[]): readonly string[] {
  return outputs.map((output) => {
    if (output.kind === 'dead-letter') return `dead-letter ${output.reason}`;
    if (output.kind === 'retired') return `retired ${output.customerId} ${output.reason}`;
    return `${output.type} ${output.fromTier ?? ''}>${output.toTier} ${output.cause.kind}`;
  });
}
