import { offsetIn } from './calendar/zone-offset.ts';
import { DAY_MS, type Instant } from './instant.ts';

/** The number of the local day of an instant in an IANA zone. */
export function localDayIn(timeZone: string): (at: Instant) => number {
  const offsetAt = offsetIn(timeZone);
  return (at) => Math.floor((at + offsetAt(at)) / DAY_MS);
}
