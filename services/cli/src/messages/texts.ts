import type { Language } from '../language.ts';

/** A short text that stands in both languages beside its use. */
export type Text = Readonly<Record<Language, string>>;

/**
 * A catalogue of messages: English gives the shape, and Chinese must have every message with the same arguments, so that a
 * missing translation does not compile. Each command keeps its own.
 */
export function catalogue<T extends object>(
  texts: { readonly en: T } & { readonly zh: NoInfer<T> },
): (language: Language) => T {
  return (language) => texts[language];
}
