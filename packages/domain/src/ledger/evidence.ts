import type { Ledger, LedgerEntry } from '../customer-state.ts';
import { SHARE_OF_WALLET_ATTRIBUTE } from '../dimensions/share-of-wallet.ts';
import type { Instant } from '../instant.ts';
import type { Dimension, Policy } from '../policy/policy.ts';
import { attributeEntryOf, latestOf } from './attributes.ts';
import { viewOf } from './ledger-view.ts';

/** Log offsets of the records behind the values at an instant, newest first: parts of counted orders, refunds, tickets, engagements, feedback, referrals, and what the policy asks of profile and opportunities. */
export function evidenceAt(ledger: Ledger, at: Instant, policy: Policy): readonly number[] {
  const entries = [
    ...viewOf(ledger).orders.flatMap((order) => (order.counts ? order.remaining : [])),
    ...ledger.refunds,
    ...ledger.tickets,
    ...ledger.engagements,
    ...ledger.feedbacks,
    ...ledger.referrals,
    ...heldAt(ledger, at, policy),
  ].filter((entry) => entry.at <= at);
  entries.sort((a, b) => b.at - a.at || b.offset - a.offset);
  return [...new Set(entries.map((entry) => entry.offset))];
}

/** Of the profile and the opportunities only what held: what it replaced says nothing any more. */
function heldAt(ledger: Ledger, at: Instant, policy: Policy): readonly LedgerEntry[] {
  const names = new Set(policy.dimensions.flatMap(attributesOf));
  if (typeof policy.appliesTo === 'object') names.add(policy.appliesTo.attribute);
  const held = [...names].map((name) => attributeEntryOf(ledger.attributes, name, at));
  const hasStages = policy.dimensions.some(
    (it) => it.of === 'potential' && it.stagesMilli !== null,
  );
  return [...held, hasStages ? latestOf(ledger.opportunities, at) : null].filter(
    (it) => it !== null,
  );
}

function attributesOf(dimension: Dimension): readonly string[] {
  if (dimension.of === 'share_of_wallet') return [SHARE_OF_WALLET_ATTRIBUTE];
  return dimension.of === 'potential' ? Object.keys(dimension.fitMilli ?? {}) : [];
}
