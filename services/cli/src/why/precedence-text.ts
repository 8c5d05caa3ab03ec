import type { Considered } from '@strata/domain';
import type { Language } from '../language.ts';
import { catalogue } from '../messages/texts.ts';
import { populationText } from '../policy/population-text.ts';

const texts = catalogue({
  en: {
    head: 'Policies of the set, in this order; the first by attribute that matches goes before the one for everybody:',
    policy: (name: string, version: number) => `${name} version ${version}`,
    line: (policy: string, whom: string, reason: string) => `${policy}, for ${whom}: ${reason}`,
    reasons: {
      grades: 'grades this customer',
      'after-another': 'would match, but another comes before it',
      'other-value': (attribute: string, value: string | null) =>
        value === null ? `nothing is known of ${attribute}` : `${attribute} is ${value}`,
      'not-bought': 'this customer has not bought yet',
      'has-bought': 'this customer has bought',
    },
  },
  zh: {
    head: '策略集中的策略，按此次序；按属性匹配的第一个优先于适用于所有人的：',
    policy: (name: string, version: number) => `${name} 第 ${version} 版`,
    line: (policy: string, whom: string, reason: string) => `${policy}，适用于${whom}：${reason}`,
    reasons: {
      grades: '为该客户定级',
      'after-another': '也匹配，但另有策略在先',
      'other-value': (attribute: string, value: string | null) =>
        value === null ? `没有 ${attribute} 的信息` : `${attribute} 为 ${value}`,
      'not-bought': '该客户尚未购买',
      'has-bought': '该客户已购买过',
    },
  },
});

/** Which policies of a set were considered for a customer, and why one of them grades it; nothing to say of a set of one. */
export function precedenceLines(
  considered: readonly Considered[],
  language: Language,
): readonly string[] {
  if (considered.length < 2) return [];
  const words = texts(language);
  return [
    words.head,
    ...considered.map(({ policy, policyVersion, appliesTo, reason, value }) => {
      const whom = populationText(appliesTo, language);
      const attribute = typeof appliesTo === 'string' ? '' : appliesTo.attribute;
      const told =
        reason === 'other-value'
          ? words.reasons[reason](attribute, value === null ? null : valueText(value))
          : words.reasons[reason];
      return `  ${words.line(words.policy(policy, policyVersion), whom, told)}`;
    }),
  ];
}

function valueText(value: NonNullable<Considered['value']>): string {
  return typeof value === 'object' ? value.join(', ') : String(value);
}
