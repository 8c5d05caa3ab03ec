import type { LogRecord } from '@strata/domain';
import { NEW_CUSTOMER } from '@strata/domain';
import { aPurchase, day } from '@strata/domain/builders';
import { expect, test } from 'vitest';
import { logRecordFromWire, logRecordToWire } from './log-record-wire.ts';

const merge = { id: 'm1', survivorId: 'c1', otherId: 'c2' } as const;
const from = { partition: 3, epoch: 1, number: 9 } as const;
const event = aPurchase(day(1), { category: 'tea' });

const RECORDS: readonly LogRecord[] = [
  { kind: 'merge-asked', ...merge, reason: 'r', actor: 'ann' },
  { kind: 'merge-requested', ...merge, reason: 'r', actor: 'ann', from },
  {
    kind: 'merge-handed',
    ...merge,
    part: 1,
    parts: 2,
    state: { ...NEW_CUSTOMER, clock: day(1) },
    from,
  },
  { kind: 'merge-refused', ...merge, reason: 'already-merged', from },
  { kind: 'forwarded', customerId: 'c1', event, from },
  { kind: 'forwarded', customerId: 'c1', event, clockAt: day(1), from },
];

test.each(RECORDS)('$kind comes back from the log as it went in', (record) => {
  expect(logRecordFromWire(logRecordToWire(record))).toStrictEqual(record);
});

test('a refusal for a reason of a newer build is told as such', () => {
  const { name, body } = logRecordToWire(RECORDS[3] as LogRecord);
  const newer = { name, body: { ...(body as object), reason: 'on-holiday' } };
  expect(() => logRecordFromWire(newer)).toThrow(/does not know/);
});
