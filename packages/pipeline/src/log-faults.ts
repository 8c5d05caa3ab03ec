import { StrataError } from './faults.ts';
import type { LogBounds, TopicPartition } from './ports.ts';

/** Codes that every log adapter raises alike, so that a caller need not know which log it reads. */
export const LOG_FAULT_CODES = [
  'STRATA_LOG_OFFSET_OUT_OF_RANGE',
  'STRATA_LOG_TOPIC_UNKNOWN',
  'STRATA_LOG_SEND_FAILED',
  'STRATA_LOG_UNREACHABLE',
] as const;

/**
 * The offset to go on from is not in the log any more, or not yet: retention took records that were never read, or
 * the log lost its own tail. Going on quietly would be a silent loss, so this ends the process.
 */
export function offsetOutOfRange(
  at: TopicPartition & { readonly offset: number },
  bounds: LogBounds,
): StrataError {
  const what =
    at.offset < bounds.start
      ? 'Records between them were deleted before they were read: rebuild from a log that still has them, or move the position by hand.'
      : 'The log has lost its end or the topic was created again: restore it, or move the position by hand.';
  return new StrataError(
    'STRATA_LOG_OFFSET_OUT_OF_RANGE',
    `${at.topic} partition ${at.partition} is to be read from offset ${at.offset}, but holds ${bounds.start} to ${bounds.end}. ${what}`,
    { details: { ...place(at), offset: at.offset, start: bounds.start, end: bounds.end } },
  );
}

/** A topic, or a partition of it, that the log does not have. */
export function topicUnknown(topic: string, partition?: number): StrataError {
  const name = partition === undefined ? topic : `${topic} partition ${partition}`;
  return new StrataError(
    'STRATA_LOG_TOPIC_UNKNOWN',
    `The log has no ${name}: create the topics first ("./strata up" does) or correct the name.`,
    { details: partition === undefined ? { topic } : { topic, partition } },
  );
}

function place({ topic, partition }: TopicPartition): { topic: string; partition: number } {
  return { topic, partition };
}

/** Errors that only a mistake in our own code raises. Trying again cannot help: the process has to end. */
export function isProgrammerFault(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError ||
    error instanceof SyntaxError
  );
}
