import { DEAD_LETTER_REASONS, unpackOriginal } from '@strata/contracts';
import { TIME_MODES } from '@strata/domain';
import { unseal } from '@strata/service-runtime';
import { describe, expect, test } from 'vitest';
import {
  type BadRecord,
  type BadRecordContext,
  eventIdOf,
  instantOf,
  readBadRecords,
  type SentBadRecord,
  sentBadRecord,
  soundNeighbour,
} from './builders/bad-records.ts';
import { anIngestor, at, KEY, PARTITIONS, partitionOf, serde } from './test-ingestor.ts';

const CORPUS = readBadRecords();
const isRefusedHere = ({ by, reason }: BadRecord) => reason !== undefined && by !== 'fold';

function contextOf(index: number): BadRecordContext {
  return {
    index,
    at,
    encode: (topic, record) => serde(topic).encode(record),
    partitions: () => PARTITIONS,
    partitionOf,
  };
}

test('there are more than two hundred ways to be wrong, and each is told once', () => {
  expect(CORPUS.filter(({ reason }) => reason !== undefined).length).toBeGreaterThan(200);
  expect(new Set(CORPUS.map(({ why }) => why)).size).toBe(CORPUS.length);
  for (const { why, reason, rule } of CORPUS) {
    expect([why, (reason === undefined) !== (rule === undefined)]).toEqual([why, true]);
  }
});

/** Those of files are found by the readers of files, those about customers and tiers by the fold. */
const NOT_OF_BYTES =
  /^(bad-row|unmapped-row|bad-quantity|bad-price|no-order|no-payment|no-policy|unknown-tier|merge-.*|unknown-customer|already-merged|forbidden-field)$/;

test('every reason that an intake record can have is in the corpus', () => {
  const found = new Set(CORPUS.map(({ reason }) => reason));
  const absent = DEAD_LETTER_REASONS.filter((reason) => !found.has(reason));
  expect(absent.filter((reason) => !NOT_OF_BYTES.test(reason))).toEqual([]);
});

describe.each(TIME_MODES)('in %s time', (timeMode) => {
  const cases = CORPUS.map((bad, index) => ({ bad, context: contextOf(index) })).filter(
    ({ bad }) => (bad.time ?? timeMode) === timeMode,
  );

  test('every bad record ends as the corpus says, and what lies beside it arrives', async () => {
    const { send, arrived, letters, customerLog, metrics } = await anIngestor({ timeMode });
    const places = new Map<string, number>();
    const sent = (record: SentBadRecord) => {
      send(record);
      const place = `${record.topic}.${record.partition}`;
      const offset = places.get(place) ?? 0;
      places.set(place, offset + 1);
      return { ...record, id: `${place}.${offset}` };
    };
    const told = cases.map(({ bad, context }) => {
      const record = sent(sentBadRecord(bad, context));
      sent(soundNeighbour(record.topic, context));
      return { bad, context, record };
    });
    await arrived(2 * cases.length);

    const letterOf = new Map(letters().map(({ read }) => [read.id, read]));
    const events = new Map(
      customerLog().flatMap(({ read }) =>
        read.kind === 'event' ? [[read.event.eventId, read.event] as const] : [],
      ),
    );
    const faults: unknown[] = [];
    for (const { bad, context, record } of told) {
      const letter = letterOf.get(record.id);
      const event = events.get(eventIdOf(context));
      const expected = isRefusedHere(bad) ? [bad.reason, bad.field ?? null] : null;
      const found = letter === undefined ? null : [letter.reason, letter.detail];
      if (JSON.stringify(found) !== JSON.stringify(expected)) faults.push([bad.why, found]);
      if (!events.has(`sound ${context.index}`)) faults.push([bad.why, 'its neighbour is lost']);
      if (letter !== undefined) expectWhole(letter.sealed, record);
      if (bad.rule === undefined || event === undefined) continue;
      const { occurredAt, ...rest } = event;
      expect([bad.why, occurredAt]).toEqual([bad.why, instantOf(bad, context)]);
      for (const [path, value] of Object.entries(bad.reads ?? {})) {
        expect([bad.why, path, valueAt(rest, path)]).toEqual([bad.why, path, value ?? undefined]);
      }
    }
    expect(faults).toEqual([]);

    // The books of the ingestor say the same: in = appended + refused, and every drop is counted.
    const refused = cases.filter(({ bad }) => isRefusedHere(bad));
    const text = await metrics.text();
    const sum = (name: string, label: string) =>
      [...text.matchAll(new RegExp(`^${name}\\{[^}]*${label}[^}]*\\} (\\d+)$`, 'gm'))]
        .map(([, count]) => Number(count))
        .reduce((total, count) => total + count, 0);
    expect(sum('strata_ingestor_records_total', 'outcome="refused"')).toBe(refused.length);
    expect(sum('strata_ingestor_records_total', 'outcome="appended"')).toBe(
      2 * cases.length - refused.length,
    );
    for (const reason of DEAD_LETTER_REASONS) {
      const count = refused.filter(({ bad }) => bad.reason === reason).length;
      expect([reason, sum('strata_ingestor_dead_letters_total', `reason="${reason}"`)]).toEqual([
        reason,
        count,
      ]);
    }
    for (const kind of ['unknown', 'guest', 'hobbies', 'family', 'competitor', 'staff']) {
      const count = cases.reduce((total, { bad }) => total + (bad.drops?.[kind] ?? 0), 0);
      expect([kind, sum('strata_ingestor_dropped_fields_total', `kind="${kind}"`)]).toEqual([
        kind,
        count,
      ]);
    }
  });
});

/** A letter holds its original byte for byte. */
function expectWhole(sealed: Uint8Array, { key, value, headers }: SentBadRecord): void {
  const original = unpackOriginal(unseal(KEY, sealed));
  const plain = (given: Uint8Array | null) => given && Buffer.from(given).toString('base64');
  expect(plain(original.key)).toBe(plain(key));
  expect(plain(original.value)).toBe(plain(value));
  expect(Object.keys(original.headers)).toEqual(Object.keys(headers));
}

function valueAt(value: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (place, name) => (place as Record<string, unknown> | undefined)?.[name],
      value,
    );
}
