import { describe, expect, it } from 'vitest';

import { anOpportunity, aPolicy, aProfile, aPurchase, day } from '../builders/index.ts';
import { EMPTY_LEDGER, type Ledger } from '../customer-state.ts';
import type { Dimension } from '../policy/policy.ts';
import { applyEvent } from './apply-event.ts';
import { evidenceAt } from './evidence.ts';

const base = { weightMilli: 1_000, capMilli: null, otherwiseMilli: 0, steps: [] };
const wallet: Dimension = { ...base, name: 'wallet', of: 'share_of_wallet' };
const potential: Dimension = {
  ...base,
  name: 'potential',
  of: 'potential',
  fitMilli: { industry: { steel: 1_000 } },
  engagement: null,
  stagesMilli: { lead: 200 },
};

/** Offsets 0 to 6, one event a day. */
const ledger = [
  aProfile(day(0), { industry: 'steel', shareOfWallet: 0.1 }),
  aProfile(day(1), { shareOfWallet: 0.2 }),
  aProfile(day(2), { segment: 'chain' }),
  aPurchase(day(3)),
  anOpportunity(day(4), 'lead'),
  anOpportunity(day(5), 'quoted'),
  aProfile(day(6), { shareOfWallet: 0.3 }),
].reduce<Ledger>(
  (before, event, offset) =>
    applyEvent(before, event, { offset, amount: { amountMinor: 1 }, order: null }).ledger,
  EMPTY_LEDGER,
);

describe('of profile and opportunities', () => {
  it('what held is evidence for what the policy asks, newest first, and nothing that it replaced', () => {
    const policy = aPolicy({ dimensions: [wallet, potential] });
    expect(evidenceAt(ledger, day(5), policy)).toEqual([5, 3, 1, 0]);
    expect(evidenceAt(ledger, day(4), policy)).toEqual([4, 3, 1, 0]);
  });

  it('the attribute by which a policy grades its customers is evidence, too', () => {
    const appliesTo = { attribute: 'segment', in: ['chain'] };
    expect(evidenceAt(ledger, day(6), aPolicy({ appliesTo }))).toEqual([3, 2]);
  });

  it('a policy that asks for neither has neither as evidence', () => {
    expect(evidenceAt(ledger, day(6), aPolicy())).toEqual([3]);
  });
});
