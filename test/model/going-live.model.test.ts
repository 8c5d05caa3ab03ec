import type { Instant, TierChange, WentLive } from '@strata/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { FoldDriver } from './fold-driver.ts';
import { logOf, logShapeArbitrary, OFFSETS_EACH } from './log-arbitrary.ts';
import { type LoggedRecord, Oracle } from './oracle/oracle.ts';
import { policySetArbitrary } from './policy-arbitrary.ts';
import { MODEL_SETTINGS } from './settings.ts';

const HALF_DAY_MS = 43_200_000;

/** Without models of customer value, whose crossings two ways of computing meet within some time of each other only. */
const caseArbitrary = fc.record({
  policies: policySetArbitrary.filter((policies) =>
    policies.every(({ dimensions }) =>
      dimensions.every(({ of }) => of !== 'clv' && of !== 'p_alive'),
    ),
  ),
  shape: logShapeArbitrary,
  turn: fc.record({
    /** Behind which record of the history the stack goes live. */
    place: fc.nat(60),
    quietHalfDays: fc.constantFrom(0, 1, 7, 20, 61, 150, 400),
    /** How far the clock of who says the instant is off that of the broker. */
    offHalfDays: fc.constantFrom(0, 0, 0, 1, -1, -4),
    announceFrom: fc.constantFrom(null, null, 0, 1, 2, 3),
    /** Records of data time that were on the way still: each third brings its clock along. */
    late: fc.nat(2),
  }),
});

type Case = typeof caseArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** A history in data time that goes live somewhere in it, after some quiet; the rest of it is lived. */
function liveLog({ policies, shape, turn }: Case): readonly LoggedRecord[] {
  const { records } = logOf({ ...shape, time: 'data' }, policies);
  const place = 2 + (turn.place % (records.length - 2));
  const quietMs = turn.quietHalfDays * HALF_DAY_MS * shape.factor;
  const endedAt = records
    .slice(0, place)
    .reduce((at, it) => Math.max(at, it.appendedAt), -Infinity);
  const appendedAt = endedAt + quietMs;
  const live: WentLive = {
    kind: 'went-live',
    at: appendedAt + turn.offHalfDays * HALF_DAY_MS,
    announceFrom: turn.announceFrom,
  };
  const lived = records.slice(place).map((it, index) => {
    return { ...onWallTime(it, index % 3 === turn.late), appendedAt: it.appendedAt + quietMs };
  });
  // A second one, of another instant, finds it live.
  const again = { ...live, at: live.at + HALF_DAY_MS, announceFrom: 0 };
  const end = Math.max(appendedAt, ...lived.map((it) => it.appendedAt));
  const customerIds = [...new Set(shape.moves.map(({ customer }) => `c${customer + 1}`))];
  return [
    ...records.slice(0, place),
    { offset: 0, appendedAt, record: live },
    ...lived,
    { offset: 0, appendedAt: end, record: again },
    { offset: 0, appendedAt: end + quietMs, record: { kind: 'tick' as const, customerIds } },
  ].map((it, index) => ({ ...it, offset: index * OFFSETS_EACH }));
}

function onWallTime(logged: LoggedRecord, isLate: boolean): LoggedRecord {
  const { record } = logged;
  if (isLate || !('clockAt' in record)) return logged;
  const { clockAt: _, ...lived } = record;
  return { ...logged, record: lived };
}

interface Told {
  readonly what: string;
  readonly at: Instant;
  readonly score: number;
  readonly isHeldBack: boolean;
}

const toldByFold = (changes: readonly TierChange[]): readonly Told[] =>
  changes.map((it) => ({
    what: `${it.customerSeq} ${it.type} by ${it.cause.kind} ${it.fromTier}>${it.toTier}`,
    at: it.effectiveAt,
    score: it.scoreMilli,
    isHeldBack: it.backfill,
  }));

const toldByOracle = (oracle: Oracle, customerId: string): readonly Told[] =>
  oracle.customerAt(customerId).changes.map((it, index) => ({
    what: `${index + 1} ${it.type} by ${it.causeKind} ${it.fromTier}>${it.toTier}`,
    at: it.effectiveAt,
    score: it.scoreMilli,
    isHeldBack: oracle.isHeldBack(it),
  }));

function driven(records: readonly LoggedRecord[]): FoldDriver {
  const driver = new FoldDriver();
  for (const record of records) driver.apply(record);
  return driver;
}

const customersIn = (driver: FoldDriver): readonly string[] => [...driver.customers.keys()];

test('a history that goes live equals a naive reading, and what fell due before is held back as asked', () => {
  const seen = { heldBack: 0, announced: 0, lived: 0 };
  fc.assert(
    fc.property(caseArbitrary, (it) => {
      const records = liveLog(it);
      const driver = driven(records);
      const oracle = new Oracle();
      for (const record of records) oracle.apply(record);
      expect(driver.notes).toContain('live-already');
      for (const customerId of customersIn(driver)) {
        const told = toldByFold(driver.changesOf(customerId));
        expect(told).toEqual(toldByOracle(oracle, customerId));
        const { live } = driver.partition;
        if (live === null) throw new Error('the log goes live');
        for (const { at, isHeldBack, what } of told) {
          if (isHeldBack) seen.heldBack += 1;
          else if (at > live.since && at <= live.at && what.includes('time')) seen.announced += 1;
          else if (at > live.at) seen.lived += 1;
        }
      }
    }),
    MODEL_SETTINGS,
  );
  process.stdout.write(`${JSON.stringify(seen)}\n`);
  for (const times of Object.values(seen))
    expect(times).toBeGreaterThan(MODEL_SETTINGS.numRuns / 40);
});

test('ticks at any pace, before and after going live, change nothing of what is told', () => {
  fc.assert(
    fc.property(caseArbitrary, fc.nat(3), (it, pace) => {
      const records = liveLog(it);
      const last = records.length - 1;
      const all = driven(records);
      const customerIds = customersIn(all);
      // A fourth has no tick but the last; the others have one behind each record, each second, each third.
      const paced = records.flatMap((logged, index) => {
        if (index < last && logged.record.kind === 'tick') return [];
        if (pace === 0 || index < 2 || index % pace !== 0) return [logged];
        const tick = { kind: 'tick', customerIds } as const;
        return [logged, { ...logged, offset: logged.offset + OFFSETS_EACH / 2, record: tick }];
      });
      const driver = driven(paced);
      for (const customerId of customerIds) {
        expect(toldByFold(driver.changesOf(customerId))).toEqual(
          toldByFold(all.changesOf(customerId)),
        );
      }
    }),
    MODEL_SETTINGS,
  );
});
