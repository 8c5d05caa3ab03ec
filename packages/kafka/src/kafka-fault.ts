import { StrataError, topicUnknown } from '@strata/pipeline';

/** What kafkajs says of its errors beside the message. */
interface KafkaErrorFields {
  readonly name?: string;
  readonly type?: string;
  readonly topic?: string;
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

/** The error at the bottom: kafkajs wraps what it gave up on, sometimes twice. */
export function rootCause(error: unknown): unknown {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error && root.cause !== root) {
    root = root.cause;
  }
  return root;
}

export function kafkaErrorType(error: unknown): string | undefined {
  return (rootCause(error) as KafkaErrorFields | undefined)?.type;
}

/** True where the same request may well succeed a moment later. */
export function isPassing(error: unknown): boolean {
  const root = rootCause(error) as KafkaErrorFields | undefined;
  if (root?.type === 'UNKNOWN_TOPIC_OR_PARTITION') return false;
  return root?.retriable === true || root?.name?.startsWith('KafkaJSConnection') === true;
}

/** Our error for one of kafkajs; one of ours stays as it is. */
export function readFault(error: unknown, topic: string, doing: string): Error {
  const root = rootCause(error);
  if (root instanceof StrataError || root instanceof TypeError) return root;
  if (kafkaErrorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return topicUnknown(topic);
  return new StrataError(
    'STRATA_LOG_UNREACHABLE',
    `Could not ${doing} ${topic}: ${root instanceof Error ? root.message : String(root)}. Check that the brokers are up and that the settings name them.`,
    { isRetryable: true, cause: error, details: { topic } },
  );
}
