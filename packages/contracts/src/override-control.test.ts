import type { OverrideRecord } from '@strata/domain';
import { expect, test } from 'vitest';
import { ContractFault } from './contract-fault.ts';
import { logRecordFromWire, logRecordToWire } from './log-record-wire.ts';
import { overrideControlToJson, readOverrideControl } from './override-control.ts';

const set: OverrideRecord = {
  kind: 'override-set',
  id: 'd1',
  customerId: '林记茶行',
  override: {
    kind: 'floor',
    tier: 'gold',
    reason: '年度合同',
    actor: 'ann',
    until: 1_800_000_000_000,
  },
};
const cleared: OverrideRecord = {
  kind: 'override-cleared',
  id: 'd2',
  customerId: 'c1',
  reason: 'over',
  actor: 'bo',
};
const endless: OverrideRecord = { ...set, override: { ...set.override, until: null } };

test.each([set, endless, cleared])('comes through JSON and the log as it was: $kind', (record) => {
  const raw = JSON.parse(JSON.stringify(overrideControlToJson(record))) as Record<string, unknown>;
  expect(readOverrideControl(raw)).toEqual(record);
  expect(logRecordFromWire(logRecordToWire(record))).toEqual(record);
  const dated = { ...record, clockAt: 5 };
  expect(logRecordFromWire(logRecordToWire(dated))).toEqual(dated);
});

test.each([
  { change: { reason: '' }, fault: 'bad-field', field: 'reason' },
  { change: { actor: null }, fault: 'missing-field', field: 'actor' },
  { change: { kind: 'roof' }, fault: 'bad-field', field: 'kind' },
  { change: { until: '2027-01-01' }, fault: 'bad-time', field: 'until' },
  { change: { customerId: 7 }, fault: 'bad-field', field: 'customerId' },
])('is refused with its field: $field', ({ change, fault, field }) => {
  const raw = { ...overrideControlToJson(set), ...change };
  const read = (): unknown => readOverrideControl(raw);
  expect(read).toThrow(ContractFault);
  expect(read).toThrow(expect.objectContaining({ reason: fault, field }));
});
