import { createHash } from 'node:crypto';
import {
  CUSTOMER_EVENT_TYPES,
  canonicalJson,
  DIMENSION_KINDS,
  FOLD_REFUSALS,
  FOLD_VERSION,
  TIER_CHANGE_TYPES,
} from '@strata/domain';
import { FoldCorpus } from '@strata/domain/fold-corpus';
import { encodePartition, encodeRates, packCustomer } from '@strata/state-codec';
import { describe, expect, it } from 'vitest';

/** What version of the fold makes which decisions, and leaves which bytes, on the corpus. */
const PINNED = {
  version: 2,
  decisions: '8daff7b13f8d91da27c961262931b11558fd00a5a26826ab8e8175254a61fa6c',
  states: 'fc064ff21d0821571494fe8380ff46ba50f5c545b649ed3f1bb19b9f94ca4b1d',
};

const REMEDY =
  'The fold gives other results on the corpus than before. If that was meant, raise FOLD_VERSION and pin the new ' +
  'hashes beside it: stacks that were folded under the old version then go on in a new epoch (docs/operations/recovery.md). ' +
  'If nothing was meant, something below us changed a result: look at the versions of Node, its time zones (process.versions.tz) ' +
  'and the dependencies. Where only the corpus grew, or only the layout of stored values changed, the version stays.';

const CORPUS = [new FoldCorpus('data', 1).run(), new FoldCorpus('wall', 2).run()];

describe('the version of the fold', () => {
  it('stands for the decisions that the fold makes', () => {
    const hash = createHash('sha256');
    for (const { partition } of CORPUS) {
      for (const output of partition.outputs) hash.update(canonicalJson(output));
      hash.update(canonicalJson([partition.handOvers, partition.notes]));
      hash.update(canonicalJson([...partition.dueAt].toSorted(([a], [b]) => (a < b ? -1 : 1))));
    }
    const found = { version: FOLD_VERSION, decisions: hash.digest('hex') };
    expect(found, REMEDY).toEqual({ version: PINNED.version, decisions: PINNED.decisions });
  });

  it('stands for the states that the fold leaves', () => {
    const hash = createHash('sha256');
    for (const { partition } of CORPUS) {
      const { state } = partition;
      hash.update(encodePartition(state)).update(encodeRates(state.rates));
      hash.update(canonicalJson([...state.erasures.byMarker.values()]));
      for (const [customerId, state] of partition.customers) {
        const { value, pages } = packCustomer(state);
        hash.update(customerId).update(value);
        for (const { bytes } of pages) hash.update(bytes);
      }
    }
    expect({ version: FOLD_VERSION, states: hash.digest('hex') }, REMEDY).toEqual({
      version: PINNED.version,
      states: PINNED.states,
    });
  });

  it('is pinned by a corpus that leaves out nothing', () => {
    const outputs = CORPUS.flatMap(({ partition }) => partition.outputs);
    const changes = outputs.filter((it) => it.kind === 'tier-change');
    expect(outputs.some((it) => it.kind === 'retired')).toBe(true);
    const letters = outputs.filter((it) => it.kind === 'dead-letter');
    const policies = CORPUS.flatMap(({ partition }) => partition.state.policySets).flatMap(
      (set) => set.policies,
    );
    const sorted = (found: Iterable<string>): string[] => [...new Set(found)].toSorted();
    expect(sorted(CORPUS.flatMap((it) => [...it.eventTypes]))).toEqual(
      CUSTOMER_EVENT_TYPES.toSorted(),
    );
    expect(sorted(policies.flatMap((it) => it.dimensions.map(({ of }) => of)))).toEqual(
      DIMENSION_KINDS.toSorted(),
    );
    expect(sorted(changes.map(({ type }) => type))).toEqual(TIER_CHANGE_TYPES.toSorted());
    expect(sorted(changes.map(({ cause }) => cause.kind))).toEqual([
      'calibration',
      'correction',
      'event',
      'merge',
      'override',
      'time',
    ]);
    expect(sorted(letters.map(({ reason }) => reason))).toEqual(
      FOLD_REFUSALS.filter((it) => it !== 'no-policy').toSorted(),
    );
    expect(sorted(policies.map(({ lifecycle }) => lifecycle.qualification))).toEqual([
      'calendar',
      'join_anniversary',
      'rolling',
      'tier_anniversary',
    ]);
    const values = changes.flatMap((it) => it.dimensions).filter(({ name }) => name === 'value');
    expect(values.some(({ value, unscored }) => value !== null && unscored === undefined)).toBe(
      true,
    );
    expect(Math.max(...CORPUS.map(({ partition }) => partition.customers.size))).toBeGreaterThan(
      30,
    );
    for (const { kinds } of CORPUS) {
      expect(sorted(kinds)).toEqual([
        'calibrated',
        'clock',
        'epoch-began',
        'erased',
        'event',
        'merge-asked',
        'override-cleared',
        'override-set',
        'policy-activated',
        'rates-corrected',
        'rates-published',
        'stack-opened',
        'tick',
      ]);
    }
    const handedOver = CORPUS.map(({ partition }) =>
      partition.handOvers.map(({ content }) => content.kind),
    );
    for (const found of handedOver)
      expect(sorted(found)).toEqual([
        'alias-erased',
        'forwarded',
        'merge-handed',
        'merge-refused',
        'merge-requested',
        'referral-converted',
        'referral-ended',
        'referral-made',
        'referrer-erased',
      ]);
    expect(CORPUS.every(({ partition }) => partition.notes.includes('erased'))).toBe(true);
  });
});
