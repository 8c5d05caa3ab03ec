import type { Label } from '@strata/domain';

/** Both languages, always there. */
export function labelsOf(label: Label | undefined): { zh: string | null; en: string | null } {
  return { zh: label?.zh ?? null, en: label?.en ?? null };
}
