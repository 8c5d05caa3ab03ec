import {
  logRecordToWire,
  type RatesPublication,
  ratesNumberOf,
  ratesPublicationFromWire,
} from '@strata/contracts';
import type { LogRecord } from '@strata/domain';
import type { Logger, Serde, TopicRecord } from '@strata/pipeline';
import type { LogAppender } from './log-appender.ts';
import type { Shard } from './shard.ts';

interface PublishedRates {
  readonly number: number;
  readonly record: LogRecord;
}

/**
 * Brings published rates into the log. A partition converts by what its own log says, so the owner of a partition
 * that lacks tables appends them there, oldest first. The fold takes each number once, so one too many changes nothing.
 */
export class RatesWatch {
  readonly #appender: LogAppender;
  readonly #logger: Logger;
  readonly #tables: PublishedRates[] = [];

  constructor(appender: LogAppender, logger: Logger) {
    this.#appender = appender;
    this.#logger = logger;
  }

  /** A record of the policies topic under a key of rates. A table that was taken back is left to who has it. */
  take(record: TopicRecord, serde: Serde<Parameters<typeof ratesPublicationFromWire>[0]>): void {
    if (record.value === null) return;
    const number = ratesNumberOf(record);
    const published = ratesPublicationFromWire(serde.decode(record.value));
    this.#tables.push({ number, record: toRecord(published, number) });
    this.#logger.info({ rates: published.id, kind: published.kind, number }, 'Rates are published');
  }

  /** Appends what partitions lack. To be called with those that have caught up with their log. */
  async bring(shards: readonly Shard[]): Promise<void> {
    for (const { number, record } of this.#tables) {
      const lacking = shards.filter((it) => Math.max(it.state.rates.number, it.ratesSent) < number);
      if (lacking.length === 0) continue;
      const wire = logRecordToWire(record);
      await this.#appender.append(lacking.map(({ partition }) => ({ partition, wire })));
      for (const shard of lacking) shard.ratesSent = number;
      this.#logger.info({ number, partitions: lacking.length }, 'Brought published rates');
    }
  }
}

function toRecord({ kind, id, rows }: RatesPublication, number: number): LogRecord {
  const table = { id, number, rows };
  return kind === 'corrected'
    ? { kind: 'rates-corrected', table }
    : { kind: 'rates-published', table };
}
