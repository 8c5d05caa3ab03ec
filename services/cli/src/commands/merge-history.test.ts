import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../cli.ts';
import { type EmbeddedStack, startEmbedded } from '../embedded.ts';

const CUSTOMERS = 12;
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const END = '2026-03-15';

let embedded: EmbeddedStack;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-merge-'));
  embedded = await startEmbedded({
    time: 'data',
    partitions: 4,
    subscriptions: null,
    onFatal: (error) => {
      throw error;
    },
  });
});
afterAll(async () => {
  await embedded.stop();
  await rm(folder, { recursive: true, force: true });
});

async function run(...argv: readonly string[]): Promise<string> {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCli(argv, {
    stdout: { write: (text) => void (stdout += text) },
    stderr: { isTty: false, write: (text) => void (stderr += text) },
    stdin: Readable.from([]),
    env: {},
    cwd: folder,
    language: 'en',
    signal: new AbortController().signal,
    monotonicMs: () => 0,
    stack: embedded.stack,
  });
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

type Event = Readonly<Record<string, unknown>> & { readonly customerId: string };

/** Everybody buys, complains and visits at a rhythm of their own. Every third customer is somebody else's second name. */
function history(firstDay: number, days: number): readonly Event[] {
  const events: Event[] = [];
  for (let n = firstDay; n < firstDay + days; n++) {
    for (let customer = 0; customer < CUSTOMERS; customer++) {
      if ((n + customer) % (4 + (customer % 7)) !== 0) continue;
      const eventId = `e${n}.${customer}`;
      const occurredAt = new Date(START + n * DAY_MS + customer * 60_000).toISOString();
      const base = { source: 'shop', eventId, customerId: `c${customer}`, occurredAt };
      const amount = { minor: 10_000 + 500 * customer, currency: 'CNY' };
      const kinds = [
        { type: 'purchase', orderId: `o${eventId}`, amount },
        { type: 'purchase', orderId: `o${eventId}`, amount },
        { type: 'complaint', ticketId: `t${eventId}`, severity: 'low' },
        { type: 'engagement', kind: 'visit', weight: 1 },
      ];
      const event = { ...base, ...kinds[(n + customer) % kinds.length] };
      events.push(event);
      // What a second name did is reported under the first one as well, now and then.
      if (customer % 3 === 2 && n % 2 === 0) {
        events.push({ ...event, customerId: `c${customer - 1}` });
      }
    }
  }
  return events;
}

/** Those who merge, in this order: c2 into c1, c5 into c4, and so on, and then c1 into c0, so that c2 is c0's too. */
const MERGES = [
  ...Array.from({ length: CUSTOMERS / 3 }, (_, n) => [`c${3 * n + 2}`, `c${3 * n + 1}`] as const),
  ['c1', 'c0'] as const,
];
const nameOf = (customerId: string): string =>
  MERGES.reduce((name, [other, survivor]) => (name === other ? survivor : name), customerId);

async function written(name: string, events: readonly Event[]): Promise<string> {
  await writeFile(join(folder, name), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return name;
}

/** Values only: tiers know on what way they were come by. */
async function valuesIn(name: string): Promise<readonly string[]> {
  const lines = (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => {
    const fields = line.split(',');
    return fields.filter((_, column) => column !== 2 && column !== fields.length - 1).join(',');
  });
}

test('those who merged have the values of customers who were one from the start', async () => {
  const before = history(0, 30);
  const after = history(30, 20);
  const events = ['--format', 'events'];
  await run('import', await written('before.ndjson', before), ...events);
  for (const [other, survivor] of MERGES) {
    await run('merge', other, '--into', survivor, '--reason', 'same phone', '--actor', 'ann');
  }
  // Everything comes again, as from a source that starts anew, and the rest under the old names.
  await run('import', await written('all.ndjson', [...before, ...after]), ...events);
  await run('profiles', '--at', END, '--out', 'live.csv');

  const renamed = [...before, ...after].map((it) => ({ ...it, customerId: nameOf(it.customerId) }));
  const file = await written('renamed.ndjson', renamed);
  await run('backtest', file, ...events, '--at', END, '--profiles', 'offline.csv');
  const values = await valuesIn('live.csv');
  expect(values).toEqual(await valuesIn('offline.csv'));
  expect(values).toHaveLength(1 + CUSTOMERS - MERGES.length);
  expect(JSON.parse(await run('verify', '--from-log', '--json'))).toMatchObject({ isSame: true });
});
