import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TierChange, WebhookReader } from '@strata/client';
import { expect, onTestFinished, test } from 'vitest';
import { aChange, postChange, SECRET } from './builders/a-change.ts';
import { FileSeenStore } from './file-seen-store.ts';
import { receiver } from './receive-webhooks.ts';
import type { WriteOutcome } from './tier-writer.ts';

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-recipes-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Notes what is written; answers in turn as told, then as written. */
async function aReceiver(
  options: {
    outcomes?: readonly WriteOutcome[];
    file?: string;
    before?: (change: TierChange) => Promise<void>;
  } = {},
) {
  const written: number[] = [];
  const notes: string[] = [];
  const seen = new FileSeenStore(options.file ?? ':memory:');
  let calls = 0;
  const server = createServer(
    receiver({
      reader: new WebhookReader({ secrets: [SECRET] }),
      seen,
      writer: {
        async write(change) {
          await options.before?.(change);
          const outcome = options.outcomes?.[calls] ?? { kind: 'written' };
          calls += 1;
          if (outcome.kind === 'written') written.push(change.customerSeq);
          return outcome;
        },
      },
      note: (line) => notes.push(line),
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  async function close() {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    seen.close();
  }
  onTestFinished(close);
  return { url, written, notes, close, calls: () => calls };
}

const seq = (customerSeq: number) => aChange({ customerSeq });

test('each newer change is written, repeats and older ones are not', async () => {
  const { url, written } = await aReceiver();
  for (const each of [1, 1, 3, 2, 3, 4]) {
    expect(await postChange(url, seq(each))).toEqual({ status: 204, retryAfter: null });
  }
  expect(written).toEqual([1, 3, 4]);
});

test('an older one that comes while the newer is being written waits, and is dropped', async () => {
  const isAtWork = Promise.withResolvers<void>();
  const isDone = Promise.withResolvers<void>();
  const { url, written, calls } = await aReceiver({
    before: async ({ customerSeq }) => {
      if (customerSeq !== 2) return;
      isAtWork.resolve();
      await isDone.promise;
    },
  });
  const newer = postChange(url, seq(2));
  await isAtWork.promise;
  const older = postChange(url, seq(1));
  isDone.resolve();
  expect((await newer).status).toBe(204);
  expect((await older).status).toBe(204);
  expect(written).toEqual([2]);
  expect(calls()).toBe(1);
});

test('what the other system puts off comes again, and counts then', async () => {
  const { url, written } = await aReceiver({
    outcomes: [{ kind: 'later', afterMs: 6_200, reason: 'busy' }],
  });
  expect(await postChange(url, seq(1))).toEqual({ status: 503, retryAfter: '7' });
  expect(await postChange(url, seq(1))).toEqual({ status: 204, retryAfter: null });
  expect(written).toEqual([1]);
});

test('what can never be written ends the delivery, and leaves no mark', async () => {
  const { url, written, notes } = await aReceiver({
    outcomes: [{ kind: 'impossible', reason: 'no value for jade' }],
  });
  expect((await postChange(url, seq(1))).status).toBe(422);
  expect(notes).toEqual(['Tier change 0.1.0 was not written: no value for jade']);
  await postChange(url, seq(1));
  expect(written).toEqual([1]);
});

test('marks outlive the process', async () => {
  const file = join(await aFolder(), 'seen.sqlite');
  const first = await aReceiver({ file });
  await postChange(first.url, seq(5));
  await first.close();
  const second = await aReceiver({ file });
  for (const each of [4, 5, 6]) await postChange(second.url, seq(each));
  expect(second.written).toEqual([6]);
});

test('what is not signed by the secret is refused, and nothing written', async () => {
  const { url, notes, calls } = await aReceiver();
  expect((await postChange(url, seq(1), Buffer.alloc(32, 1))).status).toBe(401);
  expect((await fetch(url)).status).toBe(405);
  expect((await fetch(url, { method: 'POST', body: 'x'.repeat(1_100_000) })).status).toBe(413);
  expect(calls()).toBe(0);
  expect(notes.join()).toContain('wrong-signature');
});

test('a fault of the writer is answered by 500, so that the webhook comes again', async () => {
  let isFirst = true;
  const { url, written } = await aReceiver({
    before: async () => {
      if (!isFirst) return;
      isFirst = false;
      throw new Error('no');
    },
  });
  expect((await postChange(url, seq(1))).status).toBe(500);
  expect((await postChange(url, seq(1))).status).toBe(204);
  expect(written).toEqual([1]);
});
