import { changeBound, DAY_MS } from '@strata/domain';
import { type FieldPath, type FileProblem, guessArgs } from '@strata/yaml-file';
import { buildPolicy } from './build-policy.ts';
import { checkBorders } from './check-borders.ts';
import { describeNumber } from './describe-number.ts';
import { type DimensionDocument, isName, type PolicyDocument } from './document-schema.ts';
import { doubtsAbout } from './doubtful.ts';
import type { Check } from './policy-check.ts';
import type { PolicySource, ProblemKey } from './problem-texts.ts';

/** What the shape alone cannot say: names that must exist, orders that must hold, windows that must fit the ledger. */
export function checkPolicy(
  source: PolicySource,
  document: PolicyDocument,
  horizonDays: number,
): FileProblem[] {
  const problems: FileProblem[] = [];
  const check: Check = {
    source,
    document,
    horizonDays,
    add: (key, path, args = {}) => problems.push(source.problem(key, path, args)),
  };
  checkNames(check);
  checkDimensions(check);
  checkBorders(check);
  checkSegments(check);
  checkQualification(check);
  if (problems.length === 0) checkChanges(check);
  const warning = noticeWarning(check);
  const doubts = problems.length > 0 ? [] : doubtsAbout(source, document);
  return [...problems, ...(warning === null ? [] : [warning]), ...doubts];
}

function checkNames(check: Check): void {
  const { document, add } = check;
  const tiers = new Set<string>();
  for (const [index, tier] of document.ladder.entries()) {
    if (tiers.has(tier)) add('repeated-name', ['ladder', index], { value: tier });
    tiers.add(tier);
  }
  for (const field of ['labels', 'treatment'] as const) {
    for (const tier of Object.keys(document[field])) {
      if (!tiers.has(tier)) add('unknown-tier', [field, tier], unknown(tier, document.ladder));
    }
  }
  for (const [gone, heir] of Object.entries(document.replaces)) {
    const path = ['replaces', gone];
    if (!isName(gone)) add('bad-name', path, { value: gone });
    else if (tiers.has(gone)) add('replaces-present-tier', path, { value: gone });
    if (!tiers.has(heir)) add('unknown-tier', path, unknown(heir, document.ladder));
  }
  const dimensions = Object.keys(document.dimensions);
  if (dimensions.length === 0) add('empty-list', ['dimensions']);
  for (const name of dimensions) {
    if (!isName(name)) add('bad-name', ['dimensions', name], { value: name });
  }
  for (const name of Object.keys(document.score)) {
    if (!dimensions.includes(name)) {
      add('unknown-dimension', ['score', name], unknown(name, dimensions));
    }
  }
}

function checkDimensions(check: Check): void {
  const { document, add, horizonDays } = check;
  for (const [name, dimension] of Object.entries(document.dimensions)) {
    checkQuantiles(check, name, dimension);
    if (dimension.of === 'recency') {
      if (dimension.steps === undefined && dimension.quantiles === undefined)
        add('recency-needs-steps', ['dimensions', name]);
      checkOrder(check, name, {
        key: 'within',
        problem: 'within-not-rising',
        values: (dimension.steps ?? []).map((step) => step.within),
        show: daysText,
      });
      continue;
    }
    if (dimension.of === 'tenure' && dimension.steps === undefined && dimension.cap === undefined) {
      add('tenure-needs-an-end', ['dimensions', name]);
    }
    const window = windowOf(dimension);
    if (window !== null && window.ms > horizonDays * DAY_MS) {
      const args = { value: daysText(window.ms), horizon: `${horizonDays}d` };
      add('window-beyond-horizon', ['dimensions', name, ...window.path], args);
    }
    checkPotential(check, name, dimension);
    if (dimension.of === 'clv' && dimension.horizon > CLV_HORIZON_DAYS_MAX * DAY_MS) {
      const args = { value: daysText(dimension.horizon), max: `${CLV_HORIZON_DAYS_MAX}d` };
      add('horizon-too-long', ['dimensions', name, 'horizon'], args);
    }
    checkOrder(check, name, {
      key: 'at_least',
      problem: 'at-least-not-falling',
      values: (dimension.steps ?? []).map((step) => -step.at_least),
      show: (value) => (dimension.of === 'tenure' ? daysText(-value) : describeNumber(-value)),
    });
  }
}

