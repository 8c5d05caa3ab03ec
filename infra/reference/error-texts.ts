import { COMMAND_ERRORS } from './command-error-texts.ts';
import { type ErrorText, text } from './error-text.ts';

/** Raised by adapters, services and the client: in logs, and in the answer of `/healthz`. */
const SERVICE_ERRORS: Readonly<Record<string, ErrorText>> = {
  STRATA_API_KEYS_INVALID: text(
    'A file of keys, of those that may send by HTTP or of those that may ask the API, cannot be used.',
    'Correct what the message names, or make keys with `./strata intake-key add` or `./strata api-key add`.',
  ),
  STRATA_CLIENT_SECRET: text(
    'A consumer gave `@strata/client` no secret, or one that cannot be used.',
    'Give the secrets as the subscription has them: `whsec_` and base64.',
  ),
  STRATA_CONFIG_INVALID: text(
    'The environment of a service has a variable that is wrong, missing or unknown.',
    'Correct what the message lists; see [configuration](configuration.md).',
  ),
  STRATA_INGESTOR_BAD_MAP: text(
    'A mapping file that `STRATA_INGESTOR_MAPS` names is wrong, or cannot be read.',
    'Correct what the message lists; try it with `./strata map check`.',
  ),
  STRATA_INGESTOR_PSEUDONYM_KEY: text(
    'The stack was opened with another pseudonym key, or without one.',
    'Set `STRATA_INGESTOR_PSEUDONYM_KEY` to the key of the stack; the message names both keys, not their bytes.',
  ),
  STRATA_INGESTOR_PARTITIONS_DIFFER: text(
    '`strata.intake.events.v1` and the customer log have different numbers of partitions.',
    'Create both with the same number.',
  ),
  STRATA_JOBS_REDIS: text(
    'The Redis of the delivery queue failed. Asked again by itself.',
    'Check that Redis and its address.',
  ),
  STRATA_KAFKA_CONSUMER_CRASHED: text(
    'The Kafka client gave up on its group. The process ends, so that its supervisor starts it anew.',
    'Read the cause in the log; check the brokers.',
  ),
  STRATA_KAFKA_FORMAT_UNKNOWN: text(
    'The broker answered in a form that this version does not read.',
    'Use a broker of the versions in [local stack](../operations/local-stack.md).',
  ),
  STRATA_KAFKA_NO_PROGRESS: text(
    'Nothing went on with a partition for five minutes although records wait. The process ends.',
    'Start it again; report what it was doing if it hangs again.',
  ),
  STRATA_KAFKA_TOPIC_MISMATCH: text(
    'A topic has other partitions or settings than the stack needs.',
    'Point the settings at the right cluster, or create the topic as the message says.',
  ),
  STRATA_LOG_OFFSET_OUT_OF_RANGE: text(
    'The offset to go on from is not in the log any more, or not yet.',
    'Restore the log, or rebuild; going on would be a silent loss.',
  ),
  STRATA_LOG_RECORD_TOO_LARGE: text(
    'A record is larger than its topic takes.',
    'Raise `max.message.bytes` of the topic, or shorten the record.',
  ),
  STRATA_LOG_SEND_FAILED: text(
    'Records could not be appended; some may lie in the log. Sent again by itself.',
    'Check the brokers when it goes on.',
  ),
  STRATA_LOG_TOPIC_UNKNOWN: text(
    'The log has no such topic or partition.',
    'Run the deploy step (`./strata up` does), or correct the name.',
  ),
  STRATA_LOG_UNREACHABLE: text(
    'The brokers do not answer. Tried again by itself.',
    'Check that they are up and that the settings name them.',
  ),
  STRATA_NOTIFIER_POSITION: text(
    'The stored position lies beyond the end of the topic of tier changes.',
    'Restore the topic, or give the notifier a fresh queue store.',
  ),
  STRATA_NOTIFIER_SUBSCRIPTIONS: text(
    'The topic, or the file, of webhook subscriptions cannot be read, or the file is wrong.',
    'Correct what the message names; see [subscriptions](../delivery/subscriptions.md).',
  ),
  STRATA_REDIS_NOT_APPLIED: text(
    'A commit got no answer and was not applied. Tried again by itself.',
    'Nothing, unless it repeats: then look at the Redis of the state.',
  ),
  STRATA_REDIS_OUTCOME_UNKNOWN: text(
    'A commit got no answer and Redis cannot be asked what became of it. The partition is taken anew.',
    'Check the Redis of the state.',
  ),
  STRATA_REDIS_OUT_OF_MEMORY: text(
    'The Redis of the state has no memory left. Nothing was written.',
    'Raise `maxmemory`; never set an eviction policy.',
  ),
  STRATA_REDIS_REFUSED: text(
    'Redis refuses user, password or command.',
    'Check user, password and ACL of the address.',
  ),
  STRATA_REDIS_REPLY: text(
    'Redis answered with an error that we do not know.',
    'Read the message; it is Redis’ own.',
  ),
  STRATA_REDIS_UNAVAILABLE: text(
    'Redis is loading, read-only or in a failover. Tried again by itself.',
    'Wait; check Redis when it goes on.',
  ),
  STRATA_REDIS_UNREACHABLE: text(
    'Redis does not answer. Tried again by itself.',
    'Check that it runs and that the address is right.',
  ),
  STRATA_REGISTRY_REFUSED: text(
    'The schema registry answered with an error.',
    'Read the message; it is the registry’s own.',
  ),
  STRATA_REGISTRY_SCHEMA_ABSENT: text(
    'A schema that this version writes is not registered.',
    'Run the deploy step: services never register.',
  ),
  STRATA_REGISTRY_SCHEMA_INCOMPATIBLE: text(
    'A schema does not read, or is not read by, all earlier versions.',
    'Change it as [schemas](../../schemas/README.md) says.',
  ),
  STRATA_REGISTRY_UNREACHABLE: text(
    'The schema registry does not answer. Tried again by itself.',
    'Check that it runs and that the address is right.',
  ),
  STRATA_REGISTRY_VALUE_UNFIT: text(
    'A value of ours does not fit its schema. The ingestor makes a dead letter of its record.',
    'In any other place a fault of ours: report it.',
  ),
  STRATA_SCORER_FOLD_FAILED: text(
    'The fold threw. Nothing of that commit was written, and the process ends.',
    'A fault of ours: report the partition and offset that the log names.',
  ),
  STRATA_SCORER_FOLD_VERSION: text(
    'A partition was folded by another version of the fold.',
    'Run the version that the message names, or `./strata rebuild --new-epoch` with the new one ([recovery](../operations/recovery.md)).',
  ),
  STRATA_SCORER_LEDGER_LAYOUT: text(
    'The bookkeeping of a partition has the layout of another version.',
    'Run the version that wrote it.',
  ),
  STRATA_SCORER_LOG_CUT: text(
    'Records were deleted from the customer log before they were folded. The partition is halted.',
    'Restore them, then start the scorer again.',
  ),
  STRATA_SCORER_MARKER_KEY: text(
    'The erased customers of a partition were marked with another key.',
    'Set STRATA_SEALING_KEY to the key of the stack, or rebuild the partition.',
  ),
  STRATA_SCORER_LOG_LOST_ITS_END: text(
    'The customer log ends below what was already folded. The partition is halted.',
    'Restore the log, then start the scorer again.',
  ),
  STRATA_SCORER_LOG_REPLACED: text(
    'The customer log holds another record where the last folded one lay. The partition is halted.',
    'Restore the log, then start the scorer again.',
  ),
  STRATA_SCORER_OUTPUT_GAP: text(
    'An output topic ends below what was already published there. Logged, and counted as an alarm.',
    'Look for what removed records from that topic.',
  ),
  STRATA_SCORER_PARTITION_COUNT: text(
    'The number of partitions is not the one the stack was opened with.',
    'Restore the topics; growing means a new stack.',
  ),
  STRATA_SCORER_RELAY_HANGS: text(
    'Publishing outputs neither went on nor failed for five minutes. The process ends.',
    'Start it again; look at the broker if it hangs again.',
  ),
  STRATA_SCORER_REBUILD_TAKEN: text(
    'Two rebuilds of one partition ran at once; this one ended.',
    'Let the other one end, then start again: it goes on where the last commit was.',
  ),
  STRATA_SCORER_STATE_UNREADABLE: text(
    'The stored state of a partition or a customer cannot be decoded.',
    'Run the version that wrote it; restore Redis where it is damaged.',
  ),
  STRATA_SEALING_BROKEN: text(
    'Sealed bytes were cut or changed.',
    'Nothing opens them: look for what wrote them.',
  ),
  STRATA_SEALING_KEY_INVALID: text(
    'The sealing key is not 32 bytes in base64 or hex.',
    'Make one: `openssl rand -base64 32`.',
  ),
  STRATA_SEALING_OTHER_KEY: text(
    'Bytes were sealed with another key; the message names it.',
    'Set `STRATA_SEALING_KEY` to that key.',
  ),
  STRATA_STATE_CODEC_DAMAGED: text(
    'Bytes of state end too soon or hold what cannot be.',
    'See `STRATA_SCORER_STATE_UNREADABLE`.',
  ),
  STRATA_STATE_CODEC_NUMBER: text(
    'A number does not fit the layout of the state.',
    'A fault of ours: report it.',
  ),
  STRATA_STATE_CODEC_SECTION: text(
    'Bytes of state have a section that this version does not know.',
    'Run the version that wrote them.',
  ),
  STRATA_STATE_CODEC_VERSION: text(
    'Bytes of state have a layout that this version does not know.',
    'Run the version that wrote them.',
  ),
  STRATA_SUBSCRIPTION_REFUSED: text(
    'A subscription was not changed as asked: somebody else was first, or it does not stand so.',
    'Look at it again, and repeat the change if it still makes sense.',
  ),
  STRATA_UNEXPECTED: text(
    'A fault without a code of its own ended a service.',
    'A fault of ours: report the log line.',
  ),
};

export const ERROR_TEXTS = { service: SERVICE_ERRORS, command: COMMAND_ERRORS } as const;
