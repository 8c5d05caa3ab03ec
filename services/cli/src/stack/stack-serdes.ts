import { INTAKE_TOPICS, TOPICS } from '@strata/contracts';
import type { TopicRecord, WallClock } from '@strata/pipeline';
import { openTopicSerdes, readSchemaFolder, type SchemaSource } from '@strata/schema-registry';
import type { StackSerdes } from './stack-handle.ts';

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
    of: serdeOf,
    prepare: async (records: readonly TopicRecord[]) => {
      for (const [topic, own] of Map.groupBy(records, (record) => record.topic)) {
        await serdeOf(topic).prepare(own.map(({ value }) => value));
      }
    },
  };
}
