import { setImmediate as breathe } from 'node:timers/promises';
import {
  type Calibration,
  type CustomerEvent,
  type CustomerState,
  type CustomerView,
  census,
  compareBytewise,
  type FoldRefusal,
  fold,
  type HandOver,
  handOverRecord,
  hasAcceptedEvent,
  type Instant,
  initialPartition,
  keepChanged,
  LEDGER_HORIZON_DAYS_DEFAULT,
  type LogRecord,
  type PartitionState,
  type PolicySet,
  type ProfileRow,
  policyFor,
  profileAt,
  type RateTable,
  TICK_CUSTOMERS_MAX,
  type TierChange,
  viewAt,
} from '@strata/domain';
import { DueCalendar } from './due-calendar.ts';
import type { SegmentPlace } from './segment-rows.ts';
import type { Place, Places } from './tier-rows.ts';

const PARTITION = 0;
/** Often enough for Ctrl-C to be heard at once. */
const BREATHE_EVERY = 1_000;

export interface BacktestOptions {
  /** In the order of (occurredAt, place in the file), without repeats. */
  readonly events: readonly CustomerEvent[];
  readonly set: PolicySet;
  /** What other currencies are converted by, from the first event on. */
  readonly rates?: RateTable | null;
  /** Instants to take profiles at, ascending. */
  readonly profileInstants: readonly Instant[];
  /** Instants to calibrate at, ascending; profiles of the same instant are taken after it. */
  readonly calibrationInstants: readonly Instant[];
  /** The instant of the last clock mark. */
  readonly endAt: Instant;
  readonly signal: AbortSignal;
  readonly onProfile: (row: ProfileRow) => Promise<void>;
  /** Instants at which everybody known is handed out as settled by then: after a calibration, at the end after everything. */
  readonly viewInstants?: readonly Instant[];
  readonly onView?: (at: Instant, customerId: string, view: CustomerView) => void;
  readonly onChange: (change: TierChange, eventIdAt: (offset: number) => string | null) => void;
  readonly onEvents: (count: number) => void;
}

export interface BacktestResult {
  /** Where every customer stands at the end. */
  readonly tiers: Places;
  /** Of the customers who are in a segment at the end. */
  readonly segments: readonly SegmentPlace[];
  readonly refusedByReason: ReadonlyMap<FoldRefusal, number>;
  readonly calibrations: readonly Calibration[];
  /** Records of the log that the run folded. */
  readonly records: number;
}

/**
 * The scorer's fold over a log of one partition in data time: stack opened, policy activated, rates published, the events, a clock
 * mark with ticks wherever somebody is due by the end of a day, and the calibrations. Settling makes the result
 * independent of the marks.
 */
export async function runBacktest(options: BacktestOptions): Promise<BacktestResult> {
  return new Backtest(options).run();
}

class Backtest {
  readonly #options: BacktestOptions;
  readonly #customers = new Map<string, CustomerState>();
  readonly #due = new DueCalendar();
  readonly #eventIds = new Map<number, string>();
  readonly #refused = new Map<FoldRefusal, number>();
  readonly #instantsLeft: Instant[];
  readonly #calibrations: Calibration[] = [];
  #partition: PartitionState = initialPartition(PARTITION);
  #offset = 0;
  #handedOver = 0;
  #markedAt: Instant;

  constructor(options: BacktestOptions) {
    this.#options = options;
    const { profileInstants, calibrationInstants, viewInstants = [] } = options;
    const instants = new Set([...profileInstants, ...calibrationInstants, ...viewInstants]);
    this.#instantsLeft = [...instants].toSorted((a, b) => a - b);
    this.#markedAt = (options.events[0]?.occurredAt ?? options.endAt) - 1;
  }

