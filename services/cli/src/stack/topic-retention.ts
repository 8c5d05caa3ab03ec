import { type KafkaSettings, topicConfigs } from '@strata/kafka';
import type { TopicRetention } from './stack-handle.ts';

const NAMES = ['cleanup.policy', 'retention.ms', 'segment.ms'] as const;

/** From the settings that the broker has now. */
export async function retentionOf(
  settings: KafkaSettings,
  topics: readonly string[],
): Promise<ReadonlyMap<string, TopicRetention>> {
  const configs = await topicConfigs(settings, topics, { names: NAMES });
  return new Map(
    topics.map((topic) => {
      const [cleanup = '', retention = '-1', segment = '0'] = NAMES.map((name) =>
        configs.get(topic)?.get(name),
      );
      const isCompacted = cleanup.includes('compact');
      const isKept = !cleanup.includes('delete') || retention === '-1';
      return [
        topic,
        { isCompacted, goneAfterMs: isKept ? null : Number(retention) + Number(segment) },
      ];
    }),
  );
}
