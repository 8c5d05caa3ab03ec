import { tellableSource } from '@strata/contracts';
import type { CustomerEvent, LogRecord } from '@strata/domain';
import { schemaIdOf } from '@strata/schema-registry';
import { LabelNames, UNKNOWN_LABEL } from '@strata/service-runtime';
import type { DecodedRecord } from './decode.ts';
import type { Refusal } from './write-outputs.ts';

/** The event that a record brings, be it straight from its source or by way of an alias. */
export function eventIn(record: LogRecord): CustomerEvent | null {
  return record.kind === 'event' || record.kind === 'forwarded' ? record.event : null;
}

/** The labels by which dead letters are counted, each of a bounded set: only who sent something of use has a name. */
export class LetterLabels {
  readonly #sources: LabelNames;
  readonly #schemas = new LabelNames();

  constructor(metricSources: readonly string[] = []) {
    this.#sources = new LabelNames(metricSources);
  }

  /** Of a record that was taken. */
  learn(record: LogRecord): void {
    const event = eventIn(record);
    if (event === null || !this.#sources.isOpen || this.#sources.knows(event.source)) return;
    this.#sources.learn(tellableSource({ ...event }));
  }

  /** Reason, source, type and schema, with a space between: none of them has one. */
  of({ reason, source, type }: Refusal, { content, original }: DecodedRecord): string {
    const id = original.value === null ? null : schemaIdOf(original.value);
    if (content.kind === 'record' && id !== null) this.#schemas.learn(String(id));
    const schema = this.#schemas.labelOf(id === null ? null : String(id));
    return `${reason} ${this.#sources.labelOf(source)} ${type ?? UNKNOWN_LABEL} ${schema}`;
  }
}
