import {
  type Alias,
  type CustomerState,
  EMPTY_LEDGER,
  type LedgerEntry,
  NEW_CUSTOMER,
  type PendingLink,
  type Reservation,
} from './customer-state.ts';
import type { HandOver } from './fold-types.ts';
import { type Hash64, hash64 } from './hash64.ts';
import type { Instant } from './instant.ts';
import { LEDGER_LISTS } from './ledger/ledger-lists.ts';
import { mergedLedger } from './ledger/merge.ts';
import type { LogRecord, MergeAsked, MergeHanded } from './log-record.ts';
import { referralEnded, withoutReferralsOf, withReferrers } from './referrals.ts';
import { inserted } from './sorted.ts';

/**
 * Entries of a ledger that travel in one record, by the length of their JSON: at most three bytes a character and one
 * entry of 200 KB more, it stays well below the megabyte that brokers take.
 */
const PART_CHARACTERS_MAX = 200_000;

/** Ids of merges are apart from those of events and overrides. */
export const mergeKeyOf = ({ id }: Pick<MergeAsked, 'id'>): Hash64 => hash64('strata/merge', id);

/** All names of a customer: its own, and those of everybody who merged into it. */
export function namesOf(
  customerId: string,
  { absorbed = [] }: Pick<CustomerState, 'absorbed'>,
): ReadonlySet<string> {
  return new Set([customerId, ...absorbed.map((it) => it.customerId)]);
}

/** The survivor, who from here on takes part in no other merge. */
export function reserved(
  state: CustomerState,
  record: MergeAsked,
  { clock, offset }: { readonly clock: Instant; readonly offset: number },
): CustomerState {
  const trace = { eventKey: mergeKeyOf(record), at: clock, offset };
  const ledger = { ...state.ledger, traces: inserted(state.ledger.traces, trace) };
  const { id: mergeId, otherId } = record;
  return { ...state, ledger, reservation: { mergeId, otherId, received: 0, handed: null } };
}

/** Whether something is under way that a customer is to survive: until it ends, it joins nobody itself. */
export function isPending({ reservation, links }: CustomerState): boolean {
  return reservation !== undefined || links !== undefined;
}

/** The merge or link that a customer is to survive, by its id. */
export function pendingOf(
  { reservation, links }: CustomerState,
  id: string,
): Reservation | undefined {
  return reservation?.mergeId === id ? reservation : links?.find(({ mergeId }) => mergeId === id);
}

export function withPending(
  state: CustomerState,
  pending: Reservation | PendingLink,
): CustomerState {
  const { mergeId } = pending;
  if (state.reservation?.mergeId === mergeId) return { ...state, reservation: pending };
  const links = (state.links ?? []).map((it) =>
    it.mergeId === mergeId ? { ...it, ...pending } : it,
  );
  return { ...state, links };
}

export function released(state: CustomerState, id: string): CustomerState {
  const { reservation, links, ...free } = state;
  const left = links?.filter(({ mergeId }) => mergeId !== id) ?? [];
  return {
    ...free,
    ...(reservation === undefined || reservation.mergeId === id ? {} : { reservation }),
    ...(left.length === 0 ? {} : { links: left }),
  };
}

export function withoutLinks(state: CustomerState): CustomerState {
  const { links: _, ...free } = state;
  return free;
}

/** All that is left of who merged into another: a second name. Its sequence goes on should the id come back to life. */
export function aliasOf({ seq }: CustomerState, alias: Alias): CustomerState {
  return { ...NEW_CUSTOMER, seq, alias };
}

/** A customer in parts that a record can carry, without its standing: the ledger list by list, all else in the first. */
export function partsOf(state: CustomerState): readonly CustomerState[] {
  const ledgers: Record<string, LedgerEntry[]>[] = [{}];
  let room = PART_CHARACTERS_MAX;
  for (const name of LEDGER_LISTS) {
    for (const entry of state.ledger[name]) {
      if (room <= 0) {
        ledgers.push({});
        room = PART_CHARACTERS_MAX;
      }
      room -= JSON.stringify(entry).length;
      ((ledgers.at(-1) as Record<string, LedgerEntry[]>)[name] ??= []).push(entry);
    }
  }
  const { olderOrders } = state.ledger;
  return ledgers.map((lists, index) =>
    index === 0
      ? {
          ...state,
          seq: 0,
          setId: null,
          standing: null,
          ledger: { ...EMPTY_LEDGER, ...lists, olderOrders },
        }
      : { ...NEW_CUSTOMER, ledger: { ...EMPTY_LEDGER, ...lists } },
  );
}

