import {
  type Calibration,
  type CauseKind,
  DAY_MS,
  type FoldRefusal,
  type Instant,
  type LedgerEvent,
  type Link,
  type LogRecord,
  type PolicySet,
  type RateTable,
} from '@strata/domain';

import { isCalibrated, modelled, uncalibrated } from './calibration.ts';
import { hasBought, type NaiveCustomer, policyFor, UNSEEN, worldOf } from './customer.ts';
import type { NaivePolicy } from './grammar.ts';
import { type Applied, type Conversion, type History, orderNameOf, orderOf } from './history.ts';
import { type NaiveChange, type Occasion, obeyOverride, remeasured, type Step } from './life.ts';
import { inBase, reconverted, withTable } from './rates.ts';
import { conversionsDue } from './referrals.ts';
import { settleInstant, settleUntil } from './settle.ts';
import { bordered } from './share-borders.ts';
import { namedUnder, replacedBy, underLadder } from './succession.ts';
import { correctedOrderAt, withdraw } from './withdraw.ts';
import type { NaiveOverride } from './world.ts';

/**
 * The grading rules of the contract once more, written to be read: the whole history is kept, every step starts from
 * it, and time is walked through edge by edge. It shares nothing with the fold but the types of what goes in.
 */
export interface LoggedRecord {
  readonly offset: number;
  readonly appendedAt: Instant;
  readonly record: LogRecord;
}

export class Oracle {
  readonly customers = new Map<string, NaiveCustomer>();
  /** Other names, and whose they are. */
  private readonly linked = new Map<string, string>();
  policies: readonly NaivePolicy[] = [];
  private setId = '';
  /** Each as its last calibration left it. */
  private readonly sets = new Map<string, readonly NaivePolicy[]>();
  private rates: readonly RateTable[] = [];
  private isDataTime = false;
  private horizonMs = 0;
  /** Wall time: the largest append time. Data time: the last clock mark. */
  private partitionClock = Number.NEGATIVE_INFINITY;
  /** From which mark to which instant nothing ran, and which changes of that time are announced. */
  private quiet: { readonly from: Instant; readonly to: Instant; readonly least: number | null } = {
    from: Number.POSITIVE_INFINITY,
    to: Number.NEGATIVE_INFINITY,
    least: 0,
  };
  /** What had been told by then. */
  private readonly toldBefore = new Set<NaiveChange>();

  apply({ offset, appendedAt, record }: LoggedRecord): void {
    if (!this.isDataTime && record.kind !== 'stack-opened') this.moveClock(appendedAt);
    switch (record.kind) {
      case 'stack-opened':
        this.isDataTime = record.time === 'data';
        this.horizonMs = record.ledgerHorizonDays * DAY_MS;
        if (!this.isDataTime) this.moveClock(appendedAt);
        return;
      case 'policy-activated':
        this.activate(record.set);
        return;
      case 'clock':
        if (this.isDataTime) this.moveClock(record.at);
        return;
      case 'went-live':
        if (!this.isDataTime) return;
        this.quiet = { from: this.partitionClock, to: record.at, least: record.announceFrom };
        for (const [id] of this.customers) {
          const customer = this.customerAt(id);
          this.customers.set(id, customer);
          for (const change of customer.changes) this.toldBefore.add(change);
        }
        this.isDataTime = false;
        this.moveClock(appendedAt);
        return;
      case 'calibrated':
        this.calibrate(record.calibration);
        return;
      case 'rates-published':
        this.rates = withTable(this.rates, record.table);
        return;
      case 'rates-corrected':
        this.correctRates(record.table);
        return;
      case 'epoch-began':
      case 'tick':
      case 'sweep':
      // Who named whom it sees for itself.
      case 'referral-made':
      case 'referral-converted':
      // Its logs hold no merges: test/model/merge.model.test.ts holds those against a log of one customer.
      case 'referral-ended':
      case 'referrer-erased':
      case 'merge-asked':
      case 'merge-requested':
      case 'merge-handed':
      case 'merge-refused':
      case 'forwarded':
      // What comes of a link it works out from the link.
      case 'link-requested':
      case 'link-ended':
        return;
      case 'override-set':
        this.override(record, record.override, offset);
        return;
      // Held against properties of its own: packages/domain/src/erase.property.test.ts.
      case 'erased':
      case 'alias-erased':
        throw new Error('The logs of the model erase nobody');
      case 'override-cleared':
        this.override(record, null, offset);
        return;
      case 'event':
        if (record.event.type === 'link') this.link(record.event, offset);
        else this.take({ event: record.event, offset }, record.clockAt);
        for (const due of conversionsDue(this.customers)) this.takeConversion(due, offset);
    }
  }

