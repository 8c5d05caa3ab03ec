import {
  letterSubjectIn,
  type RedriveSlip,
  TOPICS,
  tellableSource,
  UNNAMED_LETTER,
} from '@strata/contracts';
import type { CustomerEvent } from '@strata/domain';
import { type OutgoingRecord, partitionFor, type TopicRecord } from '@strata/pipeline';
import { LabelNames, UNKNOWN_LABEL } from '@strata/service-runtime';
import type { BatchTally } from './batch-tally.ts';
import type { GateOutcome } from './gate.ts';
import type { IngestorPorts, IngestorSettings } from './ingestor-ports.ts';
import type { Refused } from './outcome.ts';
import { deadLetter } from './steps/dead-letter.ts';

/** Turns refused records into dead letters, and counts them by labels that stay few. */
export class Refusals {
  readonly #who: Parameters<typeof letterSubjectIn>[1];
  readonly #to: Omit<Parameters<typeof deadLetter>[2], 'subject' | 'source' | 'slip'>;
  readonly #sources: LabelNames;
  readonly #schemas = new LabelNames();

  constructor(
    { seal, serde, markerOf }: Pick<IngestorPorts, 'seal' | 'serde' | 'markerOf'>,
    {
      identity,
      redrivesMax,
      metricSources,
    }: Pick<IngestorSettings, 'identity' | 'redrivesMax' | 'metricSources'>,
    partitions: number,
  ) {
    this.#who = { markerOf, identity };
    this.#to = { seal, serde: serde(TOPICS.deadLetters), partitions, redrivesMax };
    this.#sources = new LabelNames(metricSources);
  }

  /** Only who has sent something of use is named by metrics: a producer may put anything into a name. */
  learn(event: CustomerEvent): void {
    if (!this.#sources.isOpen || this.#sources.knows(event.source)) return;
    this.#sources.learn(tellableSource({ ...event }));
  }

  letterOf(
    record: TopicRecord,
    why: Refused,
    { passage, tally }: { readonly passage: GateOutcome; readonly tally: BatchTally },
  ): OutgoingRecord {
    const { raw, slip } = passage;
    const source = raw === null ? null : tellableSource(raw);
    if (raw !== null && passage.schemaId !== null) {
      this.#schemas.learn(String(passage.schemaId));
    }
    tally.refused({
      reason: why.reason,
      source: this.#sources.labelOf(source),
      type: why.type ?? UNKNOWN_LABEL,
      schema: why.schemaId === null ? 'json' : this.#schemas.labelOf(String(why.schemaId)),
    });
    if (slip !== null) tally.redriven('refused');
    const subject = raw === null ? UNNAMED_LETTER : letterSubjectIn(raw, this.#who);
    return deadLetter(record, why, { ...this.#to, subject, source, slip });
  }

  /** The tombstone of a letter that has served. */
  served({ letter }: RedriveSlip): OutgoingRecord {
    const key = new TextEncoder().encode(letter);
    const partition = partitionFor(key, this.#to.partitions);
    return { topic: TOPICS.deadLetters, partition, key, value: null, headers: {} };
  }
}
