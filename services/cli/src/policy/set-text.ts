import type { Dimension, Policy, PolicySet } from '@strata/domain';
import { describeNumber, policyDocument } from '@strata/policy-file';
import type { Language } from '../language.ts';
import { catalogue } from '../messages/texts.ts';
import { moneyText } from '../money-text.ts';
import { whyTexts } from '../why/texts.ts';
import { diffWords, fieldLabel } from './diff-words.ts';
import { flowText, isMoneyKind } from './flow-text.ts';
import { populationText } from './population-text.ts';
import { tierLines } from './tier-lines.ts';

const texts = catalogue({
  en: {
    policy: (name: string, version: number, whom: string) =>
      `Policy ${name}, version ${version}, for ${whom}:`,
    dimension: (name: string, kind: string, weight: string) => `${name}: ${kind}, weight ${weight}`,
    field: (name: string, value: string) => `${name} ${value}`,
    between: ', ',
    steps: (list: string) => `points ${list}`,
    step: (border: string, points: string) => `${points} at ${border}`,
    stepWithin: (border: string, points: string) => `${points} within ${border}`,
    lifecycle: (terms: string) => `Life of a tier: ${terms}`,
    counted: (currency: string, zone: string) => `Money in ${currency}, days of ${zone}`,
  },
  zh: {
    policy: (name: string, version: number, whom: string) =>
      `策略 ${name}（版本 ${version}），适用于${whom}：`,
    dimension: (name: string, kind: string, weight: string) => `${name}：${kind}，权重 ${weight}`,
    field: (name: string, value: string) => `${name} ${value}`,
    between: '，',
    steps: (list: string) => `得分：${list}`,
    step: (border: string, points: string) => `达到 ${border} 得 ${points}`,
    stepWithin: (border: string, points: string) => `${border} 内得 ${points}`,
    lifecycle: (terms: string) => `等级的升降规则：${terms}`,
    counted: (currency: string, zone: string) => `以 ${currency} 计价，日期按 ${zone}`,
  },
});

/** A set as a person reads it: per policy the tiers, what is measured, and how a tier lives. */
export function setText({ policies }: PolicySet, language: Language): string {
  return policies.map((it) => policyText(it, language)).join('\n');
}

function policyText(policy: Policy, language: Language): string {
  const words = texts(language);
  const { replaces = {} } = policy;
  const { replaces: replaced } = diffWords(language).of;
  const lines = [
    words.counted(policy.baseCurrency, policy.timeZone),
    ...policy.dimensions.map((it) => dimensionText(it, policy, language)),
    words.lifecycle(fieldsText(policyDocument(policy)['lifecycle'], language)),
    ...Object.entries(replaces).map(([gone, heir]) => words.field(replaced(gone), heir)),
  ];
  const head = words.policy(
    policy.name,
    policy.version,
    populationText(policy.appliesTo, language),
  );
  return `${head}\n${tierLines(policy, language)}${lines.map((it) => `  ${it}\n`).join('')}`;
}

/** The dimension as its document says it, in the words of the reader. */
function dimensionText(
  { name, of, weightMilli }: Dimension,
  policy: Policy,
  language: Language,
): string {
  const words = texts(language);
  const documents = policyDocument(policy)['dimensions'] as Readonly<Record<string, object>>;
  const { of: _, steps = [], ...rest } = documents[name] as DimensionDocument;
  const kind = whyTexts(language).dimensions[of];
  const isMoney = isMoneyKind(of);
  const told = steps.map(({ within, at_least: least = 0, points }) => {
    if (within !== undefined) return words.stepWithin(within, `${points}`);
    const border = isMoney ? moneyText(Number(least), policy.baseCurrency) : `${least}`;
    return words.step(border, `${points}`);
  });
  return [
    words.dimension(name, kind, describeNumber(weightMilli)),
    fieldsText(rest, language),
    ...(told.length === 0 ? [] : [words.steps(told.join(words.between))]),
  ].join(words.between);
}

interface DimensionDocument {
  readonly of: string;
  readonly steps?: readonly {
    readonly within?: string;
    readonly at_least?: number | string;
    readonly points: number;
  }[];
}

function fieldsText(document: unknown, language: Language): string {
  const words = texts(language);
  return Object.entries(document as object)
    .map(([key, value]) => words.field(fieldLabel(key, language), flowText(value)))
    .join(words.between);
}
