import { baseCurrencyOf, canonicalJson, type Policy, type PolicySet } from '@strata/domain';
import { type FileProblem } from '@strata/yaml-file';
import { buildPolicy } from './build-policy.ts';
import type { CheckedDocument } from './check-set.ts';

/** What a set would follow on a stack. */
export interface Predecessors {
  /** By which the customers are graded now; null before the first. */
  readonly inForce: PolicySet | null;
  /** Every set that was in force so far. What was published under a version never changes. */
  readonly published: readonly PolicySet[];
}

/** What keeps a set, sound in itself, from taking the place of the one in force. */
export function checkSuccession(
  documents: readonly CheckedDocument[],
  { inForce, published }: Predecessors,
): readonly FileProblem[] {
  const known = [...published, ...(inForce === null ? [] : [inForce])].flatMap((it) => it.policies);
  return documents.flatMap((it) => [
    ...versionProblems(it, known),
    ...(inForce === null ? [] : currencyProblems(it, inForce)),
    ...(inForce === null ? [] : tierProblems(it, inForce)),
  ]);
}

function versionProblems({ source, document }: CheckedDocument, known: readonly Policy[]) {
  const { policy: name, version } = document;
  const published = known.filter((it) => it.name === name);
  const highest = Math.max(0, ...published.map((it) => it.version));
  const args = { name, value: `${version}`, highest: `${highest}`, next: `${highest + 1}` };
  const text = canonicalJson(buildPolicy(document));
  const taken = published.filter((it) => it.version === version);
  if (taken.some((it) => canonicalJson(it) === text)) return [];
  if (taken.length > 0) return [source.problem('version-taken', ['version'], args)];
  return version < highest ? [source.problem('version-behind', ['version'], args)] : [];
}

/** Amounts were converted once, when they came: in another currency nothing would be right. */
function currencyProblems({ source, document }: CheckedDocument, inForce: PolicySet) {
  const value = document.base_currency;
  const expected = baseCurrencyOf(inForce);
  if (value === expected) return [];
  return [source.problem('currency-of-stack', ['base_currency'], { value, expected })];
}

function tierProblems({ source, document }: CheckedDocument, inForce: PolicySet) {
  const { ladder, replaces } = document;
  const before = inForce.policies.find((it) => it.name === document.policy)?.ladder ?? [];
  const removed = before.filter((it) => !ladder.includes(it) && !Object.hasOwn(replaces, it));
  return removed.map((tier) => {
    const args = { tier, heir: heirOf(tier, before, ladder) };
    return source.problem('removed-tier', ['ladder'], args);
  });
}

/** For the remedy: of the tiers that stay the next lower one, else the lowest. */
function heirOf(tier: string, before: readonly string[], ladder: readonly string[]): string {
  const lower = before.slice(0, before.indexOf(tier)).toReversed();
  return lower.find((it) => ladder.includes(it)) ?? ladder[0] ?? '';
}
