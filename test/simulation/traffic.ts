import {
  clockControlToJson,
  eventToIntakeJson,
  goLiveControlToJson,
  logRecordToWire,
  type Minimisation,
  minimisation,
  PolicyBook,
  policyKey,
  policyPublicationToWire,
  ratesKey,
  ratesPublicationToWire,
  TOPICS,
} from '@strata/contracts';
import {
  type CustomerEvent,
  DAY_MS,
  LEDGER_HORIZON_DAYS_DEFAULT,
  type PolicySet,
  rateTableOf,
  type TimeMode,
} from '@strata/domain';
import { aDimension, aLifecycle, aPolicy, aPolicySet } from '@strata/domain/builders';
import type { MemoryLog } from '@strata/memory';
import { type OutgoingRecord, partitionFor } from '@strata/pipeline';
import { serdes } from './serdes.ts';
import type { Surroundings } from './sim-process.ts';

/** Where the history of data time begins. */
const FIRST_DAY_MS = 1_700_006_400_000;
/** In wall time a day of the policy passes in so many milliseconds, so that a run sees windows end. */
const WALL_DAY_MS = 150;

/** Visitors of whom it is said at times who they are. */
const GUESTS = ['guest:0', 'guest:1', 'guest:2'];

/** What has to become of a record that the sources have had acknowledged. */
export type Expected =
  | { readonly kind: 'event'; readonly source: string; readonly eventId: string }
  | { readonly kind: 'clock'; readonly at: number }
  | { readonly kind: 'live' }
  | { readonly kind: 'letter' };

/** The sources of a simulated stack: what they send, when, and what has to become of it. */
export class Traffic {
  readonly time: TimeMode;
  readonly sets: readonly PolicySet[];
  /** What is published, as everybody who reads the topic finds it. */
  readonly book = new PolicyBook((value) => serdes(TOPICS.policies).decode(value));
  /** By `<topic>.<partition>.<offset>` of the intake. */
  readonly expected = new Map<string, Expected>();
  /** Of the gate: what may not enter is refused until somebody changes the rule. */
  readonly rules: Minimisation;
  #isMended = false;
  readonly #world: Surroundings;
  readonly #log: MemoryLog;
  readonly #partitions: number;
  readonly #customers: readonly string[];
  readonly #dayMs: number;
  readonly #orders: Extract<CustomerEvent, { type: 'purchase' }>[] = [];
  #dataNowMs = FIRST_DAY_MS;
  #events = 0;
  /** Data time has ended, for the sources. */
  #isLive = false;