/** Ten years: what a model says of later ones nobody can check, and each month costs an expectation. */
const CLV_HORIZON_DAYS_MAX = 3_650;

function checkQuantiles({ add }: Check, name: string, dimension: DimensionDocument): void {
  if (dimension.of === 'tenure' || dimension.of === 'p_alive' || dimension.of === 'clv') return;
  const { steps, quantiles, minimum_population } = dimension;
  if (steps !== undefined && quantiles !== undefined) {
    add('steps-and-quantiles', ['dimensions', name, 'quantiles']);
  }
  if (minimum_population !== undefined && quantiles === undefined) {
    add('population-without-quantiles', ['dimensions', name, 'minimum_population']);
  }
}

/** How far a dimension looks back, and where it says so; null for one that takes what held last. */
function windowOf(
  dimension: Exclude<DimensionDocument, { of: 'recency' }>,
): { readonly ms: number; readonly path: FieldPath } | null {
  if ('window' in dimension) return { ms: dimension.window, path: ['window'] };
  if (dimension.of !== 'potential' || dimension.engagement === undefined) return null;
  return { ms: dimension.engagement.window, path: ['engagement', 'window'] };
}

function checkPotential({ add }: Check, name: string, dimension: DimensionDocument): void {
  if (dimension.of !== 'potential') return;
  const { fit, engagement, stages } = dimension;
  if (fit === undefined && engagement === undefined && stages === undefined) {
    add('potential-of-nothing', ['dimensions', name]);
  }
  for (const attribute of Object.keys(fit ?? {})) {
    if (isName(attribute)) continue;
    add('bad-name', ['dimensions', name, 'fit', attribute], { value: attribute });
  }
}

interface OrderedSteps {
  readonly key: string;
  readonly problem: ProblemKey;
  /** Must rise from step to step. */
  readonly values: readonly number[];
  readonly show: (value: number) => string;
}

function checkOrder(check: Check, dimension: string, steps: OrderedSteps): void {
  for (const [index, value] of steps.values.entries()) {
    const before = steps.values[index - 1];
    if (before === undefined || value > before) continue;
    check.add(steps.problem, ['dimensions', dimension, 'steps', index, steps.key], {
      value: steps.show(value),
      before: steps.show(before),
    });
  }
}

function checkSegments(check: Check): void {
  const { document, add } = check;
  const dimensions = Object.keys(document.dimensions);
  const seen = new Set<string>();
  for (const [index, segment] of document.segments.entries()) {
    if (seen.has(segment.name)) {
      add('repeated-name', ['segments', index, 'name'], { value: segment.name });
    }
    seen.add(segment.name);
    for (const name of Object.keys(segment.when)) {
      if (dimensions.includes(name)) continue;
      add('unknown-dimension', ['segments', index, 'when', name], unknown(name, dimensions));
    }
  }
}

function checkQualification({ document, add }: Check): void {
  if (document.applies_to !== 'prospects') return;
  if (document.lifecycle.qualification !== 'join_anniversary') return;
  add('anniversary-of-prospects', ['lifecycle', 'qualification']);
}

/** A limit is a promise of who wrote the policy; the clocks of the lifecycle have to keep it. */
function checkChanges({ document, add }: Check): void {
  const { changes_per_year_max: max } = document.lifecycle;
  if (max === undefined) return;
  const { total } = changeBound(buildPolicy(document));
  const path = ['lifecycle', 'changes_per_year_max'];
  if (total === null) add('changes-unlimited', path, { max: `${max}` });
  else if (total > max) add('changes-beyond-limit', path, { max: `${max}`, total: `${total}` });
}

function noticeWarning({ source, document }: Check): FileProblem | null {
  const notice = document.lifecycle.at_risk_notice;
  const steps = Object.values(document.dimensions).flatMap((dimension) =>
    dimension.of === 'recency' ? (dimension.steps ?? []).map((step) => step.within) : [],
  );
  const shortest = Math.min(...steps);
  if (notice === undefined || notice < shortest) return null;
  const args = { value: daysText(notice), step: daysText(shortest) };
  return {
    ...source.problem('notice-not-shorter', ['lifecycle', 'at_risk_notice'], args),
    severity: 'warning',
  };
}

function unknown(value: string, known: readonly string[]): Record<string, string> {
  return { value, ...guessArgs(value, known) };
}

function daysText(ms: number): string {
  return `${ms / DAY_MS}d`;
}
