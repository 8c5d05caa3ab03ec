import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS } from '@strata/contracts';
import { type ApiKey, createApiKey, keyFileText } from '@strata/service-runtime';
import { expect, onTestFinished, test } from 'vitest';
import { ConsoleStage } from '../../builders/index.ts';
import type { ConsoleSettings } from '../../ports.ts';

const PATH = '/v1/tier-changes/stream';
const { key, token } = createApiKey({ name: 'crm', scopes: ['changes:read'], burst: 1_000_000 });

async function aConsole(settings: Partial<ConsoleSettings> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'strata-stream-'));
  const apiKeysFile = join(folder, 'keys.json');
  const write = (...keys: readonly ApiKey[]): void => writeFileSync(apiKeysFile, keyFileText(keys));
  write(key);
  const stage = await ConsoleStage.open();
  const start = async () => (await stage.start({ apiKeysFile, ...settings })).url;
  const url = await start();
  onTestFinished(async () => {
    await stage.stop();
    rmSync(folder, { recursive: true });
  });
  return { stage, url, start, write };
}

interface Told {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly customerId: string; readonly customerSeq: number; reason?: string };
}

/** Reads events of a stream one after the other. `id` is that of the last event or point. */
async function aStream(url: string, query = '', headers: Record<string, string> = {}) {
  const outgoing = get(`${url}${PATH}${query}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve).on('error', reject);
  });
  response.on('error', () => {});
  onTestFinished(() => void outgoing.destroy());
  response.setEncoding('utf8');
  const chunks = response[Symbol.asyncIterator]();
  let text = '';
  let id = '';
  async function next(): Promise<Told> {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end !== -1) {
        const lines = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        const field = (name: string): string | undefined =>
          lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
        id = field('id') ?? id;
        const data = field('data');
        if (data !== undefined) {
          return { id, event: field('event') ?? '', data: JSON.parse(data) };
        }
        continue;
      }
      const { done, value } = await chunks.next();
      if (done === true) throw new Error('The stream ended.');
      text += String(value);
    }
  }
  /** The point with which the stream began. */
  async function opened(): Promise<string> {
    while (id === '') {
      const { value } = await chunks.next();
      text += String(value);
      id = /^id: (.*)$/m.exec(text)?.[1] ?? '';
    }
    return id;
  }
  return { next, opened, status: response.statusCode, response, close: () => outgoing.destroy() };
}

const sequence = ({ data }: Told): string => `${data.customerId} ${data.customerSeq}`;

test('tells what comes from now on, and from the start where that is asked', async () => {
  const { stage, url } = await aConsole();
  stage.buys('c-1', 0);
  const whole = await aStream(url, '?after=earliest');
  expect(sequence(await whole.next())).toBe('c-1 1');
  await expect
    .poll(async () => (await fetch(`${url}/v1/status`)).json())
    .toMatchObject({
      isCatchingUp: false,
      changes: { total: 1 },
    });
  const live = await aStream(url);
  await live.opened();
  stage.buys('c-2', 1);
  const told = await live.next();
  expect(told).toMatchObject({ event: 'assigned', data: { customerId: 'c-2', type: 'assigned' } });
  expect(sequence(await whole.next())).toBe('c-2 1');
});

test('a reader that was cut off goes on behind its last event, also at a console that was started anew', async () => {
  const { stage, url, start } = await aConsole();
  const first = await aStream(url, '?after=earliest');
  stage.buys('c-1', 0);
  stage.buys('c-2', 0);
  const { id } = await first.next();
  first.close();
  stage.buys('c-3', 1);
  const again = await aStream(url, '', { 'last-event-id': id });
  expect([sequence(await again.next()), sequence(await again.next())]).toEqual(['c-2 1', 'c-3 1']);
  const { id: last } = { id: await again.opened() };
  await stage.stop();
  stage.buys('c-4', 2);
  const anew = await start();
  const resumed = await aStream(anew, `?after=${last}`);
  expect(sequence(await resumed.next())).toBe('c-4 1');
});

test('a repeat is told once, wherever the stream began', async () => {
  const { stage, url } = await aConsole();
  stage.buys('c-1', 0);
  stage.buys('c-2', 0);
  const stream = await aStream(url, '?after=earliest');
  const { id } = await stream.next();
  const place = { topic: TOPICS.tierChanges, partition: 0 };
  stage.log.append(stage.log.slice(place, { from: 0, to: 2, limit: 2 }).records);
  stage.buys('c-3', 1);
  const resumed = await aStream(url, `?after=${id}`);
  for (const each of [stream, resumed]) {
    expect([sequence(await each.next()), sequence(await each.next())]).toEqual(['c-2 1', 'c-3 1']);
  }
});

test.each([
  ['?after=earliest&type=at-risk,demoted', ['at-risk', 'demoted']],
  ['?after=earliest&tier=silver&direction=up', ['promoted']],
  ['?after=earliest&customer=c-9&type=assigned', ['assigned']],
])('%s', async (query, wanted) => {
  const { stage, url } = await aConsole();
  stage.buys('c-1', 0, 1, 2, 3, 4, 5);
  stage.buys('c-9', 200);
  const stream = await aStream(url, query);
  stage.passTo(400);
  const events: string[] = [];
  for (const _ of wanted) events.push((await stream.next()).event);
  expect(events).toEqual(wanted);
});

test('that a customer is gone is told by its id', async () => {
  const { stage, url } = await aConsole();
  stage.buys('c-1', 0);
  stage.erase('c-1');
  const stream = await aStream(url, '?after=earliest&type=promoted');
  const told = await stream.next();
  expect([told.event, told.data]).toEqual(['retired', { customerId: 'c-1', reason: 'erased' }]);
});

test('a point that the log does not reach back to is gone, one of another stack is none', async () => {
  const { stage, url } = await aConsole();
  stage.buys('c-1', 0);
  const stream = await aStream(url, '?after=earliest');
  const id = await stream.opened();
  await stream.next();
  stage.buys('c-2', 0);
  await stream.next();
  stage.log.cutBefore({ topic: TOPICS.tierChanges, partition: 0 }, 1);
  const ask = async (after: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}${PATH}?after=${after}`, { headers });
    return (await response.json()) as { status: number; type: string; detail: string };
  };
  expect(await ask(id)).toMatchObject({ status: 410, type: 'urn:strata:api:resume-point-gone' });
  expect((await ask(id)).detail).toContain('/v1/tiers.csv');
  expect(await ask('AQEAAA')).toMatchObject({ status: 400 });
  const ahead = Buffer.from([1, 1, 99, 1, 99]).toString('base64url');
  expect(await ask(ahead)).toMatchObject({ type: 'urn:strata:api:bad-resume-point' });
});

