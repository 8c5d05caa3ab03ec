import type { DeadLetterReason, Dropped } from '@strata/contracts';
import type { IngestorMetrics } from './metrics.ts';

/** What became of the records of a batch, to be counted when they are safe. */
export class BatchTally {
  readonly #topic: string;
  readonly #outcomes = new Map<string, number>();
  readonly #reasons = new Map<string, number>();
  readonly #dropped = new Map<string, number>();
  readonly #skipped = new Map<string, number>();
  #events = 0;

  constructor(topic: string) {
    this.#topic = topic;
  }

  ended(outcome: 'appended' | 'clock'): void {
    add(this.#outcomes, outcome, 1);
  }

  /** A record of another system's topic, by how many events it became. */
  mapped(events: number): void {
    add(this.#outcomes, 'appended', 1);
    this.#events += events;
  }

  skipped(reason: string): void {
    add(this.#outcomes, 'skipped', 1);
    add(this.#skipped, reason, 1);
  }

  refused(reason: DeadLetterReason): void {
    add(this.#outcomes, 'refused', 1);
    add(this.#reasons, reason, 1);
  }

  readonly dropped = (dropped: Dropped): void => {
    for (const [kind, count] of dropped) add(this.#dropped, kind, count);
  };

  count(metrics: IngestorMetrics): void {
    const topic = this.#topic;
    for (const [outcome, count] of this.#outcomes) metrics.records.inc({ topic, outcome }, count);
    for (const [reason, count] of this.#skipped) {
      metrics.skippedRecords.inc({ topic, reason }, count);
    }
    if (this.#events > 0) metrics.mappedEvents.inc({ topic }, this.#events);
    for (const [reason, count] of this.#reasons) metrics.deadLetters.inc({ reason }, count);
    for (const [kind, count] of this.#dropped) metrics.droppedFields.inc({ kind }, count);
  }
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}
