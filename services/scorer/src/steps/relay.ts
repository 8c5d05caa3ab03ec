import { TOPICS } from '@strata/contracts';
import {
  freshnessOf,
  type Logger,
  type OutboxEntry,
  type OutgoingRecord,
  type OutputNumber,
  outputNumberOf,
  partitionFor,
  RELAY_NOTE_HEADER,
  relayNoteBytes,
} from '@strata/pipeline';
import { Bell } from '../bell.ts';
import { type Tail, tailsOf } from '../numbered-topics.ts';
import { isFatal } from '../scorer-fault.ts';
import type { ScorerPorts } from '../scorer-ports.ts';
import type { ScorerSettings } from '../scorer-settings.ts';
import type { Shard } from '../shard.ts';

const BACK_OFF_MS_FIRST = 100;
const BACK_OFF_MS_MAX = 5_000;

/** How far a shard's outbox is published. Lives no longer than the knowledge that the last send went well. */
interface Cursor {
  position: number;
  /** By numbered topic; null where it holds nothing of the partition. */
  readonly published: Map<string, OutputNumber | null>;
  /** Position up to which everything is known to be published, in whatever topic. */
  acknowledged: number;
}

/** What one send takes from one shard. */
interface Portion {
  readonly shard: Shard;
  readonly cursor: Cursor;
  readonly taken: readonly OutboxEntry[];
  readonly records: readonly OutgoingRecord[];
}

type RelayPorts = Pick<ScorerPorts, 'reader' | 'outputWriter' | 'store' | 'metrics' | 'alarm'>;

/**
 * Publishes the outboxes of all owned partitions, one send at a time, and trims only what was acknowledged. After any
 * error it forgets its cursors and reads the tails of the topics again, so that a number which has already got there
 * is never sent twice by this process; what a dying one still had in flight carries the same number again, and readers
 * drop it by that.
 */
export class Relay {
  readonly #ports: RelayPorts;
  readonly #settings: ScorerSettings;
  readonly #parts: RelayParts;
  /** Rung by the stop alone. */
  readonly #backOff: Bell;
  #cursors = new WeakMap<Shard, Cursor>();
  #deadLetterPartitions: number | null = null;
  #firstShard = 0;
  #turns = 0;
  #isStopping = false;
  #run: Promise<void> = Promise.resolve();

  constructor(ports: RelayPorts, settings: ScorerSettings, parts: RelayParts) {
    this.#ports = ports;
    this.#settings = settings;
    this.#parts = parts;
    this.#backOff = new Bell(ports.alarm);
  }

  /** Ended so far, well or not: a relay that hangs ends none. */
  get turns(): number {
    return this.#turns;
  }

  start(): void {
    this.#run = this.#loop();
  }

