import { mergeControlToJson, minimisation, TOPICS } from '@strata/contracts';
import type { MergeAsked } from '@strata/domain';
import { partitionFor } from '@strata/pipeline';
import { describe, expect, test } from 'vitest';
import { route } from './route.ts';
import { validate } from './validate.ts';

const PARTITIONS = 8;
const record: MergeAsked = {
  kind: 'merge-asked',
  id: 'm1',
  survivorId: 'c1',
  otherId: 'c2',
  reason: 'same phone',
  actor: 'ann',
};
const key = Buffer.from('c1');
const partition = partitionFor(key, PARTITIONS);

function ingest(topic: string, changes: Record<string, unknown> = {}, from = partition) {
  const raw = { ...mergeControlToJson(record), ...changes };
  const parsed = { kind: 'parsed', raw, instants: 'rfc3339', schemaId: null } as const;
  const context = { topic, timeMode: 'data', rules: minimisation(), onDropped: () => {} } as const;
  const valid = validate(parsed, context);
  if (valid.kind === 'refused') return valid;
  return route(
    valid,
    { topic, partition: from },
    { timeMode: 'data', partitions: PARTITIONS, isRedriven: false },
  );
}

describe('a merge on its way into the log', () => {
  test('goes to the partition of the survivor, as it is', () => {
    expect(ingest(TOPICS.events)).toEqual({ kind: 'routed', partition, key, record });
  });

  test.each([
    { why: 'on the topic of a shop', topic: TOPICS.purchases, reason: 'merge-not-allowed' },
    { why: 'without a reason', changes: { reason: null }, reason: 'missing-field' },
    { why: 'without another', changes: { otherId: '' }, reason: 'bad-field' },
    { why: 'behind other customers', from: (partition + 1) % PARTITIONS, reason: 'wrong-key' },
  ])('is refused $why', ({ topic = TOPICS.events, changes, from, reason }) => {
    expect(ingest(topic, changes, from)).toMatchObject({ kind: 'refused', reason });
  });
});
