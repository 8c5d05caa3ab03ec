import { parseRfc3339 } from '@strata/contracts';
import type { Instant } from '@strata/domain';
import { UsageFault } from './cli-fault.ts';
import type { Language } from './language.ts';
import { frameTexts } from './messages/frame.ts';

const BARE_DATE = /^\d{4}-\d\d-\d\d$/;

/** The instant that a DATE flag names: RFC 3339 with offset, or a bare date, which is 00:00 UTC. */
export function parseDate(flag: string, text: string, language: Language): Instant {
  const instant = parseRfc3339(BARE_DATE.test(text) ? `${text}T00:00:00Z` : text);
  if (instant === null) throw new UsageFault(frameTexts(language).notADate(flag, text));
  return instant;
}