test('there are only so many streams', async () => {
  const { url } = await aConsole({ streams: { streamsMax: 1 } });
  const first = await aStream(url, '?after=earliest');
  await first.opened();
  const headers = { authorization: `Bearer ${token}` };
  const refused = await fetch(`${url}${PATH}?after=earliest`, { headers });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30']);
  first.close();
  await expect
    .poll(async () => {
      const stream = await aStream(url, '?after=earliest');
      stream.close();
      return stream.status;
    })
    .toBe(200);
});

test('a reader that takes nothing is cut off with the reason, and the others go on', async () => {
  const { stage, url } = await aConsole({ streams: { patienceMs: 2_000 } });
  for (let n = 0; n < 8_000; n += 1) stage.buys(`c-${n}`, 0);
  const slow = await aStream(url, '?after=earliest');
  slow.response.pause();
  const quick = await aStream(url, '?after=earliest');
  let last = '';
  for (let n = 0; n < 8_000; n += 1) last = sequence(await quick.next());
  expect(last).toBe('c-7999 1');
  const ends = stage.metrics;
  await expect.poll(() => ends.text(), { timeout: 15_000 }).toContain('reason="slow-reader"} 1');
}, 40_000);

test('a key that is taken away ends its streams at the next heartbeat', async () => {
  const { stage, url, write } = await aConsole({ streams: { heartbeatMs: 20 } });
  stage.buys('c-1', 0);
  const stream = await aStream(url, '?after=earliest');
  await stream.next();
  write();
  const told = await stream.next();
  expect([told.event, told.data.reason]).toEqual(['end', 'key-removed']);
}, 10_000);

test('a console that stops says so', async () => {
  const { stage, url } = await aConsole();
  const stream = await aStream(url, '?after=earliest');
  await stream.opened();
  void stage.stop();
  expect(await stream.next()).toMatchObject({ event: 'end', data: { reason: 'stopping' } });
});
