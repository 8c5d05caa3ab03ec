import type { CustomerEvent } from './customer-event.ts';
import type { CustomerState, Ledger, LedgerEntry } from './customer-state.ts';
import type { HandOver } from './fold-types.ts';
import { type Hash64, hash64 } from './hash64.ts';
import type { Instant } from './instant.ts';
import { inserted, isKnown } from './ledger/entry-list.ts';
import { carryView } from './ledger/ledger-view.ts';
import type { ReferralEnded, ReferrerErased } from './log-record.ts';

/**
 * A referral counts for who made it from the instant at which the named customer became existing. The two may lie in
 * different partitions, so the named customer's state keeps who named it, and tells each of them once it is existing.
 */

/** What the event of one customer tells another's partition. To name oneself tells nobody. */
export function handOversOfEvent(event: CustomerEvent): readonly HandOver[] {
  if (event.type !== 'referral' || event.referredCustomerId === event.customerId) return [];
  const { customerId: referrerId, referredCustomerId: referredId, occurredAt: at } = event;
  return [
    { addressee: referredId, content: { kind: 'referral-made', referrerId, referredId, at } },
  ];
}

/** Keeps who named a customer, or tells at once that it had bought by then. */
export function withReferrer(
  state: CustomerState,
  referral: { readonly referrerId: string; readonly referredId: string; readonly at: Instant },
): { readonly state: CustomerState; readonly handOvers: readonly HandOver[] } {
  const { referrerId, referredId, at } = referral;
  if (state.existingSince !== null) {
    return { state, handOvers: answered([{ referrerId, at }], referredId, state.existingSince) };
  }
  const earlier = state.referredBy.find((it) => it.referrerId === referrerId);
  if (earlier !== undefined && earlier.at <= at) return { state, handOvers: [] };
  const others = state.referredBy.filter((it) => it !== earlier);
  return { state: { ...state, referredBy: [...others, { referrerId, at }] }, handOvers: [] };
}

/** The same for several, as those that two customers had whom a merge made one. */
export function withReferrers(
  state: CustomerState,
  named: { readonly referredId: string; readonly referrals: CustomerState['referredBy'] },
): { readonly state: CustomerState; readonly handOvers: readonly HandOver[] } {
  const { referredId, referrals } = named;
  const handOvers: HandOver[] = [];
  let current = state;
  for (const referral of referrals) {
    const step = withReferrer(current, { ...referral, referredId });
    current = step.state;
    handOvers.push(...step.handOvers);
  }
  return { state: current, handOvers };
}

/** Without those whom the ledger's owner named and who turned out to be itself. */
export function withoutReferralsOf(ledger: Ledger, names: ReadonlySet<string>): Ledger {
  const keys = new Set([...names].map(conversionKeyOf));
  const referrals = ledger.referrals.filter(({ eventKey }) => !keys.has(eventKey));
  return referrals.length === ledger.referrals.length ? ledger : { ...ledger, referrals };
}

/** The customer is existing from `since` on: everybody who named it until then is told. */
export function becameExisting(
  state: CustomerState,
  customerId: string,
): { readonly state: CustomerState; readonly handOvers: readonly HandOver[] } {
  const since = state.clock;
  return {
    state: { ...state, isExisting: true, existingSince: since, referredBy: [] },
    handOvers: answered(state.referredBy, customerId, since),
  };
}

/** Who named the customer before it was existing has brought it; who came later learns that nobody waits. */
function answered(
  referrals: CustomerState['referredBy'],
  referredId: string,
  since: Instant,
): readonly HandOver[] {
  return referrals.map(({ referrerId, at }) => {
    if (at > since) return referralEnded({ referrerId, referredId, at }, null);
    const content = { kind: 'referral-converted', referrerId, referredId, at: since } as const;
    return { addressee: referrerId, content };
  });
}

/** To who named a customer: nobody of that id waits, and perhaps somebody of another in its stead. */
export function referralEnded(
  referral: { readonly referrerId: string; readonly referredId: string; readonly at: Instant },
  renamedTo: string | null,
): HandOver {
  const { referrerId, referredId, at } = referral;
  const content = { kind: 'referral-ended', referrerId, referredId, at, renamedTo } as const;
  return { addressee: referrerId, content };
}

/** The state of who names others keeps whom it named, until it is told what became of it. */
export function withNamed(state: CustomerState, event: CustomerEvent): CustomerState {
  const [named] = handOversOfEvent(event);
  if (named === undefined || state.named.includes(named.addressee)) return state;
  return { ...state, named: [...state.named, named.addressee] };
}

export function withoutNamed(state: CustomerState, referredId: string): CustomerState {
  if (!state.named.includes(referredId)) return state;
  return { ...state, named: state.named.filter((it) => it !== referredId) };
}

/** What one of two customers keeps once the other holds its name no more; the very state where it kept nothing. */
export function withoutName(
  state: CustomerState,
  record: ReferralEnded | ReferrerErased,
): CustomerState {
  const { referrerId, referredId } = record;
  if (record.kind === 'referral-ended') {
    const rest = withoutNamed(state, referredId);
    const { renamedTo } = record;
    if (renamedTo === null || rest.named.includes(renamedTo)) return rest;
    return { ...rest, named: [...rest.named, renamedTo] };
  }
  const referredBy = state.referredBy.filter((it) => it.referrerId !== referrerId);
  return referredBy.length === state.referredBy.length ? state : { ...state, referredBy };
}

/**
 * To those who hold a name of one that leaves: whom it named, under whichever of its names that was, and who named it.
 */
export function farewells(
  { named, referredBy }: CustomerState,
  names: ReadonlySet<string>,
  at: Instant,
): readonly HandOver[] {
  return [...names].flatMap((name) => [
    ...named.map((referredId): HandOver => {
      const content = { kind: 'referrer-erased', referrerId: name, referredId, at } as const;
      return { addressee: referredId, content };
    }),
    ...referredBy.map(({ referrerId }) =>
      referralEnded({ referrerId, referredId: name, at }, null),
    ),
  ]);
}

/** No source is empty, so that this is the key of no event. */
const conversionKeyOf = (referredId: string): Hash64 => hash64('', 'referral', referredId);

/** The ledger with one more customer whom its owner named and who has bought; null where that one counts already. */
export function withConversion(
  ledger: Ledger,
  referredId: string,
  { at, offset }: Pick<LedgerEntry, 'at' | 'offset'>,
): Ledger | null {
  const eventKey = conversionKeyOf(referredId);
  if (isKnown(ledger, eventKey)) return null;
  const next = { ...ledger, referrals: inserted(ledger.referrals, { eventKey, at, offset }) };
  carryView(ledger, next, { before: null, after: null });
  return next;
}
