import { canonicalJson, type Policy, type PolicySet } from '@strata/domain';
import { policyDocument } from './write-policy.ts';

/** One place of a policy's document that says something else now; undefined where it said, or says, nothing. */
export interface PolicyChange {
  /** As in the file, with segments by their name: `['tiers', 'gold', 'enter']`. */
  readonly path: readonly (string | number)[];
  readonly from: unknown;
  readonly to: unknown;
}

/** What became of one policy from a set to the next. */
export type PolicyDifference =
  | { readonly kind: 'added' | 'removed'; readonly policy: Policy }
  | {
      readonly kind: 'changed';
      readonly before: Policy;
      readonly after: Policy;
      readonly changes: readonly PolicyChange[];
    };

export interface SetDifference {
  /** Of the policies that differ, in the order of the later set, those that are gone at the end. */
  readonly policies: readonly PolicyDifference[];
  /** Whether policies that are in both stand in another order, which decides who grades whom. */
  readonly isReordered: boolean;
}

/** What somebody changes who puts one set in the place of another. Of two sets with one id there is nothing to say. */
export function diffSets(before: PolicySet, after: PolicySet): SetDifference {
  const pairs = pairedPolicies(before, after);
  const kept = pairs.flatMap(({ from }) => (from === null ? [] : [from]));
  const policies = pairs.flatMap(({ from, to }): PolicyDifference[] => {
    if (from === null) return [{ kind: 'added', policy: to }];
    const changes = diffPolicies(from, to);
    return changes.length === 0 ? [] : [{ kind: 'changed', before: from, after: to, changes }];
  });
  const gone = before.policies.filter((it) => !kept.includes(it));
  return {
    policies: [...policies, ...gone.map((policy) => ({ kind: 'removed', policy }) as const)],
    isReordered: !isRising(kept.map((it) => before.policies.indexOf(it))),
  };
}

interface Pair {
  readonly from: Policy | null;
  readonly to: Policy;
}

/** By name; one whose name is new follows the one that is gone, graded the same customers and has a tier in common. */
function pairedPolicies(before: PolicySet, after: PolicySet): readonly Pair[] {
  const names = new Set(after.policies.map((it) => it.name));
  const gone = before.policies.filter((it) => !names.has(it.name));
  return after.policies.map((to) => {
    const same = before.policies.find((it) => it.name === to.name);
    const whom = canonicalJson(to.appliesTo);
    const renamed = gone.find(
      ({ appliesTo, ladder }) =>
        canonicalJson(appliesTo) === whom && ladder.some((tier) => to.ladder.includes(tier)),
    );
    return { from: same ?? renamed ?? null, to };
  });
}

function diffPolicies(before: Policy, after: Policy): readonly PolicyChange[] {
  return diffMappings([], comparable(before), comparable(after));
}

type Plain = Readonly<Record<string, unknown>>;

/** Segments by their name, so that one more does not shift all others; in which order they stand is a line of its own. */
function comparable(policy: Policy): Plain {
  const document = policyDocument(policy);
  const { segments, dimensions } = policy;
  const named = (document['segments'] ?? []) as readonly Plain[];
  // What one of two says nothing of is told entry by entry like anything else.
  const silent = ['replaces', 'labels', 'tiers', 'calibration', 'treatment'].filter(
    (key) => !(key in document),
  );
  return {
    ...document,
    ...Object.fromEntries(silent.map((key) => [key, {}])),
    dimension_order: dimensions.map((it) => it.name),
    segments: Object.fromEntries(named.map(({ name, ...rest }) => [String(name), rest])),
    segment_order: segments.map((it) => it.name),
  };
}

const ORDERS = ['dimension_order', 'segment_order'];

function diffMappings(
  path: PolicyChange['path'],
  before: Plain,
  after: Plain,
): readonly PolicyChange[] {
  const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return keys.flatMap((key) => {
    const [from, to] = [before[key], after[key]];
    if (path.length === 0 && ORDERS.includes(key)) {
      return diffOrder(key, from as readonly string[], to as readonly string[]);
    }
    return diffValues([...path, key], from, to);
  });
}

function diffValues(path: PolicyChange['path'], from: unknown, to: unknown): PolicyChange[] {
  if (isMapping(from) && isMapping(to)) return [...diffMappings(path, from, to)];
  if (isListOfMappings(from) && isListOfMappings(to) && from.length === to.length) {
    return to.flatMap((item, index) => diffMappings([...path, index], from[index] ?? {}, item));
  }
  const isSame =
    from !== undefined && to !== undefined && canonicalJson(from) === canonicalJson(to);
  return isSame || (from === undefined && to === undefined) ? [] : [{ path, from, to }];
}

/** Only what is in both can have changed its place. */
function diffOrder(key: string, from: readonly string[], to: readonly string[]): PolicyChange[] {
  const places = to.filter((name) => from.includes(name)).map((name) => from.indexOf(name));
  return isRising(places) ? [] : [{ path: [key], from, to }];
}

function isRising(places: readonly number[]): boolean {
  return places.every((place, index) => index === 0 || place > (places[index - 1] ?? -1));
}

function isMapping(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfMappings(value: unknown): value is readonly Plain[] {
  return Array.isArray(value) && value.every(isMapping);
}
