import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  DEAD_LETTER_REASONS,
  deadLetterFromWire,
  INTAKE_TOPICS,
  TOPICS,
  unpackOriginal,
} from '@strata/contracts';
import { CUSTOMER_EVENT_TYPES } from '@strata/domain';
import {
  ConfluentSchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
} from '@strata/schema-registry';
import { keyedPseudonyms, parseSealingKey, systemClock, unseal } from '@strata/service-runtime';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  lookAtLogs,
  lookAtRedis,
  MarkerSearch,
  type PlainRecord,
  recordsOfAll,
} from './marker-search.ts';
import {
  around,
  CUSTOMER,
  goodEvents,
  MARKER,
  type Planted,
  refusedRecords,
} from './planted-markers.ts';
import { RealStack, waitFor } from './real-stack.ts';

const INGESTOR = fileURLToPath(new URL('../../services/ingestor/src/main.ts', import.meta.url));
const DAY_MS = 86_400_000;
const KEY = Buffer.alloc(32, 6);
const pseudonyms = keyedPseudonyms(KEY);
/** Of reasons that no record of this stack can have: they need data time, another configuration, no policy, or a file. */
const ELSEWHERE = ['wrong-key', 'forbidden-field', 'no-policy', 'merge-in-progress'];
const OF_FILES = ['bad-row', 'bad-quantity', 'bad-price', 'no-order', 'no-payment', 'unmapped-row'];
const INTAKE: readonly string[] = INTAKE_TOPICS;

/** What reached a receiver of webhooks: headers and bodies as they came. */
const received: string[] = [];
let hooks: Server;
let stack: RealStack;
let records: readonly PlainRecord[];
const nowMs = Date.now();

