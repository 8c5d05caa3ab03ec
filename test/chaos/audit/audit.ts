import type { StackHandle } from '@strata/cli';
import type { LogRecord } from '@strata/domain';
import { decodeShardLedger, LEDGER_FIELD } from '@strata/shard-state';
import type { WebhookEndpoint } from '../stack/webhook-endpoint.ts';
import { PartitionAudit } from './partition-audit.ts';

/** What a run came to. No fault means: nothing lost, nothing twice, nothing else than the log says. */
export interface Verdict {
  readonly faults: readonly string[];
  readonly records: number;
  /** Events that lie in the log more than once, because the ingestor is at-least-once. */
  readonly repeatedEvents: number;
  readonly handOvers: number;
  readonly repeatedHandOvers: number;
  readonly changes: number;
  /** Records in the topic, repeats and all. */
  readonly raw: number;
  readonly repeats: number;
}

/** Holds a whole stack against its log. `advance` may run at any time, `verdict` once all is quiet. */
export class Audit {
  readonly #stack: StackHandle;
  readonly #partitions: readonly PartitionAudit[];
  readonly #sent = new Set<string>();
  readonly #arrived = new Set<string>();
  readonly #handedOver = new Set<string>();
  #repeatedEvents = 0;
  #repeatedHandOvers = 0;

  constructor(stack: StackHandle) {
    this.#stack = stack;
    this.#partitions = Array.from(
      { length: stack.partitions },
      (_, partition) =>
        new PartitionAudit({ stack, partition, onRecord: (record) => this.#note(record) }),
    );
  }

  /** Of an event that the broker has acknowledged in the intake: it has to be in the log. */
  sent(eventIds: Iterable<string>): void {
    for (const eventId of eventIds) this.#sent.add(eventId);
  }

  /** Every change that has to be published, of all partitions. */
  changes(): readonly string[] {
    return this.#partitions.flatMap(({ changes }) => changes);
  }

  async advance(): Promise<void> {
    for (const partition of this.#partitions) await partition.advance();
  }

  async verdict(endpoint?: WebhookEndpoint): Promise<Verdict> {
    await this.advance();
    const sum = (of: (partition: PartitionAudit) => number): number =>
      this.#partitions.reduce((total, partition) => total + of(partition), 0);
    const gaps = sum(({ counts }) => counts.gaps);
    const awaited = sum(({ awaited: count }) => count);
    const missing = this.#sent.difference(this.#arrived).size;
    const handOvers = sum(({ counts }) => counts.handedOver);
    const lost = handOvers - this.#handedOver.size;
    return {
      faults: [
        ...this.#partitions.flatMap(({ faults }) => faults),
        ...(gaps > 0 ? [`${gaps} gaps in the numbers of the topic`] : []),
        ...(awaited > 0 ? [`${awaited} changes of the log were not published`] : []),
        ...(missing > 0 ? [`${missing} acknowledged events are not in the log`] : []),
        ...(lost !== 0 ? [`${lost} hand-overs between partitions did not arrive`] : []),
        ...(await this.#hashFaults()),
        ...(endpoint === undefined ? [] : this.#deliveryFaults(endpoint)),
      ],
      records: sum(({ counts }) => counts.records),
      repeatedEvents: this.#repeatedEvents,
      handOvers,
      repeatedHandOvers: this.#repeatedHandOvers,
      changes: sum(({ changes }) => changes.length),
      raw: sum(({ counts }) => counts.raw),
      repeats: sum(({ counts }) => counts.repeats),
    };
  }

  #note(record: LogRecord): void {
    if (record.kind === 'event') {
      const { eventId } = record.event;
      if (this.#arrived.has(eventId)) this.#repeatedEvents += 1;
      this.#arrived.add(eventId);
    } else if ('from' in record) {
      const { partition, epoch, number } = record.from;
      const place = `${partition}.${epoch}.${number}`;
      if (this.#handedOver.has(place)) this.#repeatedHandOvers += 1;
      this.#handedOver.add(place);
    }
  }

  async #hashFaults(): Promise<readonly string[]> {
    const faults: string[] = [];
    for (const [partition, { decisionHash }] of this.#partitions.entries()) {
      const { fields } = await this.#stack.store.inspect(partition);
      const bytes = fields[LEDGER_FIELD];
      const kept = bytes === undefined ? null : decodeShardLedger(bytes).decisionHash;
      if (kept === decisionHash) continue;
      faults.push(`partition ${partition}: decision hash ${kept}, the log says ${decisionHash}`);
    }
    return faults;
  }

  /** At least once, and nothing that was never published. */
  #deliveryFaults({ posts, forged }: WebhookEndpoint): readonly string[] {
    const ids = new Set(this.#partitions.flatMap((each) => each.ids));
    const undelivered = ids.difference(new Set(posts.keys())).size;
    const invented = new Set(posts.keys()).difference(ids).size;
    return [
      ...(undelivered > 0 ? [`${undelivered} changes did not reach the endpoint`] : []),
      ...(invented > 0 ? [`${invented} ids at the endpoint are no changes of the log`] : []),
      ...(forged.length > 0 ? [`${forged.length} webhooks with a wrong signature`] : []),
    ];
  }
}