  /** Ends the send in hand and its trim; what is left in the outboxes waits for the next owner. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#parts.bell.ring();
    this.#backOff.ring();
    await this.#run;
  }

  async #loop(): Promise<void> {
    let backOffMs = BACK_OFF_MS_FIRST;
    while (!this.#isStopping) {
      try {
        const hasWorked = await this.#turn();
        backOffMs = BACK_OFF_MS_FIRST;
        if (!hasWorked) await this.#parts.bell.wait(null);
      } catch (error) {
        this.#cursors = new WeakMap();
        this.#ports.metrics.relaySends.inc({ outcome: 'failed' });
        if (isFatal(error)) return this.#parts.onFatal(error);
        const sentence = error instanceof Error ? error.message : String(error);
        this.#parts.logger.warn({ error: sentence, backOffMs }, 'Outputs wait: publishing failed');
        await this.#backOff.wait(backOffMs);
        backOffMs = Math.min(BACK_OFF_MS_MAX, backOffMs * 2);
      } finally {
        this.#turns += 1;
      }
    }
  }

  async #turn(): Promise<boolean> {
    const pending = this.#pending();
    if (pending.length === 0) return false;
    await this.#findCursors(pending);
    const portions = await this.#gather(pending);
    await this.#settings.at('after-outbox-read');
    const current = portions.filter(({ shard }) => !shard.isLost);
    const records = current.flatMap((portion) => portion.records);
    if (records.length > 0) {
      await this.#ports.outputWriter.send(records);
      this.#ports.metrics.relaySends.inc({ outcome: 'acknowledged' });
    }
    await this.#settings.at('after-produce');
    for (const portion of current) await this.#trim(portion);
    await this.#settings.at('after-trim');
    this.#parts.onDrained();
    return true;
  }

  /** Begins with another shard each time, so that a busy one cannot starve the rest. */
  #pending(): Shard[] {
    const pending = this.#parts.shards().filter((shard) => shard.outboxDepth > 0);
    this.#firstShard += 1;
    const first = pending.length === 0 ? 0 : this.#firstShard % pending.length;
    return [...pending.slice(first), ...pending.slice(0, first)];
  }

  async #findCursors(shards: readonly Shard[]): Promise<void> {
    const unknown = shards.filter((shard) => !this.#cursors.has(shard));
    if (unknown.length === 0) return;
    const tails = await tailsOf(
      this.#ports.reader,
      unknown.map(({ partition }) => partition),
    );
    for (const shard of unknown) {
      const published = new Map<string, OutputNumber | null>();
      let acknowledged = 0;
      for (const [topic, tail] of tails.get(shard.partition) ?? []) {
        published.set(topic, tail?.number ?? null);
        if (tail !== null && isOfThisLife(shard, tail)) {
          acknowledged = Math.max(acknowledged, tail.note?.published ?? 0);
        }
      }
      this.#cursors.set(shard, { position: 0, published, acknowledged });
    }
  }

  async #gather(shards: readonly Shard[]): Promise<Portion[]> {
    const portions: Portion[] = [];
    let recordsLeft = this.#settings.relayRecordsMax;
    let bytesLeft = this.#settings.relayBytesMax;
    this.#deadLetterPartitions ??= await this.#ports.reader.partitionCount(TOPICS.deadLetters);
    for (const shard of shards) {
      const cursor = this.#cursors.get(shard);
      if (cursor === undefined || recordsLeft <= 0 || bytesLeft <= 0) break;
      const { partition, outboxDepth } = shard;
      const entries = await this.#ports.store.outbox({
        partition,
        afterPosition: cursor.position,
        limit: recordsLeft,
      });
      if (entries.length === 0 && shard.outboxDepth === outboxDepth) this.#lookAnew(shard, cursor);
      const taken: OutboxEntry[] = [];
      for (const entry of entries) {
        if (taken.length > 0 && bytesLeft <= 0) break;
        taken.push(entry);
        bytesLeft -= sizeOf(entry);
      }
      recordsLeft -= taken.length;
      const records = this.#recordsOf(shard, cursor, taken);
      if (taken.length > 0) portions.push({ shard, cursor, taken, records });
    }
    return portions;
  }

  /**
   * The depth is our own count; where the store knows better and nothing was added meanwhile, it holds. But what a
   * store undid together with its trim, and was then told again, lies below the cursor: so first all is looked through.
   */
  #lookAnew(shard: Shard, cursor: Cursor): void {
    if (cursor.position === 0) {
      shard.outboxDepth = 0;
      shard.outboxAge.published(shard.ledger.position);
    } else this.#cursors.delete(shard);
  }

  /**
   * Leaves out what the topics have already. Dead letters and hand-overs lie between the records of others, where no
   * tail tells their numbers: of them the notes of earlier sends tell, up to the last send but one. What comes twice
   * all the same does no harm: one letter is one key, and who receives a hand-over drops what came before.
   */
  #recordsOf(shard: Shard, cursor: Cursor, taken: readonly OutboxEntry[]): OutgoingRecord[] {
    const { relayRecords } = this.#ports.metrics;
    const records: OutgoingRecord[] = [];
    const reached = new Map(cursor.published);
    const first = taken[0]?.position ?? 0;
    const note = relayNoteBytes({
      foldVersion: shard.ledger.foldVersion,
      published: Math.max(cursor.acknowledged, first - 1),
    });
    for (const { position, topic, key, value, headers } of taken) {
      const last = reached.get(topic);
      if (last === undefined && position <= cursor.acknowledged) {
        relayRecords.inc({ topic, outcome: 'skipped' });
        continue;
      }
      if (last !== undefined) {
        // Its own: where a lost state is folded again, outputs of earlier epochs may wait before those of the present one.
        const number = outputNumberOf({ headers });
        const freshness = freshnessOf(last, number);
        if (freshness === 'repeat') {
          relayRecords.inc({ topic, outcome: 'skipped' });
          continue;
        }
        if (freshness === 'gap') this.#tellGap(shard, topic);
        reached.set(topic, number);
      }
      relayRecords.inc({ topic, outcome: 'sent' });
      const partition =
        last === undefined && key !== null
          ? partitionFor(key, this.#partitionsOf(topic, shard))
          : shard.partition;
      const noted = last === undefined ? headers : { ...headers, [RELAY_NOTE_HEADER]: note };
      records.push({ topic, partition, key, value, headers: noted });
    }
    return records;
  }

  #partitionsOf(topic: string, { partitionCount }: Shard): number {
    return topic === TOPICS.customerLog ? partitionCount : (this.#deadLetterPartitions ?? 1);
  }

  async #trim({ shard, cursor, taken }: Portion): Promise<void> {
    const last = taken.at(-1);
    if (last === undefined) return;
    const { partition, owner } = shard;
    const upToPosition = last.position;
    if (!(await this.#ports.store.trimOutbox({ partition, owner, upToPosition }))) {
      this.#parts.onFenced(shard);
      return;
    }
    // By position and not by count: what a store that went back holds again is trimmed twice.
    shard.outboxDepth = Math.max(0, shard.ledger.position - upToPosition);
    shard.outboxAge.published(upToPosition);
    cursor.position = upToPosition;
    cursor.acknowledged = Math.max(cursor.acknowledged, upToPosition);
    for (const { topic, headers } of taken) {
      const known = cursor.published.get(topic);
      if (known === undefined) continue;
      const number = outputNumberOf({ headers });
      if (freshnessOf(known, number) !== 'repeat') cursor.published.set(topic, number);
    }
  }

  #tellGap(shard: Shard, topic: string): void {
    this.#ports.metrics.relayGaps.inc();
    this.#parts.logger.error(
      { code: 'STRATA_SCORER_OUTPUT_GAP', topic, partition: shard.partition },
      'An output topic ends below what was already published there: it has lost records',
    );
  }
}

export interface RelayParts {
  readonly shards: () => readonly Shard[];
  /** Rung when there is something to publish. */
  readonly bell: Bell;
  readonly logger: Logger;
  readonly onDrained: () => void;
  /** The store says that another owner holds the partition. */
  readonly onFenced: (shard: Shard) => void;
  readonly onFatal: (error: unknown) => void;
}

/** Positions of another epoch, or of another fold, say nothing of ours. */
function isOfThisLife({ ledger }: Shard, { number, note }: Tail): boolean {
  return number.epoch === ledger.epoch && note?.foldVersion === ledger.foldVersion;
}

function sizeOf({ key, value, headers }: OutboxEntry): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, header] of Object.entries(headers)) bytes += name.length + header.length;
  return bytes;
}