async function publish(planted: readonly Planted[]): Promise<void> {
  const brokers = [...(stack.file().addresses?.brokers ?? [])];
  const producer = new Kafka({ clientId: 'shop', brokers, logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  for (const { topic, value } of planted) {
    await producer.send({ topic, messages: [{ ...around(), value }] });
  }
  await producer.disconnect();
}

/** What the HTTP intake answered. */
let answered = '';

async function post(planted: readonly Planted[]): Promise<void> {
  const key = readFileSync(join(stack.dataDir, 'intake.key'), 'utf8').trim();
  const { intake } = JSON.parse((await stack.must('status', '--json')).stdout) as {
    readonly intake: { readonly url: string };
  };
  const answer = await fetch(`${intake.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    body: planted.map(({ value }) => `${value?.toString()}\n`).join(''),
  });
  answered = await answer.text();
}

async function schemaIdOf(topic: string): Promise<number> {
  const { registryUrl = '' } = stack.file().addresses ?? {};
  const answer = await fetch(`${registryUrl}/subjects/${topic}-value/versions/latest`);
  return ((await answer.json()) as { readonly id: number }).id;
}

const inDollars = (eventId: string, daysAgo: number): Planted => ({
  topic: TOPICS.purchases,
  value: Buffer.from(
    JSON.stringify({
      type: 'purchase',
      source: 'shop',
      eventId,
      customerId: `${MARKER}traveller`,
      occurredAt: new Date(nowMs - daysAgo * DAY_MS).toISOString(),
      orderId: eventId,
      amount: { minor: 10_000, currency: 'USD' },
    }),
  ),
});

const dayOf = (daysAgo: number): string =>
  new Date(nowMs - daysAgo * DAY_MS).toISOString().slice(0, 10);

beforeAll(async () => {
  hooks = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      received.push(JSON.stringify(request.headers) + body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => hooks.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(hooks.address() as AddressInfo).port}/`;
  stack = await RealStack.open({ STRATA_INGESTOR_PSEUDONYM_KEY: KEY.toString('base64') });
  const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
  await writeFile(stack.path('hooks.json'), JSON.stringify([{ id: 'all', url, secret }]));
  await stack.must('up', '--partitions', '4', '--subscriptions', stack.path('hooks.json'));
  const rates = [`${dayOf(20)},USD,CNY,7`, `${dayOf(5)},USD,CNY,8`].join('\n');
  await writeFile(stack.path('rates.csv'), `day,from,to,rate\n${rates}\n`);
  await stack.must('rates', 'publish', stack.path('rates.csv'));
  await publish([inDollars('trip 1', 10), ...goodEvents(nowMs)]);
  const { 'bad-field': bad, 'duplicate-key': double } = refusedRecords(nowMs, 0);
  await post([inDollars('trip 2', 1), ...goodEvents(nowMs), bad, double] as Planted[]);
  await waitFor(async () => received.length >= 2, 'the webhooks of two customers');
  const refused = Object.values(refusedRecords(nowMs, await schemaIdOf(TOPICS.events)));
  await publish(refused);
  await waitFor(async () => {
    records = await recordsOfAll(stack.file().addresses?.brokers ?? []);
    const letters = records.filter(({ topic }) => topic === TOPICS.deadLetters);
    return letters.length >= refused.length;
  }, 'a dead letter for each record that is refused');
});
afterAll(async () => {
  await stack?.close();
  hooks?.close();
});

const searched = (places: Iterable<[string, Uint8Array | null]>): MarkerSearch => {
  const search = new MarkerSearch(MARKER);
  for (const [place, bytes] of places) search.look(place, bytes);
  return search;
};

/** Its key is the customer whom the gate will make of it. */
const isByHttp = (key: Uint8Array | null): boolean =>
  pseudonyms.isOwn(Buffer.from(key ?? []).toString());
const PLANTED = new RegExp(String.raw`${MARKER}\d`);

describe('what may not get in', () => {
  test('is found where it was sent, so that it would be found elsewhere', () => {
    const sent = records.filter(({ topic }) => INTAKE.includes(topic));
    const bare = sent.filter(({ value }) => value === null);
    expect(bare).toHaveLength(1);
    const whole = sent.find(({ value }) => value !== null)?.value;
    const disguised = ['base64', 'base64url', 'hex'] as const;
    for (const form of disguised) {
      for (let from = 0; from < 3; from++) {
        const text = Buffer.from(whole?.subarray(from) ?? []).toString(form);
        expect(searched([[form, Buffer.from(text)]]).found).toEqual([form]);
      }
    }
    for (const { topic, key, value } of sent) {
      if (!isByHttp(key)) expect(searched([['key', key]]).found, topic).toEqual(['key']);
      if (value !== null) expect(searched([['value', value]]).found, topic).toEqual(['value']);
    }
  });

  test('comes by HTTP into the intake as the ids of customers alone, and is told to nobody', () => {
    const byHttp = records.filter(({ topic, key }) => INTAKE.includes(topic) && isByHttp(key));
    expect(byHttp).toHaveLength(1 + CUSTOMER_EVENT_TYPES.length);
    const planted = byHttp.filter(({ value }) => PLANTED.test(value?.toString('latin1') ?? ''));
    // But for who was referred, whose id is one of them.
    expect(planted).toHaveLength(1);
    expect(JSON.parse(answered)).toMatchObject({ accepted: byHttp.length, refused: 2 });
    expect(searched([['answer', Buffer.from(answered)]]).found).toEqual([]);
  });

  test('lies in no topic past the intake, in keys, values or headers', () => {
    const past = records.filter(({ topic }) => !INTAKE.includes(topic));
    const search = new MarkerSearch(MARKER);
    for (const { topic, key, value, headers } of past) {
      search.look(`${topic}: key`, key);
      search.look(`${topic}: value`, value);
      for (const [name, it] of Object.entries(headers))
        search.look(`${topic}: headers`, `${name} ${it.toString()}`);
    }
    expect(search.found).toEqual([]);
    for (const topic of [
      TOPICS.customerLog,
      TOPICS.tierChanges,
      TOPICS.tiers,
      TOPICS.deadLetters,
    ]) {
      expect(search.looked.get(`${topic}: value`) ?? 0, topic).toBeGreaterThan(0);
    }
  });

  test('is whole in the sealed letters, one for each reason, for who has the key', async () => {
    const { registryUrl = '' } = stack.file().addresses ?? {};
    const serde = await openTopicSerdes({
      source: new ConfluentSchemaRegistry({ url: registryUrl }),
      schemas: readSchemaFolder().filter(({ topic }) => topic === TOPICS.deadLetters),
      clock: systemClock,
    });
    const key = parseSealingKey(readFileSync(join(stack.dataDir, 'sealing.key'), 'utf8'));
    const reasons = new Set<string>();
    for (const { topic, value } of records) {
      if (topic !== TOPICS.deadLetters || value === null) continue;
      await serde(TOPICS.deadLetters).prepare([value]);
      const letter = deadLetterFromWire(serde(TOPICS.deadLetters).decode(value));
      reasons.add(letter.reason);
      if (!INTAKE.includes(letter.topic)) continue;
      const original = unpackOriginal(unseal(key, letter.sealed));
      const names = Object.keys(original.headers).join();
      const search = searched([
        ['key', original.key],
        ['headers', Buffer.from(names)],
        ['value', original.value],
      ]);
      const isEmpty = letter.reason === 'empty-record';
      expect(search.found, letter.reason).toEqual(
        isEmpty ? ['key', 'headers'] : ['key', 'headers', 'value'],
      );
    }
    const reachable = DEAD_LETTER_REASONS.filter((it) => ![...ELSEWHERE, ...OF_FILES].includes(it));
    expect([...reasons].toSorted()).toEqual(reachable.toSorted());
  });

  test('lies in no Redis, no log, no metric, no webhook and on no page', async () => {
    const { addresses, processes } = stack.file();
    const search = new MarkerSearch(MARKER);
    await lookAtRedis(search, addresses?.stateRedisUrl ?? '', 'state');
    await lookAtRedis(search, addresses?.queueRedisUrl ?? '', 'queue');
    await lookAtLogs(search, join(stack.dataDir, 'logs'));
    for (const { name, kind, port } of processes) {
      if (kind !== 'service') continue;
      for (const path of ['metrics', 'healthz', 'readyz']) {
        const answer = await fetch(`http://127.0.0.1:${port}/${path}`);
        search.look(`${name}: ${path}`, await answer.text());
      }
    }
    const console =
      (await stack.must('status')).stdout.match(/http:\/\/127\.0\.0\.1:\d+\//)?.[0] ?? '';
    const name = pseudonyms.of(CUSTOMER);
    for (const path of ['', '?lang=zh', 'v1/status', `customers/${name}`, 'customers/nobody']) {
      search.look(`page: ${path}`, await (await fetch(console + path)).text());
    }
    const { api } = JSON.parse((await stack.must('status', '--json')).stdout);
    const headers = { authorization: `Bearer ${api.key}` };
    // Asked by the id that people know, it answers with the pseudonym.
    const asked = encodeURIComponent(CUSTOMER);
    for (const path of [`customers/${asked}`, `customers/${asked}/why`, 'tiers.csv']) {
      const answer = await fetch(`${api.url}/v1/${path}`, { headers });
      const text = await answer.text();
      expect([answer.status, text]).toEqual([200, expect.stringContaining(name)]);
      search.look(`api: ${path.replace(asked, '{id}')}`, text);
    }
    for (const webhook of received) search.look('webhook', webhook);
    expect(search.found).toEqual([]);
    const places = [...search.looked.keys()];
    for (const place of [
      'state: value',
      'queue: value',
      'webhook',
      'page: ',
      'ingestor: metrics',
    ]) {
      expect(places).toContain(place);
    }
    expect(places.filter((place) => place.startsWith('log of ')).length).toBeGreaterThanOrEqual(4);
  });

  test('is counted, by kind and never by name', async () => {
    const port = stack.file().processes.find(({ name }) => name === 'ingestor')?.port;
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const kinds = [...text.matchAll(/dropped_fields_total\{kind="([^"]+)"\}/g)].map(
      ([, kind]) => kind,
    );
    const wanted = ['competitor', 'family', 'guest', 'hobbies', 'staff', 'unknown'];
    expect(new Set(kinds)).toEqual(new Set(wanted));
  });
});

describe('the same stack', () => {
  test('answers by the id that the sources know, and shows the pseudonym alone', async () => {
    const why = await stack.must('why', CUSTOMER, '--json');
    expect(JSON.parse(why.stdout)).toMatchObject({ customerId: pseudonyms.of(CUSTOMER) });
    expect(why.stdout).not.toContain(MARKER);
  });

  test('counted amounts in another currency by the rate of the day of each, and kept that rate', async () => {
    const traveller = `${MARKER}traveller`;
    const { stdout } = await stack.must('profiles');
    const [names = '', ...rows] = stdout.trim().split('\n');
    const row = rows.find((it) => it.includes(pseudonyms.of(traveller)))?.split(',') ?? [];
    expect(row[names.split(',').indexOf('revenue_minor')]).toBe(String(10_000 * 7 + 10_000 * 8));
    const why = await stack.must('why', traveller);
    expect(why.stdout).toMatch(/trip 1.*7/);
    expect(why.stdout).toMatch(/trip 2.*8/);
  });

  test('has no ingestor under another key', async () => {
    const { addresses } = stack.file();
    const other = Buffer.alloc(32, 7).toString('base64');
    const ingestor = spawn(process.execPath, [INGESTOR], {
      env: {
        PATH: process.env['PATH'],
        STRATA_KAFKA_BROKERS: addresses?.brokers.join(','),
        STRATA_REGISTRY_URL: addresses?.registryUrl,
        STRATA_SEALING_KEY: readFileSync(join(stack.dataDir, 'sealing.key'), 'utf8').trim(),
        STRATA_INGESTOR_PSEUDONYM_KEY: other,
      },
    });
    let said = '';
    for (const stream of [ingestor.stdout, ingestor.stderr]) {
      stream.on('data', (chunk) => (said += String(chunk)));
    }
    const [exitCode] = (await once(ingestor, 'close')) as [number | null];
    expect(exitCode).not.toBe(0);
    expect(said).toContain(`with key ${pseudonyms.keyId}`);
    for (const key of [other, KEY.toString('base64')]) expect(said).not.toContain(key);
  });
});
