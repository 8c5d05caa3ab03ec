import { StrataError } from '@strata/pipeline';

/** First words of Redis errors that pass by themselves: a restart, a failover, a full disk, a long script. */
const PASSING_REPLIES = new Set([
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'NOREPLICAS',
  'READONLY',
  'TRYAGAIN',
]);
const REFUSING_REPLIES = new Set(['NOAUTH', 'NOPERM', 'WRONGPASS']);

/** True for an answer of the server, false for a timeout or a lost connection, after which the outcome is unknown. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

/** Turns whatever ioredis throws into an operating fault that says what to do. `doing` completes "while ...". */
export function toRedisFault(error: unknown, doing: string): StrataError {
  if (error instanceof StrataError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (!isReply(error)) {
    return new StrataError(
      'STRATA_REDIS_UNREACHABLE',
      `Redis did not answer while ${doing} (${message}). Check that it runs and that the URL is right.`,
      { isRetryable: true, cause: error },
    );
  }
  const word = message.split(' ', 1)[0] ?? '';
  const details = { reply: wordToTell(word) };
  if (word === 'OOM') {
    return new StrataError(
      'STRATA_REDIS_OUT_OF_MEMORY',
      `Redis has no memory left while ${doing}. Nothing was written. Raise maxmemory; never set an eviction policy.`,
      { isRetryable: true, cause: error, details },
    );
  }
  if (PASSING_REPLIES.has(word)) {
    return new StrataError(
      'STRATA_REDIS_UNAVAILABLE',
      `Redis cannot serve while ${doing}: ${message}`,
      { isRetryable: true, cause: error, details },
    );
  }
  if (REFUSING_REPLIES.has(word)) {
    return new StrataError(
      'STRATA_REDIS_REFUSED',
      `Redis refuses us while ${doing}: ${message} Check user, password and ACL of the URL.`,
      { cause: error, details },
    );
  }
  return new StrataError('STRATA_REDIS_REPLY', `Redis failed while ${doing}: ${message}`, {
    cause: error,
    details,
  });
}

/** Of a closed set, so that failures can be counted by it. */
function wordToTell(word: string): string {
  const isKnown = word === 'OOM' || PASSING_REPLIES.has(word) || REFUSING_REPLIES.has(word);
  return isKnown ? word : 'ERR';
}
