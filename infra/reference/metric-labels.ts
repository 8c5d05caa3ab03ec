/**
 * Every label that a metric of ours may have, and what bounds its values. A label that is not here fails the tests: it
 * multiplies the series of its metric, and one that anybody outside can fill has no end, or names a person.
 */
export const METRIC_LABELS: Readonly<Record<string, string>> = {
  cause: 'why a tier changed, or why partitions were assigned: closed lists of the code',
  change: 'what a shadow policy would do: a closed list of the code',
  client: 'what is asked over a network: a closed list of the code',
  code: 'codes of [errors](errors.md)',
  endpoint: 'ids of subscriptions, which operators give',
  from: '`cache`, `store` or `nowhere`',
  key: 'names of the keys of the HTTP intake, which operators give',
  kind: 'kinds of records of the customer log, and kinds of fields that are not let in',
  note: 'notes of the fold: a closed list of the code',
  operation: 'names of calls in the code',
  outcome: 'closed lists of the code',
  partition: 'partitions of the topic',
  path: 'paths that the HTTP intake knows, and `other`',
  policy: 'names of published policies, 32 at most',
  reason:
    '[dead-letter reasons](dead-letter-reasons.md), reasons of maps, and closed lists of the code',
  reply:
    'first words of replies of Redis that say what is wrong with it: a closed list of the code',
  route: 'routes that the console knows',
  schema: 'ids of schemas that records were read by, 32 at most',
  source: 'sources that sent something of use, 32 at most, or those of `STRATA_METRIC_SOURCES`',
  state: 'states of a delivery: a closed list of the code',
  status: 'HTTP statuses that are answered',
  step: 'steps of the service',
  tier: 'tiers of published policies, 32 at most of one',
  topic: 'topics of the stack, and those that mapping files name',
  type: 'types of events and of tier changes: closed lists of the code',
  where: '`queue` or `topic`',
};
