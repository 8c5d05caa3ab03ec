import { formatRfc3339 } from '@strata/contracts';
import type { Instant } from '@strata/domain';

/** An instant for people, to the minute, in the zone that needs no explanation. */
export function instantText(at: Instant): string {
  return `${formatRfc3339(at).slice(0, 16).replace('T', ' ')} UTC`;
}