  /** Whether a change is told as one of the time in which nothing ran. */
  isHeldBack(change: NaiveChange): boolean {
    const { causeKind, effectiveAt, policy, fromTier, toTier } = change;
    const { from, to, least } = this.quiet;
    if (this.toldBefore.has(change)) return false;
    if (causeKind !== 'time' || effectiveAt <= from || effectiveAt > to) return false;
    const ladder = this.policies.find(({ name }) => name === policy)?.ladder ?? [];
    const steps = Math.abs(ladder.indexOf(toTier) - ladder.indexOf(fromTier ?? toTier));
    return least === null || steps < least;
  }

  /** The customer as everything known makes it at `at`, or now. Earlier than the customer's own clock it is now. */
  customerAt(customerId: string, at: Instant = this.partitionClock): NaiveCustomer {
    const customer = this.customers.get(customerId) ?? UNSEEN;
    return this.settled(customer, Math.max(customer.clock, this.partitionClock, at));
  }

  /** Everybody passes to the other policies in the same instant, however long nobody looks. */
  private activate(set: PolicySet): void {
    const present = [...this.customers].map(([id]) => [id, this.customerAt(id)] as const);
    this.sets.set(this.setId, this.policies);
    this.setId = set.id;
    this.policies = this.sets.get(set.id) ?? set.policies.map(uncalibrated);
    for (const [id, customer] of present) {
      if (customer.isKnown) this.customers.set(id, this.under(customer));
    }
  }

  private under(customer: NaiveCustomer): NaiveCustomer {
    const policy = policyFor(this.policies, customer);
    if (policy === null) return { ...customer, policy, life: null };
    const joinedAt =
      customer.joinedAt ?? (policy.appliesTo === 'prospects' ? null : customer.clock);
    const after = { ...customer, policy, joinedAt };
    const { life } = customer;
    if (life === null || customer.policy?.name !== policy.name) {
      return this.handedOver({ ...customer, policy: life && customer.policy }, after, 'policy');
    }
    const standing = underLadder(policy, life, customer.clock);
    const override = after.override && {
      ...after.override,
      tier: namedUnder(policy, after.override.tier),
    };
    const moved = { ...after, override, life: standing };
    if (standing.tier === life.tier) return obedient(moved, 'policy');
    const world = worldOf(moved);
    if (world === null) throw new Error('a customer is graded by a policy');
    const between = { fromTier: life.tier, toTier: standing.tier, at: moved.clock };
    const change = replacedBy(world, between);
    return obedient({ ...moved, changes: [...moved.changes, change] }, 'policy');
  }

  /**
   * Models come from the record. Borders by share are worked out anew, whatever the record says of them. Quantiles the
   * oracle does not read: what a calibration makes of them is told to it as fixed steps.
   */
  private calibrate(calibration: Calibration): void {
    if (calibration.setId !== this.setId) return;
    const at = this.partitionClock;
    const present = [...this.customers].map(([id]) => [id, this.customerAt(id)] as const);
    this.policies = this.policies.map((before) => {
      const policy = modelled(before, calibration);
      const graded = present.filter(([, it]) => it.policy?.name === policy.name);
      const histories = graded.map(([, { history }]) => history);
      return bordered(policy, histories, at);
    });
    for (const [id, customer] of present) {
      const policy = this.policies.find((it) => it.name === customer.policy?.name);
      if (policy === undefined || !isCalibrated(policy) || customer.life === null) continue;
      const life = remeasured(policy, customer.life, at);
      this.customers.set(id, evaluated({ ...customer, policy, life }, 'calibration'));
    }
  }

