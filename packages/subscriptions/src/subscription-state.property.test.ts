import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SubscriptionContent } from './subscription-content.ts';
import type { ChangeBody, SubscriptionRecord } from './subscription-record.ts';
import { PLAIN_CHANGES } from './subscription-record.ts';
import { nextState, type SubscriptionState } from './subscription-state.ts';
import { subscriptionRecordFromWire, subscriptionRecordToWire } from './subscription-wire.ts';

const content: SubscriptionContent = {
  url: 'https://a.example/',
  description: null,
  types: null,
  directions: null,
  tiers: null,
  segments: null,
  minimumSteps: 1,
  backfill: false,
  operational: false,
  deliver: 'every',
  concurrency: 8,
  perSecond: null,
};

const bodies: fc.Arbitrary<ChangeBody> = fc.oneof(
  fc
    .record({ concurrency: fc.integer({ min: 1, max: 50 }), secret: fc.boolean() })
    .map(({ concurrency, secret }) => ({
      kind: 'subscription-set' as const,
      content: { ...content, concurrency },
      sealedSecret: secret ? Buffer.of(1, 2) : null,
    })),
  fc.constantFrom(...PLAIN_CHANGES).map((kind) => ({ kind })),
  fc.nat(100).map((overlapMs) => ({
    kind: 'secret-rotated' as const,
    sealedSecret: Buffer.of(3),
    overlapMs,
  })),
);

/** What two writers do: look at the topic as far as it goes, and some time later append. */
type Turn =
  | { readonly writer: 0 | 1; readonly look: true }
  | { readonly writer: 0 | 1; readonly body: ChangeBody };
const turns: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.oneof(
    fc.constantFrom<0 | 1>(0, 1).map((writer) => ({ writer, look: true as const })),
    fc.record({ writer: fc.constantFrom<0 | 1>(0, 1), body: bodies }),
  ),
  { maxLength: 40 },
);

interface Written {
  readonly record: SubscriptionRecord;
  readonly writer: number;
}

function topicOf(played: readonly Turn[]): readonly Written[] {
  const topic: Written[] = [];
  const seen: [SubscriptionState | undefined, SubscriptionState | undefined] = [
    undefined,
    undefined,
  ];
  for (const [index, turn] of played.entries()) {
    if ('look' in turn) {
      seen[turn.writer] = stateOf(topic.map(({ record }) => record));
      continue;
    }
    const version = (seen[turn.writer]?.version ?? 0) + 1;
    const head = {
      subscription: 'crm',
      recordId: String(index),
      actor: `w${turn.writer}`,
      reason: null,
    };
    topic.push({ record: { ...head, version, ...turn.body }, writer: turn.writer });
  }
  return topic;
}

function stateOf(records: readonly SubscriptionRecord[]): SubscriptionState | undefined {
  let state: SubscriptionState | undefined;
  for (const [index, record] of records.entries()) state = nextState(state, record, index) ?? state;
  return state;
}

test('whatever two writers do, every version is made once, by the first who asked for it', () => {
  fc.assert(
    fc.property(turns, (played) => {
      const topic = topicOf(played);
      let state: SubscriptionState | undefined;
      const takenBy = new Map<number, string>();
      for (const [index, { record }] of topic.entries()) {
        const after = nextState(state, record, index);
        if (after === null) continue;
        expect(after.version).toBe((state?.version ?? 0) + 1);
        expect(takenBy.has(after.version)).toBe(false);
        takenBy.set(after.version, record.recordId);
        state = after;
      }
      for (const [version, recordId] of takenBy) {
        const first = topic.find(
          ({ record }, index) =>
            'version' in record &&
            record.version === version &&
            (stateOf(topic.slice(0, index).map((it) => it.record))?.version ?? 0) === version - 1,
        );
        expect(first?.record.recordId).toBe(recordId);
      }
    }),
  );
});

test('void records can be left out: who never saw them knows the same subscription', () => {
  fc.assert(
    fc.property(turns, (played) => {
      const records = topicOf(played).map(({ record }) => record);
      let state: SubscriptionState | undefined;
      const times: { readonly record: SubscriptionRecord; readonly atMs: number }[] = [];
      for (const [atMs, record] of records.entries()) {
        const after = nextState(state, record, atMs);
        if (after === null) continue;
        state = after;
        times.push({ record, atMs });
      }
      let other: SubscriptionState | undefined;
      for (const { record, atMs } of times) other = nextState(other, record, atMs) ?? undefined;
      expect(other).toEqual(state);
    }),
  );
});

