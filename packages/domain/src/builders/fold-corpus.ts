import { census } from '../calibration/census.ts';
import type { CustomerEvent, Purchase } from '../customer-event.ts';
import { DAY_MS, type Instant } from '../instant.ts';
import type { LogRecord, TimeMode } from '../log-record.ts';
import type { PolicySet } from '../policy/policy.ts';
import { rateTableOf } from '../rates/rate-table.ts';
import { CORPUS_SETS } from './corpus-policies.ts';
import { TestPartition } from './index.ts';

const FIRST_DAY = Date.UTC(2023, 8, 20);
const DAYS = 620;
const CUSTOMERS = 90;
const SEGMENTS = ['retail', 'bank', 'none'] as const;

/** The same log on every machine: what pins the fold's version. It has a year and a half, two winters and a leap day. */
export class FoldCorpus {
  readonly partition: TestPartition;
  readonly kinds = new Set<LogRecord['kind']>(['stack-opened', 'policy-activated']);
  readonly eventTypes = new Set<CustomerEvent['type']>();
  readonly #time: TimeMode;
  readonly #bought: Purchase[] = [];
  #state: number;
  #events = 0;
  #publications = 0;

  constructor(time: TimeMode, seed: number) {
    this.partition = new TestPartition(CORPUS_SETS[0], time);
    this.#time = time;
    this.#state = seed;
  }

  run(): this {
    const rows = (rate: string) => [{ day: FIRST_DAY / DAY_MS, from: 'USD', to: 'CNY', rate }];
    this.#append({ kind: 'rates-published', table: rateTableOf(rows('7.2'), 1) }, FIRST_DAY);
    for (let customer = 0; customer < CUSTOMERS; customer += 2) this.#profile(customer, FIRST_DAY);
    for (let n = 0; n < DAYS; n++) {
      const at = FIRST_DAY + n * DAY_MS;
      for (let times = this.#below(12); times > 0; times--) this.#something(at, n);
      if (n % 9 === 8) this.#passTo(at + DAY_MS - 1);
      if (n % 150 === 60) this.#calibrate(CORPUS_SETS[n < 310 ? 0 : 1], at + DAY_MS - 1);
      if (n === 310) this.#activate(1, at, null);
      if (n === 380) this.#activate(0, at, 0);
      if (n === 420) this.#activate(1, at, 1);
      if (n === 312) this.#sweep(at);
      if (n === 250 || n === 450) this.#erase(`c${n % 4}`, at);
      if (n === 400) {
        this.#append({ kind: 'rates-corrected', table: rateTableOf(rows('6.9'), 2) }, at);
      }
    }
    this.#merges(FIRST_DAY + DAYS * DAY_MS);
    this.#passTo(FIRST_DAY + (DAYS + 400) * DAY_MS);
    const end = FIRST_DAY + (DAYS + 400) * DAY_MS;
    this.#append({ kind: 'epoch-began', epoch: 2, customerSeqBase: 5, foldVersion: 1 }, end);
    return this;
  }

  #activate(index: 0 | 1, at: Instant, announceFrom: number | null): void {
    this.#publications += 1;
    const set = CORPUS_SETS[index];
    this.#append({ kind: 'policy-activated', set, number: this.#publications, announceFrom }, at);
  }

