import type { TopicPartition } from '@strata/pipeline';
import type { LogEntry } from 'kafkajs';

/** Thrown into kafkajs to keep it from jumping. `retriable` false is what makes it stop for good. */
export class OutOfRangeStop extends Error {
  readonly retriable = false;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;

  constructor({ topic, partition }: TopicPartition, offset: number) {
    super(`${topic} partition ${partition} is read from an offset that the log does not hold`);
    this.name = 'OutOfRangeStop';
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
  }
}

const RESET_MESSAGE = 'Offset out of range, resetting to default offset';

/**
 * kafkajs 2.2.4 answers an offset out of range by jumping to the start of the log and committing that, even with
 * auto-commit off, and has no setting against it. It says so first, and an error from its logger stops it in time.
 */
export function stopAtSilentReset(
  { namespace, log }: LogEntry,
  positionOf: (at: TopicPartition) => number,
): void {
  if (namespace !== 'ConsumerGroup' || log.message !== RESET_MESSAGE) return;
  const at = { topic: String(log['topic']), partition: Number(log['partition']) };
  throw new OutOfRangeStop(at, positionOf(at));
}
