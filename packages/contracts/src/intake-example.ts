import type { CustomerEventType } from '@strata/domain';
import { EVENT_DEFINITIONS } from './event-definitions.ts';

const OCCURRED_AT = '2026-01-02T03:04:05.678Z';

/** One event of each type in the JSON form of the intake, with every field that the type can have. */
export const INTAKE_EXAMPLES: ReadonlyMap<
  CustomerEventType,
  Readonly<Record<string, unknown>>
> = new Map(
  EVENT_DEFINITIONS.map(({ type, example }, index) => {
    const { source, channel, ...own } = example;
    const eventId = `e${index + 1}`;
    const base = { type, source, eventId, customerId: 'c1', occurredAt: OCCURRED_AT };
    return [type, { ...base, ...own, channel }];
  }),
);
