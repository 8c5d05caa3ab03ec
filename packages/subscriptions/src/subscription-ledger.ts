import { TOPICS, type WireRecord } from '@strata/contracts';
import type { LogReader, Serde } from '@strata/pipeline';
import type { SubscriptionRecord } from './subscription-record.ts';
import {
  isPresent,
  nextState,
  type PresentSubscription,
  type SubscriptionState,
} from './subscription-state.ts';
import { subscriptionRecordFromWire } from './subscription-wire.ts';

export interface SubscriptionSerde extends Serde<WireRecord> {
  /** Fetches the schemas that these values name. */
  prepare(values: Iterable<Uint8Array | null>): Promise<void>;
}

/** What reading the topic needs. */
export interface LedgerPorts {
  readonly reader: Pick<LogReader, 'bounds' | 'read'>;
  readonly serde: SubscriptionSerde;
}

/** A record as it lies in the topic, and what became of it. */
export interface LedgerEntry {
  readonly offset: number;
  readonly appendedAtMs: number;
  readonly record: SubscriptionRecord;
  /** Void for every reader: it changed nothing. */
  readonly isVoid: boolean;
}

/** One partition: the order of the changes is the order of the topic. */
export const SUBSCRIPTIONS_PLACE = { topic: TOPICS.subscriptions, partition: 0 } as const;

/** The subscriptions topic, folded as far as it was read. */
export class SubscriptionLedger {
  readonly #ports: LedgerPorts;
  readonly #states = new Map<string, SubscriptionState>();
  #offset = 0;

  constructor(ports: LedgerPorts) {
    this.#ports = ports;
  }

  /** Where the next record is read. */
  get offset(): number {
    return this.#offset;
  }

  /** Also of a subscription that was removed. */
  state(id: string): SubscriptionState | undefined {
    return this.#states.get(id);
  }

  /** Those that somebody wants now, in the order in which they began. */
  present(): readonly PresentSubscription[] {
    return [...this.#states.values()].filter(isPresent);
  }

  /** Reads what came since, up to the end of the topic at the time of the call. Where reading fails, what was read holds. */
  async readOn(onEntry: (entry: LedgerEntry) => void = () => {}): Promise<void> {
    const [bounds] = await this.#ports.reader.bounds(SUBSCRIPTIONS_PLACE.topic);
    const { start, end } = bounds ?? { start: 0, end: 0 };
    const from = Math.max(start, this.#offset);
    if (from >= end) return;
    for await (const batch of this.#ports.reader.read(
      { ...SUBSCRIPTIONS_PLACE, offset: from },
      end,
    )) {
      await this.#ports.serde.prepare(batch.map(({ value }) => value));
      for (const { offset, appendedAt, value } of batch) {
        if (value !== null) {
          const record = subscriptionRecordFromWire(this.#ports.serde.decode(value));
          onEntry({
            offset,
            appendedAtMs: appendedAt,
            record,
            isVoid: !this.#take(record, appendedAt),
          });
        }
        this.#offset = offset + 1;
      }
    }
    this.#offset = end;
  }

  #take(record: SubscriptionRecord, appendedAtMs: number): boolean {
    const after = nextState(this.#states.get(record.subscription), record, appendedAtMs);
    if (after === null) return false;
    // A subscription that begins again begins at the end of the list.
    if (!isPresent(after)) this.#states.delete(record.subscription);
    this.#states.set(record.subscription, after);
    return true;
  }
}
