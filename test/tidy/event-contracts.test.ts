import {
  eventToIntakeWire,
  INTAKE_EXAMPLES,
  INTAKE_TOPICS,
  intakeWireToRaw,
  logRecordFromWire,
  logRecordToWire,
  readIntakeEvent,
  TOPICS,
} from '@strata/contracts';
import { CUSTOMER_EVENT_TYPES, type CustomerEvent } from '@strata/domain';
import {
  MemorySchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
} from '@strata/schema-registry';
import { describe, expect, test } from 'vitest';
import { readText } from './repository.ts';

/**
 * One event type lies in several forms: the domain's event, its contract, both Avro records, the example and the page.
 * A field that is added to one alone fails here, or does not compile (`EventDefinition`).
 */

interface AvroRecord {
  readonly fields: readonly { readonly name: string; readonly type: unknown }[];
}

const schemas = readSchemaFolder();
const registry = new MemorySchemaRegistry();
await registerSchemas(registry, schemas);
const serde = await openTopicSerdes({
  source: registry,
  schemas,
  clock: { nowMs: () => 0 },
  untrusted: INTAKE_TOPICS,
});
const page = readText('docs/reference/events.md');

/** Names with their types, without the null by which a record says that a field is absent. */
function avroFields(topic: string, record: string): Readonly<Record<string, string>> {
  const { text } = schemas.find(({ topic: of, name }) => of === topic && name === record) ?? {
    text: '{"fields":[]}',
  };
  return Object.fromEntries(
    (JSON.parse(text) as AvroRecord).fields.map(({ name, type }) => [name, meaningOf(type)]),
  );
}

function meaningOf(type: unknown): string {
  const branches = (Array.isArray(type) ? type : [type]).filter((branch) => branch !== 'null');
  return JSON.stringify(branches, (key, value: unknown) =>
    key === 'doc' || key === 'namespace' ? undefined : value,
  );
}

function readExample(type: CustomerEvent['type']): CustomerEvent {
  const result = readIntakeEvent(INTAKE_EXAMPLES.get(type) ?? {});
  if (result.kind !== 'event') throw new Error(`The example of ${type} is refused.`);
  return result.event;
}

const sorted = (names: Iterable<string>) => [...names].toSorted();

/** What has served its turn at the gate: the log knows ids alone. */
const OF_GATE = new Set(['guest', 'linkedSource']);
const logged = (names: Iterable<string>) => sorted([...names].filter((it) => !OF_GATE.has(it)));

describe.each(CUSTOMER_EVENT_TYPES)('%s', (type) => {
  const example = INTAKE_EXAMPLES.get(type) ?? {};
  const event = readExample(type);
  const wire = logRecordToWire({ kind: 'event', event });

  test('the example, the event, both Avro records and the page have the same fields', () => {
    const names = sorted(Object.keys(example));
    expect(sorted(Object.keys(event))).toEqual(names);
    const log = avroFields(TOPICS.customerLog, wire.name);
    const { clockAt: _, ...own } = log;
    expect(sorted(['type', ...Object.keys(own)])).toEqual(logged(names));
    const intake = avroFields(TOPICS.events, 'strata.intake.Event');
    for (const name of Object.keys(own)) expect([name, intake[name]]).toEqual([name, log[name]]);
    const told = page.slice(page.indexOf(`\n## ${type}\n`)).split('\n## ', 2)[1] ?? '';
    const every = page.slice(page.indexOf('## Every event')).split('\n## ', 1)[0] ?? '';
    const rows = [...(every + told).matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
    expect(sorted(rows)).toEqual(sorted([...names, 'guest']));
  });

  test('no field is lost on the way through both Avro forms', () => {
    const intake = serde(TOPICS.events);
    const raw = intakeWireToRaw(intake.decode(intake.encode(eventToIntakeWire(event))));
    expect(raw).toMatchObject(event);
    const log = serde(TOPICS.customerLog);
    const kept = Object.entries(event).filter(([name]) => !OF_GATE.has(name));
    expect(logRecordFromWire(log.decode(log.encode(wire)))).toEqual({
      kind: 'event',
      event: Object.fromEntries(kept),
    });
  });
});

test('the Avro record of the intake has the fields of the types, and no other', () => {
  const ofTypes = [...INTAKE_EXAMPLES.values()].flatMap((example) => Object.keys(example));
  const ofRecord = Object.keys(avroFields(TOPICS.events, 'strata.intake.Event'));
  expect(sorted(ofRecord)).toEqual(sorted(new Set([...ofTypes, 'guest'])));
});
