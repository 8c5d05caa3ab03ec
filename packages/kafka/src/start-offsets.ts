import type { LogReader, TopicPartition } from '@strata/pipeline';
import { offsetOutOfRange, tpKey } from '@strata/pipeline';

/** Where each partition starts, checked against what the log holds: kafkajs would jump silently. Null: halted. */
export async function startOffsets(
  log: LogReader,
  asked: {
    readonly partitions: readonly TopicPartition[];
    readonly answered: ReadonlyMap<string, number | null>;
    readonly groupId: string;
  },
): Promise<ReadonlyMap<string, number | null>> {
  const { partitions, answered, groupId } = asked;
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  const isWhole = partitions.every((at) => answered.has(tpKey(at)));
  const committed = isWhole ? new Map() : await log.committed(groupId, topics);
  const starts = new Map<string, number | null>();
  for (const topic of topics) {
    const bounds = await log.bounds(topic);
    for (const at of partitions.filter((one) => one.topic === topic)) {
      const { start, end } = bounds[at.partition] ?? { start: 0, end: 0 };
      const answer = answered.get(tpKey(at));
      const offset = answer === undefined ? (committed.get(tpKey(at)) ?? start) : answer;
      if (offset !== null && (offset < start || offset > end)) {
        throw offsetOutOfRange({ ...at, offset }, { start, end });
      }
      starts.set(tpKey(at), offset);
    }
  }
  return starts;
}