  async run(): Promise<BacktestResult> {
    const { events, set, rates, endAt, onEvents } = this.#options;
    this.#fold({
      kind: 'stack-opened',
      time: 'data',
      partitions: 1,
      ledgerHorizonDays: LEDGER_HORIZON_DAYS_DEFAULT,
    });
    this.#fold({ kind: 'policy-activated', set });
    if (rates !== null && rates !== undefined)
      this.#fold({ kind: 'rates-published', table: rates });
    for (const [index, event] of events.entries()) {
      if (index % BREATHE_EVERY === 0) {
        await this.#breathe();
        if (index > 0) onEvents(BREATHE_EVERY);
      }
      await this.#moveTo(event.occurredAt, false);
      this.#eventIds.set(this.#offset, event.eventId);
      this.#fold({ kind: 'event', event, clockAt: event.occurredAt });
    }
    onEvents(events.length % BREATHE_EVERY || Math.min(events.length, BREATHE_EVERY));
    await this.#moveTo(endAt, true);
    this.#mark(endAt);
    await this.#handOutViews(endAt);
    const tiers = this.#known().map(([id, state]) => [id, this.#placeOf(state)] as const);
    return {
      tiers: new Map(tiers),
      segments: this.#segmentsAt(endAt),
      refusedByReason: this.#refused,
      calibrations: this.#calibrations,
      records: this.#offset,
    };
  }

  #placeOf(state: CustomerState): Place | null {
    const policy = policyFor(this.#options.set, state);
    return state.standing === null || policy === null
      ? null
      : { policy: policy.name, tier: state.standing.tier };
  }

  #segmentsAt(at: Instant): readonly SegmentPlace[] {
    const partition = this.#partition;
    return [...this.#customers].flatMap(([customerId, state]) => {
      const { grading } = viewAt({ partition, customerId, state, at });
      const segment = grading?.segmentAt(at) ?? null;
      return grading === null || segment === null
        ? []
        : [{ policy: grading.policy.name, segment: segment.name }];
    });
  }

  /** Marks, calibrations and profiles up to an instant. An event at exactly that of a profile is in it. */
  async #moveTo(instant: Instant, isEnd: boolean): Promise<void> {
    for (;;) {
      const stop = this.#instantsLeft[0];
      const isStopDue = stop !== undefined && (isEnd ? stop <= instant : stop < instant);
      const limit = isStopDue ? stop : instant;
      for (;;) {
        const midnight = this.#due.midnightWithDue(this.#markedAt, limit);
        if (midnight === null) break;
        this.#mark(midnight);
      }
      if (!isStopDue) return;
      this.#instantsLeft.shift();
      const { calibrationInstants, profileInstants } = this.#options;
      if (calibrationInstants.includes(stop)) this.#calibrate(stop);
      if (profileInstants.includes(stop)) await this.#takeProfiles(stop);
      if (stop < this.#options.endAt) await this.#handOutViews(stop);
    }
  }

  /** From the values of everybody at that instant, by which then everybody is settled. */
  #calibrate(at: Instant): void {
    this.#mark(at);
    const calibration = census({ set: this.#options.set, at, customers: this.#customers });
    this.#calibrations.push(calibration);
    this.#fold({ kind: 'calibrated', calibration });
    this.#tick([...this.#customers.keys()].toSorted(compareBytewise));
  }

  #mark(at: Instant): void {
    this.#markedAt = at;
    this.#fold({ kind: 'clock', at });
    this.#tick(this.#due.advanceTo(at).toSorted(compareBytewise));
  }

  #tick(customerIds: readonly string[]): void {
    for (let start = 0; start < customerIds.length; start += TICK_CUSTOMERS_MAX) {
      const chunk = customerIds.slice(start, start + TICK_CUSTOMERS_MAX);
      this.#fold({ kind: 'tick', customerIds: chunk });
    }
  }

  async #takeProfiles(at: Instant): Promise<void> {
    const { onProfile } = this.#options;
    const partition = this.#partition;
    const customers = this.#known().toSorted(([a], [b]) => compareBytewise(a, b));
    for (const [index, [customerId, state]] of customers.entries()) {
      if (index % BREATHE_EVERY === 0) await this.#breathe();
      await onProfile(profileAt({ partition, customerId, state, at }));
    }
  }

  async #handOutViews(at: Instant): Promise<void> {
    const { onView, viewInstants = [] } = this.#options;
    if (onView === undefined || !viewInstants.includes(at)) return;
    const partition = this.#partition;
    for (const [index, [customerId, state]] of this.#known().entries()) {
      if (index % BREATHE_EVERY === 0) await this.#breathe();
      onView(at, customerId, viewAt({ partition, customerId, state, at }));
    }
  }

  async #breathe(): Promise<void> {
    await breathe();
    this.#options.signal.throwIfAborted();
  }

  #known(): (readonly [customerId: string, state: CustomerState])[] {
    return [...this.#customers].filter(([, state]) => hasAcceptedEvent(state));
  }

  /** What a record hands over is folded right behind it, breadth first, and goes by the id of the event that began it. */
  #fold(first: LogRecord): void {
    const records = [first];
    const eventId = this.#eventIds.get(this.#offset);
    for (const record of records) {
      if (eventId !== undefined) this.#eventIds.set(this.#offset, eventId);
      for (const handOver of this.#foldOne(record)) {
        this.#handedOver++;
        const from = { partition: PARTITION, epoch: 1, number: this.#handedOver };
        records.push(handOverRecord(handOver, from));
      }
    }
  }

  #foldOne(record: LogRecord): readonly HandOver[] {
    const at = { partition: PARTITION, offset: this.#offset, appendedAt: 0 };
    const partition = this.#partition;
    const result = fold({ partition, customers: this.#customers, record, at });
    this.#offset++;
    this.#partition = result.partition;
    keepChanged(this.#customers, result);
    for (const [customerId, dueAt] of result.dueAt) this.#due.set(customerId, dueAt);
    for (const output of result.outputs) {
      if (output.kind === 'dead-letter') {
        this.#refused.set(output.reason, (this.#refused.get(output.reason) ?? 0) + 1);
      } else if (output.kind === 'tier-change') {
        this.#options.onChange(output, (offset) => this.#eventIds.get(offset) ?? null);
      }
    }
    return result.handOvers;
  }
}
