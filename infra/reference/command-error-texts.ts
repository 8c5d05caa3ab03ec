import { type ErrorText, text } from './error-text.ts';

/** Raised by the commands, and by the local stack that they start. */
export const COMMAND_ERRORS: Readonly<Record<string, ErrorText>> = {
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
  STRATA_CLI_CLOCKS_APART: text(
    'In data time, some customers are ahead of the last clock mark, so nobody can be calibrated by.',
    'Wait until the import has ended, or move the clock on with `./strata import ... --until DATE`.',
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
  STRATA_CLI_LIVE_OTHERWISE: text(
    'The stack went live, or began to, with another choice of what is announced.',
    'Run go-live without a flag: what was asked first holds.',
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
  STRATA_CLI_NOT_SETTLED: text(
    'Something of the imported history is under way still, or lies ahead of the broker’s clock.',
    'Do what the message names, then run go-live again.',
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
  STRATA_CLI_NO_FORMER_POLICY: text(
    'No policy set was in force before the present one.',
    'Name the one to go back to; `policy list` shows all.',
  ),
  STRATA_CLI_NO_SUCH_POLICY: text(
    'Nothing that was published is called so.',
    'See `policy list`; a file is called by its path.',
  ),
  STRATA_CLI_VOID_POLICY: text(
    'The publication that was named never was in force.',
    'Choose one that was, by `policy list`.',
  ),
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
  STRATA_CLI_NOTHING_TO_CALIBRATE: text(
    'The policy set has no quantiles, shares or dimensions of customer value.',
    'It needs no calibration. Choose another set with `--set`.',
  ),
  STRATA_CLI_NO_SCHEDULE: text(
    'The policy does not say how often it is calibrated.',
    'Write `calibration: {every: 7d}` into it, or leave out `--if-due`.',
  ),
  STRATA_CLI_NO_SUCH_SET: text(
    'No policy set of this id was ever published.',
    'Give the id of one, the path of a file or the name of a preset.',
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
  STRATA_CLI_TOO_FEW: text('There is nobody to calibrate by.', 'Import or send events first.'),
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
  STRATA_POLICY_IN_FORCE: text(
    'A command that puts a first policy in force found another one there. Nothing was changed.',
    'Publish it by `policy publish`, which shows what changes and for whom.',
  ),
  STRATA_POLICY_NEEDS_CALIBRATION: text(
    'The policy scores by quantiles, shares or customer value, and no calibration of it was published.',
    'Make one with `./strata calibrate --set FILE`, then publish it; or try it by `backtest`.',
  ),
  STRATA_POLICY_PUBLISHED_MEANWHILE: text(
    'Somebody else published while this publication was checked against the set before; nothing of it has happened.',
    'Look at what holds now by `policy list`, and publish again.',
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
    'The stack was opened in the other kind of time and keeps it, or has gone live since.',
    'Start it as the message says, or a new one with `--fresh`.',
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