  /**
   * What the table covers is converted again, at the clock of the record, save what has left the ledger. Promotions stand
   * as they were decided.
   */
  private correctRates(table: RateTable): void {
    const rates = withTable(this.rates, table);
    if (rates === this.rates) return;
    this.rates = rates;
    for (const [id] of this.customers) {
      const customer = this.customerAt(id);
      const base = this.baseCurrency();
      const oldest = customer.clock - 2 * this.horizonMs;
      const history = customer.history.map((it) =>
        hasLeft(customer.history, it, oldest) ? it : reconverted(it, base, table),
      );
      this.customers.set(id, evaluated({ ...customer, history }, 'event'));
    }
  }

  private baseCurrency(): string {
    return this.policies[0]?.baseCurrency ?? '';
  }

  private override(
    { customerId, clockAt }: { readonly customerId: string; readonly clockAt?: Instant },
    decided: NaiveOverride | null,
    offset: number,
  ): void {
    const customer = this.settledFor(customerId, clockAt);
    if (decided !== null && !this.isKnownTier(customer, decided.tier)) {
      this.customers.set(customerId, refused(customer, offset, 'unknown-tier'));
      return;
    }
    const { clock } = customer;
    // What has ended already is never in force, and ends the one before as if that were taken back.
    const override = decided === null || isOver(decided, clock) ? null : decided;
    const wasInForce = worldOf(customer)?.isOverridden(clock) ?? false;
    const after = { ...customer, override };
    const world = worldOf(after);
    if (world === null || customer.life === null) {
      this.customers.set(customerId, { ...withOwnClock(customer), override });
      return;
    }
    const moved = obeyOverride(world, customer.life, clock);
    // An override that takes the place of another is no end of one.
    const isEnd = wasInForce && override === null;
    const occasion: Occasion = isEnd ? 'end of an override by record' : 'record';
    const settled = settleInstant(world, moved.life, { at: clock, occasion });
    const changes = [...moved.changes, ...settled.changes];
    const step = { life: settled.life, changes: causedBy('override', changes) };
    this.customers.set(customerId, withStep(after, step));
  }

  /** Of the policy that grades the customer, or of any where none does. */
  private isKnownTier({ life, policy }: NaiveCustomer, tier: string): boolean {
    const grading = life === null || policy === null ? this.policies : [policy];
    return grading.some(({ ladder }) => ladder.includes(tier));
  }

  private moveClock(at: Instant): void {
    this.partitionClock = Math.max(this.partitionClock, at);
  }

  /** The customer at the clock that a record brings, everything due before it settled. */
  private settledFor(customerId: string, recordClock: Instant | undefined): NaiveCustomer {
    const present = this.customers.get(customerId) ?? UNSEEN;
    const ownClock = this.isDataTime ? (recordClock ?? this.partitionClock) : this.partitionClock;
    return this.settled(present, Math.max(present.clock, this.partitionClock, ownClock));
  }

  private settled(customer: NaiveCustomer, clock: Instant): NaiveCustomer {
    const world = worldOf(customer);
    if (world === null) return { ...customer, clock };
    const from = { life: customer.life, at: customer.clock };
    return withStep({ ...customer, clock }, settleUntil(world, from, clock));
  }

  private take({ event, offset }: { event: LedgerEvent; offset: number }, at?: Instant): void {
    const customerId = this.linked.get(event.customerId) ?? event.customerId;
    const customer = this.trimmed(this.settledFor(customerId, at ?? event.occurredAt));
    this.customers.set(customerId, this.afterEvent(customer, { event, offset }));
  }