/** The reservation with one part more. The first begins anew, whatever had come; null for one out of its turn. */
export function withPart(
  reservation: Reservation,
  { part, state }: Pick<MergeHanded, 'part' | 'state'>,
): (Reservation & { readonly handed: CustomerState }) | null {
  if (part === 1) return { ...reservation, received: 1, handed: state };
  const { received, handed } = reservation;
  if (part !== received + 1 || handed === null) return null;
  const lists = LEDGER_LISTS.map((name) => [name, [...handed.ledger[name], ...state.ledger[name]]]);
  const ledger = { ...handed.ledger, ...Object.fromEntries(lists) };
  return { ...reservation, received: part, handed: { ...handed, ledger } };
}

/**
 * The survivor with everything that is the other's, but its standing and its override: what a person decided of the
 * survivor holds, and its tier is what it was until the rules are asked again.
 */
export function united(
  survivor: CustomerState,
  other: CustomerState,
  merge: Pick<MergeHanded, 'id' | 'survivorId' | 'otherId'> & {
    readonly at: Instant;
    readonly offset: number;
  },
): { readonly state: CustomerState; readonly handOvers: readonly HandOver[] } {
  const { id: mergeId, survivorId, otherId, at, offset } = merge;
  const before = [...(survivor.absorbed ?? []), ...(other.absorbed ?? [])];
  const absorbed = [...before, { mergeId, customerId: otherId, at }];
  const names = namesOf(survivorId, { absorbed });
  const ledger = mergedLedger(survivor.ledger, other.ledger, offset);
  const state = {
    ...released(survivor, mergeId),
    isExisting: survivor.isExisting || other.isExisting,
    existingSince: earliest(survivor.existingSince, other.existingSince),
    joinedAt: earliest(survivor.joinedAt, other.joinedAt),
    referredBy: [],
    named: [...new Set([...survivor.named, ...other.named])].filter((it) => !names.has(it)),
    ledger: withoutReferralsOf(ledger, names),
    absorbed,
  };
  const referrals = [...survivor.referredBy, ...other.referredBy];
  const strangers = referrals.filter(({ referrerId }) => !names.has(referrerId));
  // Who named the other waits for the survivor from here on, and hears of it before it may hear that this one has bought.
  const renamed = other.referredBy
    .filter(({ referrerId }) => !names.has(referrerId))
    .map((it) => referralEnded({ ...it, referredId: otherId }, survivorId));
  const step = withReferrers(state, { referredId: survivorId, referrals: strangers });
  return { state: step.state, handOvers: [...renamed, ...step.handOvers] };
}

function earliest(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** What happens to a record about an alias: it goes on to the survivor. Null for one that has no business there. */
export function forwardedTo({ survivorId }: Alias, record: LogRecord): readonly HandOver[] | null {
  const to = { addressee: survivorId };
  switch (record.kind) {
    case 'event':
    case 'forwarded': {
      const { event, clockAt } = record;
      const clocked = clockAt === undefined ? {} : { clockAt };
      const content = { kind: 'forwarded', customerId: survivorId, event, ...clocked } as const;
      return [{ ...to, content }];
    }
    case 'referral-made': {
      const { kind, referrerId, at } = record;
      const content = { kind, referrerId, referredId: survivorId, at };
      return [referralEnded(record, survivorId), { ...to, content }];
    }
    case 'referral-converted': {
      const { kind, referredId, at } = record;
      return [{ ...to, content: { kind, referrerId: survivorId, referredId, at } }];
    }
    case 'referral-ended': {
      const { kind, referredId, at, renamedTo } = record;
      return [{ ...to, content: { kind, referrerId: survivorId, referredId, at, renamedTo } }];
    }
    case 'referrer-erased': {
      const { kind, referrerId, at } = record;
      return [{ ...to, content: { kind, referrerId, referredId: survivorId, at } }];
    }
    case 'stack-opened':
    case 'policy-activated':
    case 'calibrated':
    case 'rates-published':
    case 'rates-corrected':
    case 'clock':
    case 'went-live':
    case 'epoch-began':
    case 'tick':
    case 'sweep':
    case 'override-set':
    case 'override-cleared':
    case 'merge-asked':
    case 'merge-requested':
    case 'merge-handed':
    case 'merge-refused':
    case 'link-requested':
    case 'link-ended':
    case 'erased':
    case 'alias-erased':
      return null;
  }
}
