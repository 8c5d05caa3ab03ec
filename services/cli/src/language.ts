import type { Language } from '@strata/contracts';

export type { Language };

/** The language that the locale variables ask for, in POSIX's order: the first that is set decides. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return locale !== undefined && /^zh/i.test(locale) ? 'zh' : 'en';
}
