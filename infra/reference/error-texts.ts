/** What a code means, and what to do about it. The message of the fault itself also names the place. */
interface ErrorText {
  readonly means: string;
  readonly remedy: string;
}

const text = (means: string, remedy: string): ErrorText => ({ means, remedy });

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

/** Raised by the commands, and by the local stack that they start. */
const COMMAND_ERRORS: Readonly<Record<string, ErrorText>> = {
  STRATA_CLI_ALREADY_UP: text('A stack is up already.', 'Use it, or run `./strata down` first.'),
  STRATA_CLI_BAD_MAP: text('A mapping file has problems.', 'Correct each line that is named.'),
  STRATA_CLI_BAD_POLICY: text('A policy file has problems.', 'Correct each line that is named.'),
  STRATA_CLI_BAD_RATES: text(
    'A file of currency rates has problems.',
    'Correct each line that is named.',
  ),
  STRATA_CLI_BENCH_FAILED: text('A benchmark ended early.', 'Read its last words, above.'),
  STRATA_CLI_BROKEN_FILE: text(
    'A file is cut off, is no gzip, or has columns that its format has not.',
    'Fetch the file again, or choose its format.',
  ),
  STRATA_CLI_CONFORMANCE_UNREACHABLE: text(
    'The endpoint that `./strata conformance` tries gave no answer.',
    'Check that the consumer listens at that address.',
  ),
  STRATA_CLI_DOCKER_FAILED: text(
    'Docker Compose failed; its last lines are shown.',
    'Follow what those lines say.',
  ),
  STRATA_CLI_EMPTY_FILE: text('A file holds no event.', 'Choose the right file and format.'),
  STRATA_CLI_EMPTY_LOG: text('The customer log holds nothing yet.', 'Publish events first.'),
  STRATA_CLI_NOT_A_FILE: text('A folder was given where a file is needed.', 'Name the file.'),
  STRATA_CLI_KEY_TAKEN: text(
    'There is a key of that name already.',
    'Remove it first, or choose another name.',
  ),
  STRATA_CLI_KEY_UNKNOWN: text(
    'There is no key of that name.',
    'See `./strata intake-key list`, or `./strata api-key list`.',
  ),
  STRATA_CLI_LOG_CUT: text(
    'The customer log does not begin at its first record any more, so nothing can be folded from the beginning.',
    'Read [recovery](../operations/recovery.md); keep the log for ever (`retention.ms=-1`).',
  ),
  STRATA_CLI_NEW_EPOCH: text(
    'A partition was folded by another version of the fold, so the same numbers cannot be given again.',
    'Read [recovery](../operations/recovery.md).',
  ),
  STRATA_CLI_SUBSCRIPTION_REFUSED: text(
    'A subscription was not changed as asked: somebody else was first, or it does not stand so.',
    'Follow the message; `./strata subscription history` says who changed it.',
  ),
  STRATA_CLI_SCORER_RUNS: text(
    'A scorer took a partition while a new epoch was begun for it. Nothing was replaced.',
    'Stop the scorers, begin the epoch, start them again.',
  ),
  STRATA_CLI_NOT_STILL: text(
    'A partition moved on at every look, or went back, while it was compared.',
    'Try again when less is written.',
  ),
  STRATA_CLI_NO_BENCH: text(
    'The benchmarks are part of a checkout, not of an image.',
    'Run them in a checkout.',
  ),
  STRATA_CLI_NO_CUSTOMERS: text('Nobody is graded yet.', 'Publish events first.'),
  STRATA_CLI_NO_DOCKER: text(
    'Docker or its Compose plugin is missing, or its engine does not answer.',
    'Install or start it, or use `--stack local`.',
  ),
  STRATA_CLI_NO_FILE: text('A file cannot be found or read.', 'Correct the path or its rights.'),
  STRATA_CLI_NO_PRESET: text(
    'There is no policy preset of that name.',
    'Choose one of those listed.',
  ),
  STRATA_CLI_ERASE_ALIAS: text(
    'The customer to erase is part of another since a merge.',
    'Erase the one that is named.',
  ),
  STRATA_CLI_ERASE_MERGING: text(
    'The customer to erase is being merged.',
    'Run the command again when the merge has ended.',
  ),
  STRATA_CLI_ERASED: text(
    'A customer is asked about as of before it was erased.',
    'Ask for a later instant.',
  ),
  STRATA_CLI_NO_PROGRESS: text(
    'Something that the command waits for does not move on.',
    'Look at the service that is named, with `./strata status` and in its log.',
  ),
  STRATA_CLI_NO_SUCH_LETTER: text(
    'No dead letter has this id: it was redriven well, erased, or is older than its retention.',
    'See those there are by `./strata dead-letters list`.',
  ),
  STRATA_CLI_NO_STACK: text('No stack is up.', 'Run `./strata up`.'),
  STRATA_CLI_OTHER_CURRENCY: text(
    'The file counts in another currency than the policy.',
    'Start a stack under a policy in the currency of the file.',
  ),
  STRATA_CLI_STACK_PARTLY_UP: text(
    'Part of the stack has ended.',
    'Run `./strata down`, then `./strata up`.',
  ),
  STRATA_CLI_STACK_GONE: text(
    'The embedded stack ended while a command asked it.',
    'Start it again.',
  ),
  STRATA_CLI_TOO_EARLY: text(
    '`profiles` cannot look back behind the clock.',
    'Use `backtest` for an earlier instant.',
  ),
  STRATA_CLI_NO_POLICY: text(
    'No policy is in force, so there are no tiers yet.',
    'Publish one by `./strata policy publish`.',
  ),
  STRATA_CLI_LINK_REFUSED: text(
    'The other id belongs to another customer already, or does not become free.',
    'The message says which; nothing has changed.',
  ),
  STRATA_CLI_LINK_UNANSWERED: text(
    'The partition of the other id has not answered yet.',
    'See `./strata status`; the link goes on by itself as soon as the services do.',
  ),
  STRATA_CLI_MERGE_REFUSED: text(
    'One of the two customers can take no part in the merge.',
    'The message says which and why; nothing of either has changed.',
  ),
  STRATA_CLI_MERGE_UNANSWERED: text(
    'The partition of the other customer has not answered yet.',
    'See `./strata status`; the merge goes on by itself as soon as the services do.',
  ),
  STRATA_CLI_UNKNOWN_TIER: text(
    'The policy in force has no tier of that name.',
    'Use one of those that the message lists.',
  ),
  STRATA_CLI_UNWRITABLE: text(
    'The output file cannot be written.',
    'Correct the path or its rights.',
  ),
  STRATA_CLI_WALL_TIME: text(
    '`--until` needs a stack in data time.',
    'Use `./strata up --time data`.',
  ),
  STRATA_CLI_WRONG_FORMAT: text('The file is not of the format given.', 'Choose its format.'),
  STRATA_CLI_WRONG_USE: text('The command line is wrong (exit code 2).', 'See `--help`.'),
  STRATA_POLICY_NEEDS_CALIBRATION: text(
    'The policy scores by quantiles, shares or customer value, and a stack cannot calibrate yet.',
    'Write fixed steps, or try the policy by `backtest`.',
  ),
  STRATA_POLICY_IN_FORCE: text(
    'Another policy set is in force; this version activates one, once.',
    'Start a new stack with it, or compare by `backtest`.',
  ),
  STRATA_STACK_ALREADY_UP: text(
    'The stack in that folder is up, or partly up.',
    'Run `./strata status` or `./strata down`.',
  ),
  STRATA_STACK_CHILD_ENDED: text(
    'A part of the stack ended while it started; its last lines are shown.',
    'Follow what those lines say.',
  ),
  STRATA_STACK_FETCH_FAILED: text(
    'Broker, registry or Redis could not be fetched.',
    'Check network and mirrors, or use `--stack embedded`.',
  ),
  STRATA_STACK_NOT_READY: text(
    'A part of the stack did not become ready in time.',
    'Read its log, which the message names.',
  ),
  STRATA_STACK_OTHER_PSEUDONYM_KEY: text(
    'The stack was opened with another pseudonym key, or without one, and keeps it for life.',
    'Start it with the key that it had, or a new one with `--fresh`.',
  ),
  STRATA_STACK_PSEUDONYM_KEY: text(
    '`STRATA_INGESTOR_PSEUDONYM_KEY` is not 32 bytes in base64 or hex.',
    'Make one: `openssl rand -base64 32`, and keep it apart from the stack.',
  ),
  STRATA_STACK_OTHER_TIME: text(
    'The stack was opened in the other kind of time, and keeps it for life.',
    'Start it as it was, or a new one with `--fresh`.',
  ),
  STRATA_STACK_PREREQUISITE_MISSING: text(
    'Java, Maven or Redis is missing.',
    'Install what is named, or use `--stack embedded`.',
  ),
  STRATA_STACK_TEMPLATE_INVALID: text(
    'A settings template names something that is not given.',
    'Restore infra/kafka/server.properties from git.',
  ),
};

export const ERROR_TEXTS = { service: SERVICE_ERRORS, command: COMMAND_ERRORS } as const;
