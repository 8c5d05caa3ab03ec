import type {
  BatchOutcome,
  GroupHandlers,
  GroupReader,
  LogReader,
  LogWriter,
  OutgoingRecord,
  RecordBatch,
  TopicPartition,
  TopicRecord,
} from '@strata/pipeline';
import { tpKey } from '@strata/pipeline';

/** One kind of log, opened for a suite. Topics and groups are fresh by their names. */
export interface RecordLogHarness {
  readonly reader: LogReader;
  readonly writer: LogWriter;
  newGroupReader(): GroupReader;
  createTopic(partitions: number): Promise<string>;
  newGroupId(): string;
  /** Adds one or more offsets to the end that will never hold a record. */
  appendGap(at: TopicPartition): Promise<void>;
  /** Deletes what lies before the offset. */
  cutBefore(at: TopicPartition, offset: number): Promise<void>;
  close(): Promise<void>;
}

/** A record whose key and value are texts. */
export function aRecord(at: TopicPartition, value: string, key = 'k'): OutgoingRecord {
  return { ...at, key: Buffer.from(key), value: Buffer.from(value), headers: {} };
}

export function valueOf(record: TopicRecord): string | null {
  return record.value === null ? null : Buffer.from(record.value).toString();
}

export async function readAll(batches: AsyncIterable<TopicRecord[]>): Promise<TopicRecord[]> {
  const records: TopicRecord[] = [];
  for await (const batch of batches) records.push(...batch);
  return records;
}

interface ProbeAnswers {
  readonly starts?: (assigned: readonly TopicPartition[]) => ReadonlyMap<string, number | null>;
  readonly batch?: (batch: RecordBatch) => BatchOutcome | Promise<BatchOutcome>;
}

/** Handlers that write down what they are given, and wake whoever waits for something to be among it. */
export class GroupProbe implements GroupHandlers {
  readonly assignments: { readonly partitions: string[]; readonly cause: string }[] = [];
  readonly batches: RecordBatch[] = [];
  readonly records: TopicRecord[] = [];
  readonly fatals: unknown[] = [];
  readonly #answers: ProbeAnswers;
  readonly #waiting = new Set<() => void>();

  constructor(answers: ProbeAnswers = {}) {
    this.#answers = answers;
  }

  async onAssigned(
    assigned: readonly TopicPartition[],
    cause: string,
  ): Promise<ReadonlyMap<string, number | null>> {
    this.assignments.push({ partitions: assigned.map(tpKey).sort(), cause });
    this.#changed();
    return this.#answers.starts?.(assigned) ?? new Map();
  }

  async onBatch(batch: RecordBatch): Promise<BatchOutcome> {
    this.batches.push(batch);
    this.records.push(...batch.records);
    this.#changed();
    return (await this.#answers.batch?.(batch)) ?? 'done';
  }

  onFatal(error: unknown): void {
    this.fatals.push(error);
    this.#changed();
  }

  values(): (string | null)[] {
    return this.records.map(valueOf);
  }

  lastAssigned(): readonly string[] {
    return this.assignments.findLast(({ cause }) => cause === 'joined')?.partitions ?? [];
  }

  /** Settles as soon as the condition holds, looked at after every call of a handler. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #changed(): void {
    for (const look of this.#waiting) look();
  }
}
