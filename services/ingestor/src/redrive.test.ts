import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type DeadLetter,
  deadLetterFromWire,
  eventToIntakeJson,
  type Identity,
  INTAKE_TOPICS,
  identity,
  letterSubjectOf,
  logRecordFromWire,
  minimisation,
  REDRIVE_HEADER,
  redriveSlipOf,
  signedRedriveHeader,
  slipFor,
  TOPICS,
  unpackOriginal,
} from '@strata/contracts';
import type { TimeMode } from '@strata/domain';
import { MemoryGroupReader, MemoryLog, MemoryLogReader, MemoryLogWriter } from '@strata/memory';
import { partitionFor, silentLogger, type TopicRecord } from '@strata/pipeline';
import {
  MemorySchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
} from '@strata/schema-registry';
import {
  createMetrics,
  keyedMarker,
  keyedPseudonyms,
  LABEL_NAMES_MAX,
  seal,
  unseal,
} from '@strata/service-runtime';
import { expect, onTestFinished, test } from 'vitest';
import { startIngestor } from './start-ingestor.ts';

const PARTITIONS = 2;
const KEY = new Uint8Array(32).fill(7);
const markerOf = keyedMarker(KEY);
const source = new MemorySchemaRegistry();
await registerSchemas(source, readSchemaFolder());
const at = Date.parse('2026-01-02T03:04:05.678Z');
const clock = { ms: at, nowMs: () => clock.ms };
const serde = await openTopicSerdes({
  source,
  schemas: readSchemaFolder(),
  clock,
  untrusted: INTAKE_TOPICS,
});
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

class Gate {
  readonly log = new MemoryLog(clock);
  readonly metrics = createMetrics({ withProcess: false });
  #stop: (() => Promise<void>) | null = null;

  constructor() {
    for (const topic of [...INTAKE_TOPICS, TOPICS.customerLog]) {
      this.log.createTopic(topic, PARTITIONS);
    }
    this.log.createTopic(TOPICS.deadLetters, 3);
  }

  async start(
    settings: {
      timeMode?: TimeMode;
      onForbidden?: 'drop' | 'refuse';
      redrivesMax?: number;
      identity?: Identity;
    } = {},
  ): Promise<void> {
    await this.#stop?.();
    const { timeMode = 'wall', onForbidden = 'drop', redrivesMax = 2 } = settings;
    const running = await startIngestor(
      {
        group: new MemoryGroupReader(this.log, { backOff: () => nextTurn() }),
        reader: new MemoryLogReader(this.log),
        writer: new MemoryLogWriter(this.log),
        serde,
        seal: (original) => seal(KEY, original),
        markerOf,
        clock,
        metrics: this.#stop === null ? this.metrics : createMetrics({ withProcess: false }),
        logger: silentLogger,
        onFatal: (error) => {
          throw error;
        },
      },
      {
        timeMode,
        rules: minimisation({ onForbidden }),
        identity: settings.identity ?? identity(),
        recordBytesMax: 65_536,
        redrivesMax,
        groupId: 'strata-ingestor',
        commitIntervalMs: 500,
      },
    );
    this.#stop = () => running.stop();
  }

  async stop(): Promise<void> {
    await this.#stop?.();
  }

  async send(
    value: Uint8Array,
    headers: Readonly<Record<string, Uint8Array>> = {},
    partition = 0,
  ): Promise<void> {
    const expected = this.#count() + 1;
    this.log.append([{ topic: TOPICS.events, partition, key: bytes('order 7'), value, headers }]);
    while (this.#count() < expected) await nextTurn();
  }

  /** As a redrive does it: the original once more, with a slip. */
  async redrive(letter: DeadLetter): Promise<void> {
    const { value, headers } = unpackOriginal(unseal(KEY, letter.sealed));
    const slip = signedRedriveHeader(slipFor(letter), value, markerOf);
    await this.send(value ?? new Uint8Array(), { ...headers, ...slip }, letter.partition);
  }

  records(topic: string): TopicRecord[] {
    const count = this.log.partitionCount(topic);
    return Array.from({ length: count }, (_, partition) =>
      this.log.slice({ topic, partition }, { from: 0, to: 1e9, limit: 1e9 }),
    ).flatMap((slice) => slice.records);
  }

  letters(): DeadLetter[] {
    return this.records(TOPICS.deadLetters)
      .map(({ value }) => value ?? new Uint8Array())
      .map((value) => deadLetterFromWire(serde(TOPICS.deadLetters).decode(value)))
      .toSorted((a, b) => a.redrives - b.redrives);
  }

  #count(): number {
    return this.records(TOPICS.customerLog).length + this.records(TOPICS.deadLetters).length;
  }
}

async function aGate(settings?: Parameters<Gate['start']>[0]): Promise<Gate> {
  const gate = new Gate();
  await gate.start(settings);
  onTestFinished(() => gate.stop());
  return gate;
}

function purchase(customerId: string, more: Readonly<Record<string, unknown>> = {}): Uint8Array {
  const event = eventToIntakeJson({
    type: 'purchase',
    source: 'shop',
    eventId: `e ${customerId}`,
    customerId,
    occurredAt: at,
    orderSource: 'shop',
    orderId: 'o1',
    amount: { minor: 5, currency: 'CNY' },
  });
  return bytes(JSON.stringify({ ...event, ...more }));
}

test('a letter tells its source, unless that is no plain name or the customer itself', async () => {
  const gate = await aGate();
  for (const name of ['shop', 'a person of the desk', 'c1']) {
    await gate.send(purchase('c1', { source: name, orderId: 17 }));
  }
  expect(gate.letters().map((letter) => letter.source)).toEqual(['shop', null, null]);
});

