/** A day of the proleptic Gregorian calendar, in no zone. */
export interface CivilDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

const DAYS_PER_ERA = 146_097;
const YEARS_PER_ERA = 400;
/** From 0000-03-01, on which an era of 400 years begins, to 1970-01-01. */
const DAYS_TO_EPOCH = 719_468;

/**
 * Days since 1970-01-01. Years are counted from March, so that the leap day is the last of its year (H. Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms").
 */
export function dayNumberOf({ year, month, day }: CivilDay): number {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / YEARS_PER_ERA);
  const yearOfEra = marchYear - era * YEARS_PER_ERA;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * DAYS_PER_ERA + yearOfEra * 365 + leapDays + dayOfYear - DAYS_TO_EPOCH;
}

export function civilDayOf(dayNumber: number): CivilDay {
  const sinceMarch = dayNumber + DAYS_TO_EPOCH;
  const era = Math.floor(sinceMarch / DAYS_PER_ERA);
  const dayOfEra = sinceMarch - era * DAYS_PER_ERA;
  const leapDays =
    Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = ((monthFromMarch + 2) % 12) + 1;
  return {
    year: yearOfEra + era * YEARS_PER_ERA + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  };
}

/** The same day of another year; 29 February becomes 28 February in common years. */
export function inYear({ month, day }: CivilDay, year: number): CivilDay {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return { year, month, day: month === 2 && day === 29 && !isLeap ? 28 : day };
}