test('a reader of an older version counts versions as a newer one does', () => {
  fc.assert(
    fc.property(turns, fc.nat(40), (played, which) => {
      const records = topicOf(played).map(({ record }) => record);
      const strange = records.map((record, index) =>
        index === which && 'version' in record
          ? { ...record, kind: 'unknown-change' as const }
          : record,
      );
      expect(stateOf(strange)?.version).toBe(stateOf(records)?.version);
    }),
  );
});

test('a record survives its wire form', () => {
  fc.assert(
    fc.property(turns, (played) => {
      for (const { record } of topicOf(played)) {
        expect(subscriptionRecordFromWire(subscriptionRecordToWire(record))).toEqual(record);
      }
    }),
  );
});

const head = { subscription: 'crm', recordId: 'r', actor: 'ann', reason: null };
function after(...records: readonly [number, Partial<SubscriptionRecord>][]) {
  let state: SubscriptionState | undefined;
  for (const [atMs, record] of records) {
    const whole = { ...head, recordId: `r${atMs}`, ...record } as SubscriptionRecord;
    state = nextState(state, whole, atMs) ?? state;
  }
  return state;
}
const set = (version: number, seal: number | null = null): Partial<SubscriptionRecord> => ({
  kind: 'subscription-set',
  version,
  content,
  sealedSecret: seal === null ? null : Buffer.of(seal),
});

test('a rotated secret signs beside the new one for its overlap, and a second rotation shortens that', () => {
  const rotate = (version: number, overlapMs: number): Partial<SubscriptionRecord> => ({
    kind: 'secret-rotated',
    version,
    sealedSecret: Buffer.of(version),
    overlapMs,
  });
  expect(after([10, set(1, 1)], [20, rotate(2, 100)], [30, rotate(3, 5)])?.secrets).toEqual([
    { sealed: Buffer.of(3), endsAtMs: null },
    { sealed: Buffer.of(2), endsAtMs: 35 },
    { sealed: Buffer.of(1), endsAtMs: 35 },
  ]);
  expect(after([10, set(1, 1)], [20, rotate(2, 0)])?.secrets).toEqual([
    { sealed: Buffer.of(2), endsAtMs: null },
  ]);
});

test('a subscription that begins again is heard from its second beginning on, at the next version', () => {
  const again = after(
    [10, set(1, 1)],
    [20, { kind: 'subscription-removed', version: 2 }],
    [30, set(3, 7)],
  );
  expect(again).toMatchObject({
    version: 3,
    activeFromMs: 30,
    secrets: [{ sealed: Buffer.of(7) }],
  });
});

test('it never begins without a secret, and nothing is asked of what is gone', () => {
  expect(after([10, set(1)])?.content).toBeNull();
  expect(after([10, set(1)], [20, { kind: 'test-asked' }])?.tests).toEqual([]);
});

test('paused and disabled are left by their own way only', () => {
  const change = (kind: string, version: number) =>
    ({ kind, version }) as Partial<SubscriptionRecord>;
  const paused = after([10, set(1, 1)], [20, change('subscription-paused', 2)]);
  expect(paused).toMatchObject({ standing: 'paused', heldSinceMs: 20 });
  expect(
    after(
      [10, set(1, 1)],
      [20, change('subscription-paused', 2)],
      [30, change('subscription-enabled', 3)],
    ),
  ).toMatchObject({ standing: 'paused', version: 3, heldSinceMs: 20 });
  expect(
    after(
      [10, set(1, 1)],
      [20, change('subscription-disabled', 2)],
      [30, change('subscription-enabled', 3)],
    ),
  ).toMatchObject({ standing: 'active', heldSinceMs: null });
});

test('of several who take a test, the first has it', () => {
  const tested = after(
    [10, set(1, 1)],
    [20, { kind: 'test-asked' }],
    [30, { kind: 'test-taken', test: 'r20' }],
    [40, { kind: 'test-taken', test: 'r20' }],
  );
  expect(tested?.tests).toMatchObject([{ id: 'r20', takenBy: 'r30', result: null }]);
});
