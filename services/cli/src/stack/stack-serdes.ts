import { INTAKE_TOPICS, TOPICS, type WireRecord } from '@strata/contracts';
import type { Serde, TopicRecord, WallClock } from '@strata/pipeline';
import {
  openTopicSerdes,
  readSchemaFolder,
  type SchemaSource,
  type TopicSerde,
} from '@strata/schema-registry';

export interface StackSerdes {
  readonly intake: Serde<WireRecord>;
  readonly customerLog: Serde<WireRecord>;
  readonly policies: Serde<WireRecord>;
  readonly tierChanges: Serde<WireRecord>;
  readonly tiers: Serde<WireRecord>;
  readonly deadLetters: Serde<WireRecord>;
  readonly subscriptions: TopicSerde;
  /** Any of them by its topic. */
  readonly of: (topic: string) => TopicSerde;
  /** Fetches what is needed to decode these records; decoding is synchronous from then on. */
  prepare(records: readonly TopicRecord[]): Promise<void>;
}

/** The serdes of every topic that a command reads or writes. */
export async function openStackSerdes(
  source: SchemaSource,
  clock: WallClock,
): Promise<StackSerdes> {
  const serdeOf = await openTopicSerdes({
    source,
    schemas: readSchemaFolder(),
    clock,
    untrusted: INTAKE_TOPICS,
  });
  return {
    intake: serdeOf(TOPICS.events),
    customerLog: serdeOf(TOPICS.customerLog),
    policies: serdeOf(TOPICS.policies),
    tierChanges: serdeOf(TOPICS.tierChanges),
    tiers: serdeOf(TOPICS.tiers),
    deadLetters: serdeOf(TOPICS.deadLetters),
    subscriptions: serdeOf(TOPICS.subscriptions),
    of: serdeOf,
    prepare: async (records: readonly TopicRecord[]) => {
      for (const [topic, own] of Map.groupBy(records, (record) => record.topic)) {
        await serdeOf(topic).prepare(own.map(({ value }) => value));
      }
    },
  };
}
