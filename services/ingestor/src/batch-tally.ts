import type { DeadLetterReason, Dropped } from '@strata/contracts';
import type { IngestorMetrics } from './metrics.ts';

/** Each of a bounded set: a label is never what a producer wrote, unless it is a known name. */
export interface RefusalLabels {
  readonly reason: DeadLetterReason;
  readonly source: string;
  readonly type: string;
  readonly schema: string;
}

/** What became of the records of a batch, to be counted when they are safe. */
export class BatchTally {
  readonly #topic: string;
  readonly #outcomes = new Map<string, number>();
  readonly #refusals = new Map<string, { readonly labels: RefusalLabels; count: number }>();
  readonly #redrives = new Map<string, number>();
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

  refused(labels: RefusalLabels): void {
    add(this.#outcomes, 'refused', 1);
    const { reason, source, type, schema } = labels;
    const name = `${reason} ${type} ${schema} ${source}`;
    const known = this.#refusals.get(name);
    if (known === undefined) this.#refusals.set(name, { labels, count: 1 });
    else known.count += 1;
  }

  redriven(outcome: 'appended' | 'refused'): void {
    add(this.#redrives, outcome, 1);
  }

  readonly dropped = (dropped: Dropped): void => {
    for (const [kind, count] of dropped) add(this.#dropped, kind, count);
  };

  count(metrics: IngestorMetrics): void {
    const topic = this.#topic;
    for (const [outcome, count] of this.#outcomes) metrics.records.inc({ topic, outcome }, count);
    for (const { labels, count } of this.#refusals.values()) {
      metrics.deadLetters.inc({ ...labels }, count);
      metrics.refusedRecords.inc(count);
    }
    for (const [outcome, count] of this.#redrives) metrics.redrives.inc({ outcome }, count);
    for (const [reason, count] of this.#skipped) {
      metrics.skippedRecords.inc({ topic, reason }, count);
    }
    if (this.#events > 0) metrics.mappedEvents.inc({ topic }, this.#events);
    for (const [kind, count] of this.#dropped) metrics.droppedFields.inc({ kind }, count);
  }
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}