  private trimmed(customer: NaiveCustomer): NaiveCustomer {
    const history = withoutExpired(customer.history, customer.clock - this.horizonMs);
    return { ...customer, history };
  }

  /** Everything of the other name is the customer's from here on, as if it had come behind all that the customer had. */
  private link({ customerId, linkedId }: Link, offset: number): void {
    this.linked.set(linkedId, customerId);
    const known = this.customers.get(linkedId);
    if (known === undefined || !known.isKnown) return;
    const other = this.trimmed(this.settledFor(linkedId, undefined));
    const { changes, refusals } = other;
    this.customers.set(linkedId, { ...UNSEEN, changes, refusals });
    const before = this.trimmed(this.settledFor(customerId, other.clock));
    const { clock } = before;
    const came = withoutExpired(other.history, clock - this.horizonMs)
      .filter(({ event }) => !before.history.some((own) => isSame(own.event, event)))
      .map((it) => ({ ...it, offset }));
    const history = [...before.history, ...came];
    const existingAt =
      earliest(before.existingAt, other.existingAt) ?? (hasBought(history) ? clock : null);
    const one = { ...before, history, existingAt, isKnown: true };
    const policy = policyFor(this.policies, one);
    if (policy === null) {
      this.customers.set(customerId, { ...one, policy, life: null });
      return;
    }
    const joinedAt =
      earliest(before.joinedAt, other.joinedAt) ??
      (policy.appliesTo === 'prospects' ? null : clock);
    const after = { ...one, policy, joinedAt };
    const isMoved = policy.name !== before.policy?.name;
    this.customers.set(
      customerId,
      isMoved ? this.handedOver(before, after, 'merge') : evaluated(after, 'merge'),
    );
  }

  private takeConversion(event: Conversion, offset: number): void {
    const settled = this.settledFor(event.customerId, event.occurredAt);
    this.customers.set(event.customerId, this.afterEvent(settled, { event, offset }));
  }

  private afterEvent(customer: NaiveCustomer, taken: Applied): NaiveCustomer {
    const { clock } = customer;
    if (customer.history.some(({ event }) => isSame(event, taken.event))) return customer;
    // Of whom is linked it may turn out late that it bought long ago: that moves nothing, and nobody is told.
    const isConversion = taken.event.type === 'referral-converted';
    const reason = isConversion ? null : this.refusal(customer, taken.event);
    if (reason !== null) return refused(customer, taken.offset, reason);
    const counted = inBase(taken, this.baseCurrency(), this.rates);
    if (counted === null) throw new Error('what has no rate was refused');
    const history = [...customer.history, counted];
    const existingAt = customer.existingAt ?? (hasBought(history) ? clock : null);
    const known = { ...customer, history, existingAt, isKnown: true };
    const policy = policyFor(this.policies, known);
    if (policy === null) return { ...known, policy, life: null };
    const joinedAt = known.joinedAt ?? (policy.appliesTo === 'prospects' ? null : clock);
    const after = { ...known, policy, joinedAt };
    if (policy.name !== customer.policy?.name) return this.handedOver(customer, after);
    return this.regraded(customer, after, taken);
  }

  /** Under another policy than before, or under any for the first time, a customer starts anew. */
  private handedOver(
    before: NaiveCustomer,
    after: NaiveCustomer,
    cause: CauseKind = 'event',
  ): NaiveCustomer {
    const world = worldOf(after, before.policy?.name);
    if (world === null) throw new Error('a customer is handed over to a policy');
    const step = settleInstant(world, null, { at: after.clock, occasion: 'record' });
    return withStep(after, { ...step, changes: causedBy(cause, step.changes) });
  }

