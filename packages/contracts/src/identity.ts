import type { CustomerEvent, Erased, MergeAsked, OverrideRecord } from '@strata/domain';
import { guestIdOf, isGuestId } from './guest.ts';

/**
 * Under which id a customer stands in the log: that of its source, with the name of the source before it where that
 * source has a space of ids of its own, and a pseudonym in its place where the stack has a key. What has been through
 * here once comes out as it is.
 */
export interface Identity {
  /** Of an id as a source writes it. */
  readonly ofSource: (id: string, source: string) => string;
  /** Of an id that says by itself whose it is, as in decisions and commands. */
  readonly ofWhole: (id: string) => string;
  /** Null where customers stand under their own ids. */
  readonly pseudonyms: Pseudonyms | null;
}

/** What stands for the ids of customers, by a key. */
export interface Pseudonyms {
  /** Names the key without telling it. */
  readonly keyId: string;
  /** One that is a pseudonym under the key already stays. */
  readonly of: (id: string) => string;
  readonly isOwn: (id: string) => boolean;
}

export interface IdentitySettings {
  /** Sources with ids of their own: `desk` makes `desk:17` of 17. All others share one space. */
  readonly spaces?: readonly string[];
  readonly pseudonyms?: Pseudonyms | null;
}

export function identity({ spaces = [], pseudonyms = null }: IdentitySettings = {}): Identity {
  const own = new Set(spaces);
  const ofWhole = pseudonyms?.of ?? ((id) => id);
  const isWhole = (id: string): boolean =>
    isGuestId(id) ||
    own.has(id.slice(0, Math.max(0, id.indexOf(':')))) ||
    pseudonyms?.isOwn(id) === true;
  return {
    ofSource: (id, source) => ofWhole(own.has(source) && !isWhole(id) ? `${source}:${id}` : id),
    ofWhole,
    pseudonyms,
  };
}

/**
 * An event under the ids of the log, the same however often it comes by here. A link names its customer whole: the other
 * id is what its source knows.
 */
export function identifiedEvent(
  event: CustomerEvent,
  { ofSource, ofWhole }: Identity,
): CustomerEvent {
  const { source, customerId } = event;
  if (event.type === 'link') {
    const { linkedId, linkedSource = source } = event;
    const own = { customerId: ofWhole(customerId), linkedId: ofSource(linkedId, linkedSource) };
    return { ...event, ...own };
  }
  const own = ofSource(customerId, source);
  if (event.type === 'referral') {
    const referredCustomerId = ofSource(event.referredCustomerId, source);
    return { ...event, customerId: own, referredCustomerId };
  }
  // Mostly nothing changes, and nothing has to be copied.
  return own === customerId ? event : { ...event, customerId: own };
}

export type PersonsWord = OverrideRecord | MergeAsked | Erased;

export function identifiedDecision<T extends PersonsWord>(record: T, { ofWhole }: Identity): T {
  if (record.kind !== 'merge-asked') return { ...record, customerId: ofWhole(record.customerId) };
  const { survivorId, otherId } = record;
  return { ...record, survivorId: ofWhole(survivorId), otherId: ofWhole(otherId) };
}

/** The fields in which an object of the intake can name a customer. */
export const CUSTOMER_FIELDS = [
  'customerId',
  'guest',
  'referredCustomerId',
  'linkedId',
  'survivorId',
  'otherId',
] as const;

/** Whom an object of the intake names, under the ids of the log, as far as it can be read: nothing in it was checked. */
export function customersNamedIn(
  raw: Readonly<Record<string, unknown>>,
  { ofSource, ofWhole }: Identity,
): readonly string[] {
  const source = textIn(raw, 'source') ?? '';
  const linkedSource = textIn(raw, 'linkedSource') ?? source;
  const idIn = (
    field: (typeof CUSTOMER_FIELDS)[number],
    idOf: (id: string) => string,
  ): readonly string[] => {
    const id = textIn(raw, field);
    return id === null || id === '' ? [] : [idOf(id)];
  };
  return [
    ...idIn('customerId', (id) => (raw['type'] === 'link' ? ofWhole(id) : ofSource(id, source))),
    ...idIn('guest', (guest) => ofWhole(guestIdOf(guest) ?? guest)),
    ...idIn('referredCustomerId', (id) => ofSource(id, source)),
    ...idIn('linkedId', (id) => ofSource(id, linkedSource)),
    ...idIn('survivorId', ofWhole),
    ...idIn('otherId', ofWhole),
  ];
}

/** A number where an id has to be is a common fault, and still says who is meant. */
function textIn(raw: Readonly<Record<string, unknown>>, field: string): string | null {
  const value = raw[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
