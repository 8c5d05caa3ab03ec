import { LANGUAGES, type Language } from '../texts.ts';

/** `?lang=` decides; without it the browser's first wish that can be met; English otherwise. */
export function languageOf(asked: string | null, acceptLanguage: string | undefined): Language {
  for (const language of LANGUAGES) if (asked === language) return language;
  const wishes = (acceptLanguage ?? '')
    .split(',')
    .slice(0, 20)
    .map((wish) => {
      const [tag = '', ...parameters] = wish.split(';').map((part) => part.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { tag: tag.toLowerCase(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((one, other) => other.quality - one.quality);
  for (const { tag } of wishes) {
    for (const language of LANGUAGES) {
      if (tag === language || tag.startsWith(`${language}-`)) return language;
    }
  }
  return 'en';
}
