import type { Policy, PolicySet } from '@strata/domain';
import type { PolicyChange, PolicyDifference, SetDifference } from '@strata/policy-file';
import type { Language } from '../language.ts';
import { moneyText } from '../money-text.ts';
import { policyNames } from '../policy-names.ts';
import { diffWords, fieldLabel } from './diff-words.ts';
import { flowText, isMoneyKind } from './flow-text.ts';
import { populationText } from './population-text.ts';

type Words = ReturnType<typeof diffWords>;

/** What changes from one set to another, for who answers for it: a line for each place. */
export function diffText(
  { policies, isReordered }: SetDifference,
  { before, after }: { readonly before: PolicySet; readonly after: PolicySet },
  language: Language,
): string {
  const words = diffWords(language);
  if (before.id === after.id) return `${words.same}\n`;
  const lines = [words.between(policyNames(before, language), policyNames(after, language))];
  for (const difference of policies) lines.push(...policyLines(difference, language));
  if (isReordered) {
    lines.push(`  ${words.reordered(after.policies.map(({ name }) => name).join(', '))}`);
  }
  return `${lines.join('\n')}\n`;
}

function policyLines(difference: PolicyDifference, language: Language): readonly string[] {
  const words = diffWords(language);
  if (difference.kind !== 'changed') {
    const { name, version, appliesTo } = difference.policy;
    return [`  ${words[difference.kind](name, version, populationText(appliesTo, language))}`];
  }
  const { before, after, changes } = difference;
  const version = words.version(`${before.version}`, `${after.version}`);
  const head =
    before.name === after.name
      ? words.changed(after.name, version)
      : words.renamed(before.name, after.name, version);
  const told = changes.filter(({ path: [first] }) => first !== 'version' && first !== 'policy');
  return [`  ${head}`, ...told.map((it) => `    ${changeLine(it, difference, language)}`)];
}

type Changed = Extract<PolicyDifference, { readonly kind: 'changed' }>;

function changeLine(change: PolicyChange, { before, after }: Changed, language: Language): string {
  const words = diffWords(language);
  const { path, from, to } = change;
  return words.line(
    placeText(path, language),
    valueText(from, { path, policy: before, words }),
    valueText(to, { path, policy: after, words }),
  );
}

function placeText(
  [part = '', name = '', ...fields]: PolicyChange['path'],
  language: Language,
): string {
  const words = diffWords(language);
  const of = words.of[part as keyof Words['of']];
  const isNamed = of.length > 0;
  const rest = isNamed ? fields : [name, ...fields].filter((it) => it !== '');
  return rest.reduce<string>(
    (place, field) => {
      const told = typeof field === 'number' ? words.step(field + 1) : fieldLabel(field, language);
      return words.under(place, told);
    },
    of(String(name)),
  );
}

interface ValueContext {
  readonly path: PolicyChange['path'];
  readonly policy: Policy;
  readonly words: Words;
}

/** Amounts as money; anything else as it stands in the file. */
function valueText(value: unknown, { path, policy, words }: ValueContext): string {
  if (value === undefined) return words.nothing;
  const [part, name] = path;
  const kind = policy.dimensions.find((it) => it.name === name)?.of ?? '';
  const isMoney = part === 'dimensions' && path.at(-1) === 'at_least' && isMoneyKind(kind);
  if (isMoney && typeof value === 'number') return moneyText(value, policy.baseCurrency);
  return Array.isArray(value) ? value.map(flowText).join(', ') : flowText(value);
}
