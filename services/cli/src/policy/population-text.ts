import type { AppliesTo } from '@strata/domain';
import type { Language } from '../language.ts';
import { catalogue } from '../messages/texts.ts';

const texts = catalogue({
  en: {
    existing: 'customers',
    prospects: 'those who have not bought yet',
    attribute: (name: string, values: string) => `customers whose ${name} is ${values}`,
  },
  zh: {
    existing: '现有客户',
    prospects: '潜在客户',
    attribute: (name: string, values: string) => ` ${name} 为 ${values} 的现有客户`,
  },
});

/** Whom a policy grades, to stand behind "for". */
export function populationText(appliesTo: AppliesTo, language: Language): string {
  const words = texts(language);
  return typeof appliesTo === 'string'
    ? words[appliesTo]
    : words.attribute(appliesTo.attribute, appliesTo.in.join(', '));
}