  /** All but a few, who pass when something of their own comes. */
  #sweep(at: Instant): void {
    const customerIds = [...this.partition.customers.keys()].slice(5);
    const through = this.#publications;
    this.#append({ kind: 'sweep', through, customerIds, isLast: true }, at);
  }

  /** Those who bought most join one another; the rest is refused, each for another reason. */
  #merges(at: Instant): void {
    const ask = (otherId: string, survivorId: string): void => {
      const merge = { id: `merge ${++this.#events}`, survivorId, otherId };
      this.#append({ kind: 'merge-asked', ...merge, reason: 'corpus', actor: 'corpus' }, at);
    };
    ask('c0', 'c1');
    ask('c2', 'c1');
    this.partition.deliver();
    for (const [otherId, survivorId] of [
      ['c1', 'c3'],
      ['c5', 'c4'],
      ['c7', 'c6'],
      ['c3', 'c3'],
      ['c0', 'c3'],
      ['c8', 'nobody'],
    ] as const) {
      ask(otherId, survivorId);
      this.partition.deliver();
    }
    for (const customerId of ['c0', 'c1', 'c5']) {
      const base = { source: 'corpus', eventId: `e${++this.#events}`, customerId, occurredAt: at };
      this.#purchase(base, at);
    }
    this.#erase('c4', at);
    this.partition.deliver();
  }

  /** What came into the log with links, behind the corpus of before: its hashes stay what they were. */
  link(): this {
    const at = FIRST_DAY + (DAYS + 401) * DAY_MS;
    const one = (linkedId: string, customerId: string): void => {
      const base = { source: 'crm', eventId: `l${++this.#events}`, customerId, occurredAt: at };
      this.#take({ ...base, type: 'link', linkedId }, at);
    };
    const bought = (customerId: string): void => {
      const base = { source: 'corpus', eventId: `e${++this.#events}`, customerId, occurredAt: at };
      this.#purchase(base, at);
    };
    // Several at once, before and after anything is known of either side; one who is busy is asked again.
    for (const [linkedId, customerId] of [
      ['guest:1', 'c10'],
      ['c11', 'c10'],
      ['c12', 'new'],
      ['guest:2', 'guest:3'],
      ['c10', 'c13'],
      ['c16', 'c17'],
      ['c17', 'c16'],
    ] as const) {
      one(linkedId, customerId);
    }
    this.partition.deliver();
    for (const [linkedId, customerId] of [
      ['c11', 'c14'],
      ['guest:3', 'guest:2'],
      ['guest:4', 'c11'],
      ['c12', 'new'],
      ['c15', 'c15'],
    ] as const) {
      one(linkedId, customerId);
      this.partition.deliver();
    }
    for (const id of ['guest:1', 'guest:2', 'guest:4', 'c10', 'c12']) bought(id);
    const late = { source: 'crm', eventId: 'late', customerId: 'c1', occurredAt: at + 90 * DAY_MS };
    // Dated before the erasure of its customer, and dated ahead of the clock.
    one('guest:5', 'c2');
    this.#append({ kind: 'event', event: { ...late, type: 'link', linkedId: 'guest:6' } }, at);
    this.partition.deliver();
    this.#erase('c13', at);
    this.partition.deliver();
    return this;
  }

  /** Behind everything: data time ends after a quiet year, a second record comes too late, and life goes on by append time. */
  goLive(): this {
    const last = FIRST_DAY + (DAYS + 402) * DAY_MS;
    const at = last + 365 * DAY_MS;
    this.#append({ kind: 'went-live', at, announceFrom: 2 }, at + DAY_MS);
    this.#append({ kind: 'went-live', at, announceFrom: 2 }, at + DAY_MS);
    this.#append({ kind: 'went-live', at: at + 1, announceFrom: null }, at + DAY_MS);
    this.#append({ kind: 'tick', customerIds: [...this.partition.customers.keys()] }, at + DAY_MS);
    for (let n = 2; n < 40; n++) this.#something(at + n * DAY_MS, n);
    this.#passTo(at + 200 * DAY_MS);
    return this;
  }

  #append(record: LogRecord, appendedAt: Instant): void {
    this.kinds.add(record.kind);
    this.partition.append(record, appendedAt);
  }

  /** Of somebody who does much, and so comes again. */
  #erase(customerId: string, at: Instant): void {
    const why = { reason: 'asked for it', actor: 'ann' };
    this.#append({ kind: 'erased', id: `d${at}`, customerId, ...why }, at);
  }

  /** Numerical Recipes' quick generator: whole numbers alone, so that no platform can differ. */
  #below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 4_294_967_296) * limit);
  }

  #something(day: Instant, n: number): void {
    const at = day + this.#below(DAY_MS);
    // Few customers do much and many do little, as a model of purchases wants them.
    const customer = this.#below(this.#below(CUSTOMERS) + 1);
    const customerId = `c${customer}`;
    const base = {
      source: 'corpus',
      eventId: `e${++this.#events}`,
      customerId,
      occurredAt: at - (this.#below(8) === 0 ? this.#below(40) * DAY_MS : 0),
    };
    const what = this.#below(40);
    if (what === 0) return this.#override(customerId, at);
    if (what === 1) return this.#profile(customer, at);
    if (what < 20) return this.#purchase(base, at);
    this.#event(this.#otherEvent(base, what, n), at);
  }

  #profile(customer: number, at: Instant): void {
    const attributes = {
      segment: SEGMENTS[customer % 3] as string,
      industry: this.#below(2) === 0 ? 'steel' : 'glass',
      shareOfWallet: this.#below(10) / 10,
    };
    const eventId = `e${++this.#events}`;
    const customerId = `c${customer}`;
    const base = { source: 'crm', eventId, customerId, occurredAt: at };
    this.#event({ ...base, type: 'profile', attributes }, at);
  }

  #purchase(base: Pick<Purchase, 'source' | 'eventId' | 'customerId' | 'occurredAt'>, at: Instant) {
    const isOwn = this.#below(6) > 0;
    const earlier = this.#bought.findLast((it) => it.customerId === base.customerId);
    const purchase: Purchase = {
      ...base,
      type: 'purchase',
      orderSource: 'corpus',
      orderId: isOwn || earlier === undefined ? `o${base.eventId}` : earlier.orderId,
      amount: { minor: 500 + this.#below(30_000), currency: this.#currency() },
      category: `category ${this.#below(4)}`,
      channel: this.#below(2) === 0 ? 'store' : 'online',
    };
    this.#bought.push(purchase);
    this.#event(purchase, at);
    if (this.#below(12) === 0) this.#event(purchase, at);
  }

  #currency(): string {
    const drawn = this.#below(12);
    return drawn === 0 ? 'USD' : drawn === 1 ? 'JPY' : 'CNY';
  }

  #otherEvent(
    base: Pick<Purchase, 'source' | 'eventId' | 'customerId' | 'occurredAt'>,
    what: number,
    n: number,
  ): CustomerEvent {
    const bought = this.#bought[this.#below(this.#bought.length)];
    const about = {
      ...base,
      customerId: bought?.customerId ?? base.customerId,
      orderSource: 'corpus',
      orderId: bought?.orderId ?? 'unknown',
    };
    const money = { minor: 100 + this.#below(20_000), currency: 'CNY' };
    const ticketId = `t${this.#below(60)}`;
    switch (what) {
      case 20:
      case 21:
        return { ...about, type: 'refund', amount: money };
      case 22:
        return { ...base, type: 'refund', amount: money };
      case 23:
        return { ...about, type: 'order-cancelled' };
      case 24:
        return { ...about, type: 'order-reinstated' };
      case 25:
      case 26:
        return {
          ...base,
          type: 'complaint',
          ticketId,
          severity: (['low', 'medium', 'high', 'critical'] as const)[this.#below(4)] ?? 'low',
        };
      case 27:
        return { ...base, type: 'complaint-resolved', ticketId, satisfaction: 1 + this.#below(5) };
      case 28:
      case 29:
        return { ...base, type: 'feedback', score: this.#below(11), scale: 10 };
      case 30:
      case 31:
        return { ...base, type: 'referral', referredCustomerId: `c${this.#below(CUSTOMERS)}` };
      case 32:
        return { ...base, type: 'interaction', kind: 'call' };
      case 33:
      case 34:
        return { ...base, type: 'opportunity', stage: n % 2 === 0 ? 'quoted' : 'contacted' };
      case 35:
        return {
          ...base,
          type: 'engagement',
          kind: 'visit',
          weight: 1,
          occurredAt: FIRST_DAY - 900 * DAY_MS,
        };
      case 36:
        return {
          ...base,
          type: 'engagement',
          kind: 'visit',
          weight: 1,
          occurredAt: base.occurredAt + 90 * DAY_MS,
        };
      default:
        return { ...base, type: 'engagement', kind: 'visit', weight: this.#below(4) / 2 };
    }
  }

  #override(customerId: string, at: Instant): void {
    const decision = { id: `override ${++this.#events}`, customerId };
    const clockAt = this.#time === 'data' ? { clockAt: at } : {};
    if (this.#below(4) === 0) {
      const cleared = { ...decision, ...clockAt, reason: 'over', actor: 'corpus' };
      this.#append({ kind: 'override-cleared', ...cleared }, at);
      return;
    }
    const kind = (['floor', 'lock', 'ceiling'] as const)[this.#below(3)] ?? 'floor';
    const tier = ['bronze', 'silver', 'gold', 'none such'][this.#below(4)] ?? 'gold';
    const until = this.#below(2) === 0 ? null : at + 50 * DAY_MS;
    const override = { kind, tier, reason: 'corpus', actor: 'corpus', until };
    this.#append({ kind: 'override-set', ...decision, ...clockAt, override }, at);
  }

  /** In data time an event that happened late, or is dated ahead, comes with the clock of its arrival. */
  #event(event: CustomerEvent, at: Instant): void {
    this.#take(event, at);
    this.partition.deliver();
  }

  #take(event: CustomerEvent, at: Instant): void {
    this.eventTypes.add(event.type);
    const record: LogRecord =
      this.#time === 'data' ? { kind: 'event', event, clockAt: at } : { kind: 'event', event };
    this.#append(record, at);
  }

  #passTo(at: Instant): void {
    this.#append({ kind: 'clock', at }, at);
    const due = [...this.partition.dueAt].filter(([, dueAt]) => dueAt !== null && dueAt <= at);
    const customerIds = due.map(([customerId]) => customerId);
    if (customerIds.length > 0) this.#append({ kind: 'tick', customerIds }, at);
  }

  #calibrate(set: PolicySet, at: Instant): void {
    this.#passTo(at);
    const calibration = census({ set, at, customers: this.partition.customers });
    this.#append({ kind: 'calibrated', calibration }, at);
    this.#append({ kind: 'tick', customerIds: [...this.partition.customers.keys()] }, at);
  }
}
