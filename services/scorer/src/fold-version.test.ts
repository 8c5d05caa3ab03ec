import { createHash } from 'node:crypto';
import {
  CUSTOMER_EVENT_TYPES,
  canonicalJson,
  DIMENSION_KINDS,
  FOLD_REFUSALS,
  FOLD_VERSION,
  NO_ERASURES,
  TIER_CHANGE_TYPES,
} from '@strata/domain';
import { FoldCorpus } from '@strata/domain/fold-corpus';
import { encodePartition, packCustomer } from '@strata/state-codec';
import { describe, expect, it } from 'vitest';

/** What version of the fold makes which decisions, and leaves which bytes, on the corpus. */
const PINNED = {
  version: 4,
  decisions: '68c60914ea4e1281dccdc2b13ac86ec90f2fbea9e3f0c8aaac47281018f45113',
  /** With links behind it. */
  linked: '43d3d57a47c88ba34d8654ac2df4bcbfd20051b09e02d5d8730ae0cf28377c94',
  /** And live behind that. */
  live: '845af6a3911d5a88f1f4b683996c510289f3c9984abdbc7557d7e29cc3fd5b70',
  states: '8696175f483dd725b4225bdc1b3b224a00f0b703a3823620fbb85071210f4d89',
  linkedStates: '67bba998e4cd782c259589b7d00f2bd2b3dc8c6a311822b3ecf7ff1313dbd910',
  liveStates: '42e933a1e4d0d11d42b4bddd15533ff19fc27461cb190399adb78686e59d5e2e',
};

const REMEDY =
  'The fold gives other results on the corpus than before. If that was meant, raise FOLD_VERSION and pin the new ' +
  'hashes beside it: stacks that were folded under the old version then go on in a new epoch (docs/operations/recovery.md). ' +
  'If nothing was meant, something below us changed a result: look at the versions of Node, its time zones (process.versions.tz) ' +
  'and the dependencies. Where only the corpus grew, or only the layout of stored values changed, the version stays.';

const CORPUS = [new FoldCorpus('data', 1).run(), new FoldCorpus('wall', 2).run()];
const BEFORE_LINKS = { decisions: decisionsOf(CORPUS), states: statesOf(CORPUS) };
for (const corpus of CORPUS) corpus.link();
const BEFORE_LIVE = { decisions: decisionsOf(CORPUS), states: statesOf(CORPUS) };
for (const corpus of CORPUS) corpus.goLive();

function decisionsOf(corpora: readonly FoldCorpus[]): string {
  const hash = createHash('sha256');
  for (const { partition } of corpora) {
    for (const output of partition.outputs) hash.update(canonicalJson(output));
    hash.update(canonicalJson([partition.handOvers, partition.notes]));
    hash.update(canonicalJson([...partition.dueAt].toSorted(([a], [b]) => (a < b ? -1 : 1))));
  }
  return hash.digest('hex');
}

function statesOf(corpora: readonly FoldCorpus[]): string {
  const hash = createHash('sha256');
  for (const { partition } of corpora) {
    const { state } = partition;
    // Markers are unkeyed here, which the codec refuses to store.
    const { erasures: _, ...fields } = encodePartition({ ...state, erasures: NO_ERASURES });
    for (const bytes of Object.values(fields)) hash.update(bytes);
    hash.update(canonicalJson([...state.erasures.byMarker.values()]));
    for (const [customerId, state] of partition.customers) {
      const { value, pages } = packCustomer(state);
      hash.update(customerId).update(value);
      for (const { bytes } of pages) hash.update(bytes);
    }
  }
  return hash.digest('hex');
}

describe('the version of the fold', () => {
  it('stands for the decisions that the fold makes', () => {
    const found = {
      decisions: BEFORE_LINKS.decisions,
      linked: BEFORE_LIVE.decisions,
      live: decisionsOf(CORPUS),
    };
    const { decisions, linked, live } = PINNED;
    expect({ version: FOLD_VERSION, ...found }, REMEDY).toEqual({
      version: PINNED.version,
      decisions,
      linked,
      live,
    });
  });

  it('stands for the states that the fold leaves', () => {
    const found = {
      states: BEFORE_LINKS.states,
      linkedStates: BEFORE_LIVE.states,
      liveStates: statesOf(CORPUS),
    };
    const { states, linkedStates, liveStates } = PINNED;
    expect({ version: FOLD_VERSION, ...found }, REMEDY).toEqual({
      version: PINNED.version,
      states,
      linkedStates,
      liveStates,
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
      'policy',
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
        'sweep',
        'tick',
        'went-live',
      ]);
    }
    const handedOver = CORPUS.map(({ partition }) =>
      partition.handOvers.map(({ content }) => content.kind),
    );
    for (const found of handedOver)
      expect(sorted(found)).toEqual([
        'alias-erased',
        'forwarded',
        'link-ended',
        'link-requested',
        'merge-handed',
        'merge-refused',
        'merge-requested',
        'referral-converted',
        'referral-ended',
        'referral-made',
        'referrer-erased',
      ]);
    expect(changes.some(({ backfill }) => backfill)).toBe(true);
    for (const note of ['erased', 'linked-already', 'live-already']) {
      expect(CORPUS.every(({ partition }) => partition.notes.includes(note))).toBe(true);
    }
  });
});
