import type { CustomerEvent } from './customer-event.ts';
import type { CustomerState, Ledger, LedgerEntry } from './customer-state.ts';
import type { HandOver } from './fold-types.ts';
import { type Hash64, hash64 } from './hash64.ts';
import type { Instant } from './instant.ts';
import { inserted, isKnown } from './ledger/entry-list.ts';
import { carryView } from './ledger/ledger-view.ts';

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
    return { state, handOvers: converted([{ referrerId, at }], referredId, state.existingSince) };
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
    handOvers: converted(state.referredBy, customerId, since),
  };
}

function converted(
  referrals: CustomerState['referredBy'],
  referredId: string,
  since: Instant,
): readonly HandOver[] {
  return referrals
    .filter(({ at }) => at <= since)
    .map(({ referrerId }) => ({
      addressee: referrerId,
      content: { kind: 'referral-converted', referrerId, referredId, at: since },
    }));
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