test('what is refused again replaces its letter, counts the redrive and is quarantined in the end', async () => {
  const gate = await aGate({ redrivesMax: 2 });
  await gate.send(purchase('c1', { orderId: 17 }), { trace: bytes('t1') });
  const [first] = gate.letters() as [DeadLetter];
  expect(first).toMatchObject({ redrives: 0, state: 'open', firstSeenAt: at, lastSeenAt: at });
  clock.ms += 1_000;
  onTestFinished(() => void (clock.ms = at));
  await gate.redrive(first);
  const second = gate.letters()[1] as DeadLetter;
  const { id, firstSeenAt } = first;
  expect(second).toMatchObject({ id, firstSeenAt, redrives: 1, state: 'open', offset: 1 });
  expect(second.lastSeenAt).toBe(at + 1_000);
  const original = unpackOriginal(unseal(KEY, second.sealed));
  expect(Object.keys(original.headers)).toEqual(['trace']);
  await gate.redrive(second);
  expect(gate.letters()[2]).toMatchObject({ id, redrives: 2, state: 'quarantined' });
  expect(await gate.metrics.text()).toContain(
    'strata_ingestor_redrives_total{outcome="refused"} 2',
  );
});

test('what passes takes its slip into the customer log', async () => {
  const gate = await aGate({ onForbidden: 'refuse' });
  await gate.send(purchase('c1', { hobby: 'go' }));
  const [letter] = gate.letters() as [DeadLetter];
  await gate.start({ onForbidden: 'drop' });
  await gate.redrive(letter);
  const [record] = gate.records(TOPICS.customerLog) as [TopicRecord];
  expect(redriveSlipOf(record.headers)).toEqual(slipFor(letter));
  expect(gate.letters()).toHaveLength(1);
});

test('a letter holds the id that came, and stands under the pseudonym that is made of it each time', async () => {
  const pseudonyms = keyedPseudonyms(KEY);
  const own = identity({ spaces: ['shop'], pseudonyms });
  const gate = await aGate({ onForbidden: 'refuse', identity: own });
  await gate.send(purchase('17', { hobby: 'go' }));
  const name = pseudonyms.of('shop:17');
  const [{ headers }] = gate.records(TOPICS.deadLetters) as [TopicRecord];
  expect(letterSubjectOf(headers).markers).toEqual([markerOf(name)]);
  await gate.start({ onForbidden: 'drop', identity: own });
  await gate.redrive(gate.letters()[0] as DeadLetter);
  const [{ key, value }] = gate.records(TOPICS.customerLog) as [TopicRecord];
  expect(new TextDecoder().decode(key ?? new Uint8Array())).toBe(name);
  const record = logRecordFromWire(serde(TOPICS.customerLog).decode(value ?? new Uint8Array()));
  expect(record).toMatchObject({ kind: 'event', event: { customerId: name } });
});

test('only this stack writes slips, and each for one record', async () => {
  const gate = await aGate();
  const slip = { letter: 'the letter of another', redrives: 0, firstSeenAt: at };
  const foreign = signedRedriveHeader(slip, purchase('c1'), keyedMarker(KEY.map((it) => it + 1)));
  await gate.send(purchase('c1'), foreign);
  await gate.send(purchase('c2'), signedRedriveHeader(slip, purchase('c1'), markerOf));
  await gate.send(purchase('c3'), { [REDRIVE_HEADER]: bytes('["a",0,0]') });
  await gate.send(purchase('c4', { orderId: 17 }), foreign);
  expect(gate.records(TOPICS.customerLog).map(({ headers }) => headers)).toEqual([{}, {}, {}]);
  expect(gate.letters()[0]).toMatchObject({ redrives: 0, id: `${TOPICS.events}.0.3` });
});

test('in data time a redriven record may lie elsewhere than its customer', async () => {
  const gate = await aGate({ timeMode: 'data' });
  const elsewhere = 1 - partitionFor(bytes('c1'), PARTITIONS);
  await gate.send(purchase('c1'), {}, elsewhere);
  const [letter] = gate.letters() as [DeadLetter];
  expect(letter.reason).toBe('wrong-key');
  await gate.redrive(letter);
  expect(gate.records(TOPICS.customerLog)).toHaveLength(1);
});

test('labels stay few whatever producers write', async () => {
  const gate = await aGate();
  await gate.send(purchase('c0'));
  for (let n = 0; n < 100; n += 1) {
    const faults = { source: `s-${n}`, orderId: 17, type: n % 2 === 0 ? 'purchase' : `t-${n}` };
    await gate.send(purchase(`c${n}`, faults));
    await gate.send(Uint8Array.of(0, 0, 0, 1, n, 2));
  }
  await gate.send(purchase('c0', { orderId: 17 }));
  const text = await gate.metrics.text();
  const labels = (name: string): Set<string | undefined> =>
    new Set(
      [...text.matchAll(/^strata_ingestor_dead_letters_total\{(.*)\}/gm)].map(
        ([, all = '']) => new RegExp(`${name}="([^"]*)"`).exec(all)?.[1],
      ),
    );
  expect(labels('source')).toEqual(new Set(['other', 'unknown', 'shop']));
  expect(labels('type')).toEqual(new Set(['purchase', 'unknown']));
  expect(labels('schema')).toEqual(new Set(['json', 'other']));
  expect(labels('source').size).toBeLessThanOrEqual(LABEL_NAMES_MAX + 2);
  expect(text).not.toMatch(/c0|c42|s-42|t-43/);
});
