import { get, type IncomingMessage, request } from 'node:http';
import { TOPICS } from '@strata/contracts';
import { expect, onTestFinished, test } from 'vitest';
import { ConsoleStage } from './builders/index.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';

/** Three customers: one who goes on buying, one who stopped, one whose name is an attack. */
async function aConsole() {
  const stage = await ConsoleStage.open();
  stage.buys('林记茶行', 0, 1, 2, 3, 4, 5);
  stage.buys('c-1', 0);
  stage.buys(HOSTILE, 6);
  const { url } = await stage.start();
  onTestFinished(() => stage.stop());
  await expect.poll(async () => (await status(url)).isCatchingUp).toBe(false);
  return { stage, url };
}

interface Status {
  readonly isCatchingUp: boolean;
  readonly customers: number;
  readonly policies: readonly { tiers: readonly { tier: string; customers: number }[] }[];
  readonly changes: { readonly total: number; readonly byCause: Record<string, number> };
}

async function status(url: string): Promise<Status> {
  return (await (await fetch(`${url}/v1/status`)).json()) as Status;
}

interface Update {
  readonly id: string;
  readonly isReset: boolean;
  readonly changes: readonly string[];
  readonly announcement: string;
  readonly regions: Readonly<Record<string, string>>;
}

/** Reads updates of the stream one after the other. */
async function aStream(url: string, headers: Record<string, string> = {}) {
  const outgoing = get(`${url}/events/stream?lang=zh`, { headers });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve).on('error', reject);
  });
  onTestFinished(() => void outgoing.destroy());
  response.on('error', () => {});
  response.setEncoding('utf8');
  const chunks = response[Symbol.asyncIterator]();
  let text = '';
  async function next(): Promise<Update> {
    for (;;) {
      const parts = /^id: (.*)\ndata: (.*)\n\n/m.exec(text);
      if (parts !== null) {
        text = text.slice(parts.index + parts[0].length);
        return { id: parts[1], ...JSON.parse(parts[2] ?? '') } as Update;
      }
      const { done, value } = await chunks.next();
      if (done === true) throw new Error('The stream ended.');
      text += String(value);
    }
  }
  return { next };
}

test('counts customers by tier and changes by cause', async () => {
  const { stage, url } = await aConsole();
  stage.passTo(120);
  await expect.poll(async () => (await status(url)).changes.byCause['time']).toBeGreaterThan(0);
  const { customers, policies } = await status(url);
  expect(customers).toBe(3);
  const [{ tiers } = { tiers: [] }] = policies;
  expect(tiers.map(({ tier }) => tier)).toEqual(['platinum', 'gold', 'silver', 'bronze']);
  expect(tiers.reduce((sum, tier) => sum + tier.customers, 0)).toBe(3);
});

test('tells a customer’s newest tier by its id, whatever the id is', async () => {
  const { stage, url } = await aConsole();
  const customer = (id: string) => fetch(`${url}/customers/${encodeURIComponent(id)}`);
  expect(await (await customer('林记茶行')).json()).toMatchObject({
    customerId: '林记茶行',
    tier: 'gold',
    labels: { zh: '金牌客户', en: 'Gold' },
    policy: 'shop',
    since: '2025-01-06T00:00:00.000Z',
  });
  expect(await (await customer(HOSTILE)).json()).toMatchObject({ customerId: HOSTILE });
  expect((await customer('nobody')).status).toBe(404);
  expect((await fetch(`${url}/customers/%ff`)).status).toBe(400);
  stage.erase('林记茶行');
  await expect.poll(async () => (await customer('林记茶行')).status).toBe(404);
  expect((await status(url)).customers).toBe(2);
});

test('the page is in the language that is asked for, with foreign text escaped', async () => {
  const { url } = await aConsole();
  const chinese = await (await fetch(`${url}/?lang=zh`)).text();
  expect(chinese).toContain('<html lang="zh-CN">');
  expect(chinese).toContain('金牌客户');
  const response = await fetch(url, { headers: { 'accept-language': 'en-GB' } });
  const english = await response.text();
  expect(english).toContain('Latest changes');
  expect(english).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(english).not.toContain(HOSTILE);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(english).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
});

test('a repeat changes nothing', async () => {
  const { stage, url } = await aConsole();
  const before = await status(url);
  const again = [TOPICS.tierChanges, TOPICS.tiers].flatMap(
    (topic) => stage.log.slice({ topic, partition: 0 }, { from: 0, to: 2, limit: 2 }).records,
  );
  stage.log.append(again);
  stage.buys('c-9', 10);
  await expect.poll(async () => (await status(url)).customers).toBe(4);
  expect((await status(url)).changes.total).toBe(before.changes.total + 1);
});

test('the stream sends the list whole, then what is new, then what was missed', async () => {
  const { stage, url } = await aConsole();
  const stream = await aStream(url);
  const first = await stream.next();
  expect(first).toMatchObject({ isReset: true, announcement: '' });
  expect(first.changes.length).toBeGreaterThan(2);

  stage.buys('c-5', 20);
  let second = await stream.next();
  while (second.changes.length === 0) second = await stream.next();
  expect(second.isReset).toBe(false);
  expect(second.changes).toHaveLength(1);
  expect(second.changes[0]).toContain('c-5');
  expect(second.announcement).toContain('c-5 定级');

  const back = await (await aStream(url, { 'last-event-id': first.id })).next();
  expect(back).toMatchObject({ isReset: false });
  expect(back.changes).toHaveLength(1);
  const stranger = await (await aStream(url, { 'last-event-id': 'feed-1' })).next();
  expect(stranger.isReset).toBe(true);
});

test('an erased customer leaves the list, also on pages that show it already', async () => {
  const { stage, url } = await aConsole();
  const stream = await aStream(url);
  const first = await stream.next();
  expect(first.changes.join()).toContain('林记茶行');
  stage.erase('林记茶行');
  let update = await stream.next();
  while (!update.isReset) update = await stream.next();
  expect(update.changes.length).toBeGreaterThan(0);
  expect(JSON.stringify(update)).not.toContain('林记茶行');
  expect(await (await fetch(url)).text()).not.toContain('林记茶行');
  const back = await (await aStream(url, { 'last-event-id': first.id })).next();
  expect(back.isReset).toBe(true);
  expect(back.changes.join()).not.toContain('林记茶行');
});

test('answers only to its own name, only to reading, and only on its own paths', async () => {
  const { url } = await aConsole();
  const called = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { headers: { host: 'elsewhere.example' } }, resolve)
      .on('error', reject)
      .end();
  });
  called.resume();
  expect(called.statusCode).toBe(421);
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${url}/assets/../package.json`)).status).toBe(404);
  expect((await fetch(`${url}/assets/console.css`)).headers.get('content-type')).toContain('css');
});
