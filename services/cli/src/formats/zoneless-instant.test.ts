import { expect, it } from 'vitest';
import { zonelessInstant } from './zoneless-instant.ts';

const iso = (text: string, zone: string): string | null => {
  const instant = zonelessInstant(text, zone);
  return instant === null ? null : new Date(instant).toISOString();
};

it.each([
  { text: '19970101', zone: 'UTC', is: '1997-01-01T00:00:00.000Z', why: 'only the day is known' },
  { text: '2010-12-01 08:26:00', zone: 'UTC', is: '2010-12-01T08:26:00.000Z', why: 'UTC' },
  {
    text: '2026-07-01 00:30:00',
    zone: 'Asia/Shanghai',
    is: '2026-06-30T16:30:00.000Z',
    why: 'a zone without summer time',
  },
  {
    text: '2026-07-01 00:30:00',
    zone: 'Europe/London',
    is: '2026-06-30T23:30:00.000Z',
    why: 'summer time',
  },
  {
    text: '2026-10-25 01:30:00',
    zone: 'Europe/London',
    is: '2026-10-25T00:30:00.000Z',
    why: 'the earlier of the two instants',
  },
  {
    text: '2026-10-25 02:30:00',
    zone: 'Europe/London',
    is: '2026-10-25T02:30:00.000Z',
    why: 'clocks have gone back',
  },
  { text: '20230229', zone: 'UTC', is: null, why: '2023 has no 29 February' },
  { text: '20240229', zone: 'UTC', is: '2024-02-29T00:00:00.000Z', why: '2024 has one' },
  { text: '2010-12-01 24:00:00', zone: 'UTC', is: null, why: 'no such hour' },
  { text: '01/12/2010', zone: 'UTC', is: null, why: 'another form' },
])('$text in $zone is $is: $why', ({ text, zone, is }) => {
  expect(iso(text, zone)).toBe(is);
});
