/** What each key of a policy means, by its place: `*` stands for a name, `[]` for each entry of a list. */
export const POLICY_TEXTS: Readonly<Record<string, string>> = {
  policy: 'Name of the policy.',
  version: 'Its version; what was published under one never changes.',
  applies_to:
    'Whom it grades: `existing` everybody who bought, `prospects` everybody who has not yet; or, of those who bought, by an attribute, which wins over `existing`. Each document of a file (`---` between them) is a policy of one set.',
  'applies_to.attribute': 'Attribute of the profile, as `segment`.',
  'applies_to.in':
    'Values that match; of an attribute with several any one does. Of several policies that match the first of the file grades.',
  base_currency: 'ISO 4217. Amounts are counted in its minor units.',
  time_zone: 'IANA zone whose days `purchase_days` counts.',
  ladder: 'The tiers, lowest first.',
  replaces:
    'Tiers of the version before that this one no longer has, each with the tier of this one that takes its customers. A set cannot be published while a removed tier has none.',
  labels: 'Names of tiers for people.',
  'labels.*.zh': 'Name in Chinese.',
  'labels.*.en': 'Name in English.',
  dimensions: 'What is measured, by a name of your own.',
  'dimensions.*.of': 'What the dimension measures.',
  'dimensions.*.window': 'Of all but `recency`: an event at t counts until t + window, exactly.',
  'dimensions.*.steps':
    'The first step that matches gives the points. Without steps the value, capped, is the points; `recency` and `clv` need them.',
  'dimensions.*.steps[].within': '`recency`: the last counted order is less than this old. Rising.',
  'dimensions.*.steps[].at_least':
    'The least value of the step: orders, days, minor units, weight, a count, a percentage, a chance; for `tenure` a duration. Falling.',
  'dimensions.*.horizon': '`clv`: how far ahead purchases count; at most 3650d.',
  'dimensions.*.monthly_discount':
    '`clv`: what each month ahead takes off, as 0.01 for one hundredth; a month is 30.4375 days.',
  'dimensions.*.channel':
    '`channel_share`: the channel whose orders are counted, in percent of all that name one.',
  'dimensions.*.steps[].points': 'Points of the step.',
  'dimensions.*.quantiles':
    'Instead of steps: points by the place among all customers, by the borders of a calibration. Recency is ranked in whole days, the most recent best; of the rest the largest values get the most points.',
  'dimensions.*.quantiles.buckets': 'Points run from 1 to this.',
  'dimensions.*.quantiles.ties':
    '`together`: equal values get equal points. `rank`: equal values are cut by ascending customer id, so that buckets are of one size.',
  'dimensions.*.minimum_population':
    'With fewer customers there is not enough data, and the dimension scores as missing. Default 1.',
  'dimensions.*.otherwise': 'Points where no step matches or there is no value.',
  'dimensions.*.cap': 'Most points; the value itself is not cut.',
  'dimensions.*.fit':
    '`potential`: by attribute of the profile what its values are worth, from 0 to 1; the mean of them counts, and of a list its best value.',
  'dimensions.*.engagement':
    '`potential`: the weight of engagement events in the window, as a share of what counts as full.',
  'dimensions.*.engagement.window': 'An event at t counts until t + window, exactly.',
  'dimensions.*.engagement.full': 'Weight from which on more counts no more.',
  'dimensions.*.stages':
    '`potential`: what the stage of the newest opportunity is worth, from 0 to 1. What is not listed is worth nothing.',
  'dimensions.*.per': '`complaints`: what a ticket weighs, by its highest severity.',
  'dimensions.*.per.low': 'Weight of a ticket of low severity.',
  'dimensions.*.per.medium': 'Weight of a ticket of medium severity.',
  'dimensions.*.per.high': 'Weight of a ticket of high severity.',
  'dimensions.*.per.critical': 'Weight of a ticket of critical severity.',
  'dimensions.*.resolved_counts': '`complaints`: the share that a resolved ticket still weighs.',
  score:
    'Weight of each dimension, from -1000000 to 1000000: the score is the sum of weight x points.',
  tiers:
    'Borders of each tier above the lowest: all by score (`enter` and `leave`, both needed), or all by a share.',
  'tiers.*.enter': 'Score to enter the tier from below.',
  'tiers.*.leave': 'Score under which it is left; not above `enter`.',
  'tiers.*.population_share':
    'Instead of scores: the tier and all above it hold this share of the customers, the best by score. The score that takes comes from a calibration; equal scores are in together.',
  'tiers.*.revenue_share':
    'Instead of scores: the tier and all above it hold the best by score who together bring this share of the revenue, in the window of the first `revenue` dimension, else of 365 days.',
  'tiers.*.minimum_population':
    'With fewer customers there is not enough data: nobody enters the tier by its share or falls under it. Default 1.',
  segments: 'Beside the tier: the first segment that matches.',
  'segments[].name': 'Name of the segment.',
  'segments[].label': 'Its name for people.',
  'segments[].label.zh': 'Name in Chinese.',
  'segments[].label.en': 'Name in English.',
  'segments[].when': 'By dimension, the points that match; empty matches everybody.',
  lifecycle: 'The life of a tier.',
  'lifecycle.minimum_stay': 'A demotion comes no sooner than this after the last change of tier.',
  'lifecycle.grace': 'The score has to stay under `leave` for this long.',
  'lifecycle.soft_landing':
    'Where a demotion leads: one step down, to the tier the score meets, to the lowest.',
  'lifecycle.qualification': 'When the tier is looked at: always.',
  'lifecycle.at_risk_notice': 'How long before a demotion `at-risk` is sent. Without it none is.',
  'lifecycle.on_correction': 'Whether a promotion that a late refund disproves is withdrawn.',
  'lifecycle.changes_per_year_max':
    'The most changes of tier that one customer may have within 365 days; a policy whose clocks allow more is refused. Nobody is graded by it. Default: no limit.',
  calibration:
    'How the borders that come from the population may move. It grades nobody: `./strata calibrate` asks it.',
  'calibration.every':
    'How old a calibration may get: `calibrate --if-due`, which a timer starts, makes a new one from this age on.',
  'calibration.drift_limit':
    'By what share of itself a border may move; one that moves further holds the new calibration back until somebody says `--accept-drift`.',
  'calibration.model_drift_limit':
    'The same for what the models of customer value say of the whole population: purchases a day, chance to be gone, spend. Default: `drift_limit`.',
  treatment:
    'Benefits by tier, carried in events as they stand here: keys of your own, and two that are counted.',
  'treatment.*.visit_every':
    'How often a customer of the tier is to be visited; [comparisons](../policy-comparison.md) count the visits a month.',
  'treatment.*.cost_per_customer_year':
    'What the benefits of the tier cost for one customer in a year, in minor units of the base currency; comparisons sum it.',
};