  private regraded(before: NaiveCustomer, after: NaiveCustomer, taken: Applied): NaiveCustomer {
    const { clock } = after;
    const world = worldOf(after);
    if (world === null) throw new Error('a customer is graded by a policy');
    // The block after a landing at the base is lifted by any event that is taken, before it is graded.
    const isLifting = taken.event.type !== 'referral-converted';
    let life =
      before.life === null
        ? null
        : { ...before.life, isBlocked: before.life.isBlocked && !isLifting };
    const changes: NaiveChange[] = [];
    const orderAt = correctedOrderAt(before.history, after.history, taken.event);
    if (life !== null && orderAt !== null && world.policy.lifecycle.onCorrection === 'withdraw') {
      const step = withdraw(world, life, { clock, orderAt, horizonMs: this.horizonMs });
      life = step.life;
      changes.push(...step.changes);
    }
    const step = settleInstant(world, life, { at: clock, occasion: 'record' });
    changes.push(...causedBy('event', step.changes));
    return withStep(after, { life: step.life, changes });
  }

  private refusal({ clock, history }: NaiveCustomer, event: Applied['event']): FoldRefusal | null {
    if (this.policies.length === 0) return 'no-policy';
    if (event.occurredAt > clock + DAY_MS) return 'ahead-of-clock';
    const oldest = clock - this.horizonMs;
    if (event.occurredAt < oldest) return 'too-old';
    const name = orderNameOf(event);
    const order = name === null ? null : orderOf(history, name);
    if (order !== null && order.at < oldest) return 'too-old';
    const counted = inBase({ event, offset: 0 }, this.baseCurrency(), this.rates);
    return counted === null ? 'no-rate' : null;
  }
}

const earliest = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

const refused = (customer: NaiveCustomer, offset: number, reason: FoldRefusal): NaiveCustomer => ({
  ...withOwnClock(customer),
  refusals: [...customer.refusals, { offset, reason }],
});

/** Of whom no event was taken yet there is nobody whose clock a record could move. */
const withOwnClock = (customer: NaiveCustomer): NaiveCustomer =>
  customer.isKnown ? customer : { ...customer, clock: UNSEEN.clock };

/** Judged at its clock by what holds now; who stands nowhere is not judged. */
/** Under a policy that knows the tier of an override which the one before did not. */
function obedient(customer: NaiveCustomer, causeKind: CauseKind): NaiveCustomer {
  const world = worldOf(customer);
  if (world === null || customer.life === null) return customer;
  const { life, changes } = obeyOverride(world, customer.life, customer.clock);
  return evaluated(withStep(customer, { life, changes: causedBy(causeKind, changes) }), causeKind);
}

function evaluated(customer: NaiveCustomer, causeKind: CauseKind): NaiveCustomer {
  const world = worldOf(customer);
  if (world === null || customer.life === null) return customer;
  const moment = { at: customer.clock, occasion: 'record' as const };
  const step = settleInstant(world, customer.life, moment);
  return withStep(customer, { life: step.life, changes: causedBy(causeKind, step.changes) });
}

const isOver = ({ until }: NaiveOverride, at: Instant): boolean => until !== null && until <= at;

const causedBy = (causeKind: CauseKind, changes: readonly NaiveChange[]): readonly NaiveChange[] =>
  changes.map((change) => ({ ...change, causeKind }));

const withStep = (customer: NaiveCustomer, { life, changes }: Step): NaiveCustomer => ({
  ...customer,
  life,
  changes: [...customer.changes, ...changes],
});

const isSame = (one: Applied['event'], other: Applied['event']): boolean =>
  one.source === other.source && one.eventId === other.eventId;

/** An order leaves the ledger as a whole, two horizons after its newest part. */
function hasLeft(history: History, { event }: Applied, oldest: Instant): boolean {
  const name = orderNameOf(event);
  const parts = name === null ? [] : (orderOf(history, name)?.parts ?? []);
  return parts.length > 0 && parts.every(({ at }) => at <= oldest);
}

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
