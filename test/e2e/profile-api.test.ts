import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RealStack, waitFor } from './real-stack.ts';

interface ApiAccess {
  readonly url: string;
  readonly key: string;
}

interface Row {
  readonly customerId: string;
  readonly tier: string;
  readonly segment: string;
  readonly score: string;
  readonly nextCrossingAt: string;
}

// oxlint-disable-next-line typescript/no-explicit-any -- an answer is what the tests look at
type Json = any;

let stack: RealStack;
let api: ApiAccess;
let rows: readonly Row[];

beforeAll(async () => {
  stack = await RealStack.open();
  await stack.must('up', '--data', 'demo', '--partitions', '4');
  api = JSON.parse((await stack.must('status', '--json')).stdout).api;
  const csv = (await stack.must('profiles')).stdout.trimEnd().split('\n').slice(1);
  rows = csv.map((line) => {
    const fields = line.split(',');
    const [, customerId = '', tier = '', segment = '', score = ''] = fields;
    return { customerId, tier, segment, score, nextCrossingAt: fields.at(-1) ?? '' };
  });
}, 240_000);
afterAll(() => stack.close());

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; json: Json }> {
  const response = await fetch(`${api.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${api.key}`, 'content-type': 'application/json' },
  });
  const text = await response.text();
  return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : text };
}

const pathOf = (customerId: string): string => `/v1/customers/${encodeURIComponent(customerId)}`;

test('every customer is told as ./strata profiles tells it', async () => {
  expect(rows.length).toBeGreaterThan(500);
  for (const row of rows) {
    const { status, json } = await ask(pathOf(row.customerId));
    const told: Row = {
      customerId: json.customerId,
      tier: json.tier ?? '',
      segment: json.segment ?? '',
      score: String(json.score ?? ''),
      nextCrossingAt: json.nextCrossingAt ?? '',
    };
    expect([status, told]).toEqual([200, row]);
    expect(json.freshness).toMatchObject({ lagRecords: 0 });
  }
}, 120_000);

test('a batch tells the same', async () => {
  const ids = rows.slice(0, 500).map(({ customerId }) => customerId);
  const { json } = await ask('/v1/customers/batch', {
    method: 'POST',
    body: JSON.stringify({ ids }),
  });
  const told = json.results.map(({ profile }: Json) => [profile.customerId, profile.tier ?? '']);
  expect(told).toEqual(rows.slice(0, 500).map(({ customerId, tier }) => [customerId, tier]));
});

test('why tells what ./strata why tells of the present', async () => {
  for (const { customerId } of rows.filter((_, index) => index % 60 === 0)) {
    const {
      aliases: _,
      merges,
      changes,
      evidence,
      // Which policies of the set came into question is for people alone.
      considered,
      ...cli
    } = JSON.parse((await stack.must('why', customerId, '--json')).stdout);
    const { json } = await ask(`${pathOf(customerId)}/why`);
    expect(json).toMatchObject(cli);
    expect(json.evidence).toHaveLength(evidence.length);
    expect(merges).toEqual([]);
    expect(considered).toHaveLength(1);
    expect(changes.at(-1)?.customerSeq).toBe((await ask(pathOf(customerId))).json.customerSeq);
  }
}, 120_000);

test('all tiers are walked, and everybody is in the one that it has', async () => {
  for (const tier of new Set(rows.map((row) => row.tier))) {
    const met: string[] = [];
    let cursor = '';
    do {
      const { json } = await ask(`/v1/tiers/${tier}/customers?limit=50${cursor}`);
      met.push(...json.customers.map(({ customerId }: Json) => customerId));
      cursor = json.next === null ? '' : `&cursor=${json.next}`;
    } while (cursor !== '');
    const wanted = rows.filter((row) => row.tier === tier).map(({ customerId }) => customerId);
    expect(met.toSorted()).toEqual(wanted.toSorted());
  }
});

test('the export of the command and of the API are the same bytes', async () => {
  const { stdout, stderr } = await stack.must('export', 'tiers');
  const { json: text } = await ask('/v1/tiers.csv');
  expect(text).toBe(stdout);
  expect(stdout.trimEnd().split('\n')).toHaveLength(rows.length + 1);
  expect(stderr).toMatch(/strata\.tiers\.v1 .* 0:\d+ 1:\d+ 2:\d+ 3:\d+/);
  await stack.must('export', 'tiers', '--format', 'ndjson', '--out', 'tiers.ndjson');
  const lines = readFileSync(stack.path('tiers.ndjson'), 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).customer_id)).toEqual(
    stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[0]),
  );
});

/** Reads a stream until `count` changes have come, then cuts the connection off. */
async function take(after: string, count: number) {
  const outgoing = get(`${api.url}/v1/tier-changes/stream?after=${after}`, {
    headers: { authorization: `Bearer ${api.key}` },
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve).on('error', reject);
  });
  const ids: string[] = [];
  let point = after;
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    for (let end = text.indexOf('\n\n'); end !== -1 && ids.length < count; ) {
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      end = text.indexOf('\n\n');
      point = /^id: (.*)$/m.exec(event)?.[1] ?? point;
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) ids.push(JSON.parse(data).id);
    }
    if (ids.length >= count) break;
  }
  response.on('error', () => {});
  outgoing.destroy();
  return { ids, point };
}

test('a stream that is cut off again and again tells each change once, also over a restart of the console', async () => {
  const { total } = (await ask('/v1/status')).json.changes;
  const ids: string[] = [];
  let point = 'earliest';
  for (const share of [0.1, 0.3, 0.01, 0.2]) {
    const taken = await take(point, Math.ceil(total * share));
    ids.push(...taken.ids);
    point = taken.point;
  }
  process.kill(stack.pidOf('console'), 'SIGKILL');
  await waitFor(async () => (await stack.run('status')).exitCode !== 0, 'the console to end');
  await stack.must('up');
  const rest = await take(point, total - ids.length);
  ids.push(...rest.ids);
  expect(new Set(ids).size).toBe(total);
  expect(ids).toHaveLength(total);
  const event = {
    type: 'purchase',
    source: 'test',
    eventId: 'late',
    customerId: 'comes-late',
    orderId: 'late',
    occurredAt: '2027-01-01T00:00:00Z',
    amount: { minor: 9e4, currency: 'CNY' },
  };
  const { intake } = JSON.parse((await stack.must('status', '--json')).stdout);
  const sent = await fetch(`${intake.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${intake.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });
  expect(sent.status).toBe(200);
  const { ids: fresh } = await take(rest.point, 1);
  expect(fresh).toHaveLength(1);
  expect(ids).not.toContain(fresh[0]);
}, 120_000);

test('no customer is in the log of the console or in its metrics', async () => {
  const log = readFileSync(join(stack.dataDir, 'logs/console.log'), 'utf8');
  const { port } = stack.file().processes.find(({ name }) => name === 'console') ?? {};
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(metrics).toContain('route="/v1/tier-changes/stream"');
  for (const { customerId } of rows) expect(log + metrics).not.toContain(customerId);
});
