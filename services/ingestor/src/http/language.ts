import { LANGUAGES, type Language } from '@strata/contracts';

/** The first language of `Accept-Language` that messages exist in; English without one. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wishes = (acceptLanguage ?? '').split(',').slice(0, 10);
  const tags = wishes.map((wish) => wish.split(';')[0]?.trim().toLowerCase() ?? '');
  for (const tag of tags) {
    const language = LANGUAGES.find((known) => tag === known || tag.startsWith(`${known}-`));
    if (language !== undefined) return language;
  }
  return 'en';
}