  constructor(world: Surroundings, parts: { log: MemoryLog; partitions: number }) {
    const { random } = world;
    this.#world = world;
    this.#log = parts.log;
    this.#partitions = parts.partitions;
    this.time = random.chance(0.5) ? 'data' : 'wall';
    this.#dayMs = this.time === 'data' ? DAY_MS : WALL_DAY_MS;
    this.sets = policySets(this.#dayMs);
    const isMended = (): boolean => this.#isMended;
    this.rules = {
      ...minimisation(),
      get onForbidden() {
        return isMended() ? 'drop' : 'refuse';
      },
    };
    const count = random.between(1, 12);
    this.#customers = Array.from({ length: count }, (_, n) => `c${n}`);
  }

  /** The first record of every partition, and everything that comes later, planned over `overMs`. */
  begin(overMs: number): void {
    const { random, scheduler } = this.#world;
    const opened = {
      kind: 'stack-opened',
      time: this.time,
      partitions: this.#partitions,
      ledgerHorizonDays: LEDGER_HORIZON_DAYS_DEFAULT,
    } as const;
    const value = serdes(TOPICS.customerLog).encode(logRecordToWire(opened));
    for (let partition = 0; partition < this.#partitions; partition += 1) {
      this.#log.append([{ topic: TOPICS.customerLog, partition, key: null, value, headers: {} }]);
    }
    scheduler.plan(random.below(overMs / 4), 'policy is published', () => this.#publishPolicy());
    for (let left = random.below(4); left > 0; left -= 1) {
      const afterMs = overMs / 4 + random.below(overMs);
      scheduler.plan(afterMs, 'another policy is published', () => this.#publishPolicy());
    }
    const bursts = random.between(5, 40);
    for (let burst = 0; burst < bursts; burst += 1) {
      scheduler.plan(random.below(overMs), 'sources publish', () => this.#publish());
    }
    if (this.time === 'data' && random.chance(0.4)) {
      scheduler.plan(random.below(overMs), 'the stack goes live', () => this.#goLive());
    }
    scheduler.plan(random.below(2 * overMs), 'causes are mended', () => this.mend());
    scheduler.plan(overMs, 'sources end', () => this.#end());
  }

  /** From now on dollars are worth something, and what may not enter is dropped. */
  mend(): void {
    if (this.#isMended) return;
    this.#isMended = true;
    const { scheduler } = this.#world;
    const rows = [{ day: 0, from: 'USD', to: 'CNY', rate: '7' }];
    const { id } = rateTableOf(rows, 0);
    const publication = {
      kind: 'published',
      id,
      rows,
      publishedAt: scheduler.nowMs,
      publishedBy: 'simulation',
    } as const;
    const key = new TextEncoder().encode(ratesKey(publication));
    const value = serdes(TOPICS.policies).encode(ratesPublicationToWire(publication));
    this.#log.append([{ topic: TOPICS.policies, partition: 0, key, value, headers: {} }]);
  }

  /** At times somebody else publishes at the same moment, against the same. */
  #publishPolicy(): void {
    const { random } = this.#world;
    const basedOn = this.book.inForce?.number ?? 0;
    const others = this.sets.filter(({ id }) => id !== this.book.inForce?.set.id);
    this.#publishSet(random.pick(others), basedOn);
    if (random.chance(0.3)) this.#publishSet(random.pick(others), basedOn);
  }

  #publishSet(set: PolicySet, basedOn: number): void {
    const { random, scheduler, tally } = this.#world;
    const publication = {
      set,
      basedOn,
      announceFrom: random.pick([0, 0, 2, null]),
      publishedAt: scheduler.nowMs,
      publishedBy: 'simulation',
      reason: null,
    };
    const place = { topic: TOPICS.policies, partition: 0 };
    const key = new TextEncoder().encode(policyKey(publication));
    const value = serdes(TOPICS.policies).encode(policyPublicationToWire(publication));
    this.#log.append([{ ...place, key, value, headers: {} }]);
    const offset = (this.#log.bounds(TOPICS.policies)[0]?.end ?? 0) - 1;
    const published = this.book.take({ offset, key, value });
    const standing = published !== null && 'standing' in published ? published.standing : 'again';
    tally.add(`published ${standing}`);
  }

  #publish(): void {
    const { random } = this.#world;
    if (this.#isDataTime) this.#dataNowMs += random.below(6 * DAY_MS);
    const count = random.between(1, 8);
    for (let n = 0; n < count; n += 1) {
      if (random.chance(0.03)) this.#garbage();
      else this.#send(this.#event());
    }
    if (this.#isDataTime && random.chance(0.3)) this.#mark();
  }

  /** Data time: everything that is still to fall due does so. */
  #end(): void {
    if (!this.#isDataTime) return;
    this.#dataNowMs += 120 * DAY_MS;
    this.#mark();
  }

  get #isDataTime(): boolean {
    return this.time === 'data' && !this.#isLive;
  }

  /** Told to one partition after the other; whoever tells it may die in between, and tells it all again later. */
  #goLive(): void {
    const { random, scheduler } = this.#world;
    this.#isLive = true;
    const at = scheduler.nowMs;
    const announceFrom = random.pick([null, 0, 1, 2]);
    const value = bytesOf(goLiveControlToJson({ kind: 'went-live', at, announceFrom }));
    const tell = (upTo: number): void => {
      for (let partition = 0; partition < upTo; partition += 1) {
        this.#append({ topic: TOPICS.events, partition, value }, { kind: 'live' });
      }
    };
    tell(random.between(0, this.#partitions));
    scheduler.plan(random.below(2_000), 'going live is finished', () => tell(this.#partitions));
  }

  #mark(): void {
    const at = this.#dataNowMs;
    const value = bytesOf(clockControlToJson({ kind: 'clock', at }));
    for (let partition = 0; partition < this.#partitions; partition += 1) {
      this.#append({ topic: TOPICS.events, partition, value }, { kind: 'clock', at });
    }
  }

  #garbage(): void {
    const { random } = this.#world;
    const partition = random.below(this.#partitions);
    if (random.chance(0.3)) {
      // Somebody else writes into the log itself what nobody can read.
      const value = new TextEncoder().encode(`no record ${this.#events}`);
      this.#log.append([{ topic: TOPICS.customerLog, partition, key: null, value, headers: {} }]);
      return;
    }
    const value = new TextEncoder().encode('{"type":"purchase"');
    this.#append({ topic: TOPICS.events, partition, value }, { kind: 'letter' });
  }

  #send(event: CustomerEvent): void {
    const { chaos } = this.#world;
    const { source, eventId, customerId } = event;
    const partition = partitionFor(new TextEncoder().encode(customerId), this.#partitions);
    const json = eventToIntakeJson(event);
    const value = bytesOf(this.#world.random.chance(0.04) ? { ...json, hobby: 'go' } : json);
    const times = chaos.strikes('publish twice') ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      const place = { topic: TOPICS.events, partition, value };
      this.#append(place, { kind: 'event', source, eventId });
    }
  }

  #append(
    { topic, partition, value }: Pick<OutgoingRecord, 'topic' | 'partition' | 'value'>,
    expected: Expected,
  ): void {
    const { end } = this.#log.partition({ topic, partition });
    this.expected.set(`${topic}.${partition}.${end}`, expected);
    this.#log.append([{ topic, partition, key: null, value, headers: {} }]);
  }

  #event(): CustomerEvent {
    const { random } = this.#world;
    const customerId = this.#somebody();
    const number = ++this.#events;
    const head = { source: 'shop', eventId: `e${number}`, customerId, occurredAt: this.#instant() };
    const order = this.#orders.length === 0 ? undefined : random.pick(this.#orders);
    const dice = random.below(100);
    // Mostly of a guest, and sometimes of a customer who has a history of its own.
    if (dice >= 94) {
      const linkedId = random.chance(0.7) ? random.pick(GUESTS) : random.pick(this.#customers);
      return { ...head, source: 'crm', type: 'link', linkedId };
    }
    if (dice < 12) {
      const referredCustomerId = random.pick(this.#customers);
      if (referredCustomerId !== customerId)
        return { ...head, type: 'referral', referredCustomerId };
    }
    if (dice < 20 && order !== undefined) {
      const { customerId: buyer, orderSource, orderId } = order;
      return {
        ...head,
        type: 'refund',
        customerId: buyer,
        orderSource,
        orderId,
        amount: order.amount,
      };
    }
    if (dice < 26 && order !== undefined) {
      const { customerId: buyer, orderSource, orderId } = order;
      return { ...head, type: 'order-cancelled', customerId: buyer, orderSource, orderId };
    }
    if (dice < 34) return { ...head, type: 'engagement', kind: 'visit', weight: 1 };
    const amount = { minor: random.between(1, 500), currency: random.chance(0.03) ? 'USD' : 'CNY' };
    const purchase = {
      ...head,
      type: 'purchase',
      orderSource: 'shop',
      orderId: `o${number}`,
      amount,
    } as const;
    this.#orders.push(purchase);
    return purchase;
  }

  #somebody(): string {
    const { random } = this.#world;
    if (random.chance(0.15)) return random.pick(GUESTS);
    return random.chance(0.3) ? 'c0' : random.pick(this.#customers);
  }

  /** Mostly now, sometimes earlier, seldom so early or so late that it is refused. */
  #instant(): number {
    const { random, scheduler } = this.#world;
    const nowMs = this.#isDataTime ? this.#dataNowMs : scheduler.nowMs;
    const dice = random.below(100);
    if (dice < 2) return nowMs - (LEDGER_HORIZON_DAYS_DEFAULT + 50) * DAY_MS;
    if (dice < 3 && this.time === 'wall') return nowMs + 2 * DAY_MS;
    return nowMs - random.below((dice < 40 ? 10 : 1) * this.#dayMs);
  }
}

/** Others have other borders, and one of them a shorter ladder, or another name. */
function policySets(dayMs: number): readonly PolicySet[] {
  const orders = aDimension('orders', { windowMs: 30 * dayMs });
  const engagement = aDimension('engagement', { windowMs: 20 * dayMs, capMilli: 1_000 });
  const referrals = aDimension('referrals', { windowMs: 60 * dayMs, weightMilli: 2_000 });
  const recency = {
    name: 'recency',
    of: 'recency',
    weightMilli: 1_000,
    capMilli: null,
    otherwiseMilli: 0,
    steps: [
      { withinMs: 10 * dayMs, pointsMilli: 2_000 },
      { withinMs: 25 * dayMs, pointsMilli: 1_000 },
    ],
  } as const;
  const lifecycle = aLifecycle({
    graceMs: 5 * dayMs,
    minimumStayMs: 4 * dayMs,
    softLanding: 'one',
    atRiskNoticeMs: 3 * dayMs,
  });
  const dimensions = [orders, engagement, referrals, recency];
  const first = aPolicy({ dimensions, lifecycle });
  const mild = [
    { tier: 'silver', enterMilli: 1_000, leaveMilli: 1_000 },
    { tier: 'gold', enterMilli: 3_000, leaveMilli: 2_000 },
  ];
  const short = {
    ladder: ['bronze', 'gold'],
    borders: [{ tier: 'gold', enterMilli: 3_000, leaveMilli: 3_000 }],
    replaces: { silver: 'gold' },
  };
  return [
    first,
    aPolicy({ dimensions, lifecycle, version: 2, borders: mild }),
    aPolicy({ dimensions, version: 3, ...short }),
    aPolicy({ dimensions, lifecycle, name: 'other' }),
  ].map((policy) => aPolicySet(policy));
}

function bytesOf(json: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(json));
}
