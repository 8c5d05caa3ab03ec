import { EVENT_DEFINITIONS } from './event-definitions.ts';

/** The names of fields that the intake knows: they alone may be told, for any other can be a value in disguise. */
export const BASE_NAMES: readonly string[] = [
  'type',
  'source',
  'eventId',
  'customerId',
  'guest',
  'occurredAt',
  'channel',
];
export const MONEY_NAMES: ReadonlySet<string> = new Set(['minor', 'currency']);

const ALL: ReadonlySet<string> = new Set([
  ...BASE_NAMES,
  ...MONEY_NAMES,
  ...EVENT_DEFINITIONS.flatMap(({ shape }) => Object.keys(shape)),
]);

export function isContractName(name: string): boolean {
  return ALL.has(name);
}
