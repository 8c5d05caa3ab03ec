import { partitionFor } from '@strata/pipeline';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';

test('the pinned partitioner agrees with the one of kafkajs, which follows the Java client', () => {
  const theirs = kafkajs.Partitioners.DefaultPartitioner();
  const aKey = fc.uint8Array({ minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(aKey, fc.integer({ min: 1, max: 100 }), (key, count) => {
      const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
        partitionId,
        leader: 1,
        partitionErrorCode: 0,
        isr: [1],
        replicas: [1],
      }));
      const message = { key: Buffer.from(key), value: null };
      expect(partitionFor(key, count)).toBe(theirs({ topic: 't', partitionMetadata, message }));
    }),
    { numRuns: 2_000 },
  );
});
