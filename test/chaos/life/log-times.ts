import type { StackHandle } from '@strata/cli';
import { logRecordFromWire, TOPICS, tierChangeFromWire } from '@strata/contracts';
import type { TopicRecord } from '@strata/pipeline';
import { isNewcomer } from './crowd.ts';
import type { Kill } from './killer.ts';

/** By the broker's clock: from the record of a publication in a partition to the sweep that named the last of its customers. */
export interface SweepSpan {
  readonly partition: number;
  readonly through: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Named, those named twice counted twice. */
  readonly customers: number;
}

/** One purchase of somebody new, from the customer log to the tier change that it made. */
export interface Answered {
  readonly atMs: number;
  readonly tookMs: number;
}

export interface LogTimes {
  readonly spans: readonly SweepSpan[];
  readonly answered: readonly Answered[];
  /** Purchases of newcomers that no tier change answers. */
  readonly unanswered: number;
}

/** What the topics themselves say about when things happened. */
export async function readLogTimes(stack: StackHandle): Promise<LogTimes> {
  const spans: SweepSpan[] = [];
  const askedAt = new Map<string, number>();
  const answeredAt = new Map<string, number>();
  for (let partition = 0; partition < stack.partitions; partition += 1) {
    const sweeps = new SweepSpans(partition);
    for await (const record of all(stack, TOPICS.customerLog, partition)) {
      const said = logRecordFromWire(stack.serdes.customerLog.decode(valueOf(record)));
      if (said.kind === 'event') noteFirst(askedAt, said.event.customerId, record.appendedAt);
      else if (said.kind === 'policy-activated' || said.kind === 'calibrated') {
        sweeps.turn(said.number ?? 0, record.appendedAt);
      } else if (said.kind === 'sweep') sweeps.sweep(said, record.appendedAt);
    }
    spans.push(...sweeps.done);
    for await (const record of all(stack, TOPICS.tierChanges, partition)) {
      const { customerId } = tierChangeFromWire(stack.serdes.tierChanges.decode(valueOf(record)));
      noteFirst(answeredAt, customerId, record.appendedAt);
    }
  }
  const answered = [...askedAt].flatMap(([customerId, atMs]) => {
    const doneMs = answeredAt.get(customerId);
    return doneMs === undefined ? [] : [{ atMs, tookMs: doneMs - atMs }];
  });
  return { spans, answered, unanswered: askedAt.size - answered.length };
}

/** How many kills took away the owner of a partition in the middle of its sweep. */
export function killsDuringSweeps(kills: readonly Kill[], spans: readonly SweepSpan[]): number {
  return kills.filter(({ atMs, partitions }) =>
    spans.some((it) => partitions.includes(it.partition) && it.fromMs <= atMs && atMs <= it.toMs),
  ).length;
}

class SweepSpans {
  readonly done: SweepSpan[] = [];
  readonly #partition: number;
  #through = 0;
  #fromMs: number | null = null;
  #customers = 0;

  constructor(partition: number) {
    this.#partition = partition;
  }

  turn(number: number, atMs: number): void {
    if (number <= this.#through) return;
    this.#through = number;
    this.#fromMs ??= atMs;
    this.#customers = 0;
  }

  sweep(
    said: {
      readonly through: number;
      readonly customerIds: readonly string[];
      readonly isLast: boolean;
    },
    atMs: number,
  ): void {
    if (said.through < this.#through || this.#fromMs === null) return;
    this.#customers += said.customerIds.length;
    if (!said.isLast) return;
    const { through } = said;
    const [partition, fromMs, customers] = [this.#partition, this.#fromMs, this.#customers];
    this.done.push({ partition, through, fromMs, toMs: atMs, customers });
    this.#fromMs = null;
  }
}

async function* all(stack: StackHandle, topic: string, partition: number) {
  for await (const records of stack.reader.read({ topic, partition, offset: 0 })) {
    await stack.serdes.prepare(records);
    yield* records;
  }
}

function valueOf({ value }: TopicRecord): Uint8Array {
  return value ?? new Uint8Array();
}

function noteFirst(times: Map<string, number>, customerId: string, atMs: number): void {
  if (isNewcomer(customerId) && !times.has(customerId)) times.set(customerId, atMs);
}
