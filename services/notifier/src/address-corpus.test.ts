import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, isIP } from 'node:net';
import { isPrivateAddress, isPrivateLiteral } from '@strata/subscriptions';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { AddressRefused, guardLookup, type Resolve } from './guarded-lookup.ts';
import { WebhookPoster } from './steps/post-webhook.ts';
import { parseSubscriptions } from './subscriptions.ts';

interface Corpus {
  readonly refusedHosts: readonly { readonly host: string; readonly why: string }[];
  readonly refusedAnswers: readonly {
    readonly name: string;
    readonly answers: readonly string[];
    readonly why: string;
  }[];
  readonly publicHosts: readonly { readonly host: string; readonly why: string }[];
}

const CORPUS = JSON.parse(
  readFileSync(new URL('../fixtures/addresses.json', import.meta.url), 'utf8'),
) as Corpus;

/** What a refused address would reach: every connection to it is one too many. */
let connections = 0;
const insider = createServer(() => {
  connections += 1;
});
beforeAll(async () => {
  insider.listen(0, '127.0.0.1');
  await once(insider, 'listening');
});
afterAll(async () => {
  insider.close();
  await once(insider, 'close');
  expect(connections).toBe(0);
});

const port = () => (insider.address() as AddressInfo).port;

/** Answers each look-up with the next of the lists, and notes the names it was asked for. */
function aResolver(...lists: (readonly string[])[]) {
  const asked: string[] = [];
  const resolve: Resolve = (hostname, _, callback) => {
    const addresses = lists[asked.length] ?? [];
    asked.push(hostname);
    callback(
      null,
      addresses.map((address) => ({ address, family: isIP(address) })),
    );
  };
  return { asked, resolve };
}

function aPoster(resolve: Resolve): WebhookPoster {
  const poster = new WebhookPoster({
    timeoutMs: 5_000,
    isPrivateAllowed: false,
    nowMs: () => 0,
    resolve,
  });
  onTestFinished(() => poster.close());
  return poster;
}

const REFUSED = { kind: 'rejected', reason: 'address-refused' };

describe('a host that is refused', () => {
  test.each(CORPUS.refusedHosts)('$host: $why', async ({ host, why }) => {
    const text = `https://${host}:${port()}/hook`;
    const isUrl = URL.canParse(text);
    expect(isUrl).toBe(!why.includes('no address of a URL'));
    if (isUrl) {
      const { asked, resolve } = aResolver();
      const url = new URL(text);
      // Before the post, so that a hole in the list fails here and sends nothing out.
      expect(isPrivateLiteral(url)).toBe(true);
      expect(await aPoster(resolve).post({ url, headers: {}, body: '{}' })).toEqual(REFUSED);
      expect(asked).toEqual([]);
    }
  });

  test.each(CORPUS.refusedHosts.filter(({ why }) => why.includes('no address of a URL')))(
    '$host is no subscription either',
    ({ host }) => {
      const secret = `whsec_${Buffer.alloc(32).toString('base64')}`;
      const text = JSON.stringify([{ id: 'x', url: `https://${host}/`, secret }]);
      const parse = () => parseSubscriptions(text, { place: 'test', isHttpAllowed: false });
      expect(parse).toThrow(/whole address/);
    },
  );
});

describe('a name whose answers are refused', () => {
  test.each(CORPUS.refusedAnswers)('$name: $why', async ({ name, answers }) => {
    const { asked, resolve } = aResolver(answers);
    const url = new URL(`https://${name}:${port()}/hook`);
    expect(answers.length === 0 || answers.some(isPrivateAddress)).toBe(true);
    expect(await aPoster(resolve).post({ url, headers: {}, body: '{}' })).toEqual(REFUSED);
    expect(asked).toEqual([url.hostname]);
  });
});

describe('a name that changes its mind', () => {
  const looked = (resolve: Resolve, all: boolean) =>
    new Promise((done) => {
      guardLookup(resolve)('hook.example.org', { all }, (error, address, family) =>
        done(error ?? { address, family }),
      );
    });

  test.each([true, false])('every look-up is looked at, all answers: %s', async (all) => {
    const { asked, resolve } = aResolver(['8.8.8.8'], ['127.0.0.1'], ['8.8.8.8', '10.0.0.1']);
    const first = await looked(resolve, all);
    expect(first).toMatchObject(
      all ? { address: [{ address: '8.8.8.8', family: 4 }] } : { address: '8.8.8.8', family: 4 },
    );
    expect(await looked(resolve, all)).toBeInstanceOf(AddressRefused);
    expect(await looked(resolve, all)).toBeInstanceOf(AddressRefused);
    expect(asked).toHaveLength(3);
  });

  test('the socket connects to the answer that was looked at, and asks no second time', async () => {
    // Were there a second look-up, it would find the public address and go on.
    const { asked, resolve } = aResolver(['127.0.0.1'], ['8.8.8.8']);
    const url = new URL(`https://hook.example.org:${port()}/`);
    expect(await aPoster(resolve).post({ url, headers: {}, body: '{}' })).toEqual(REFUSED);
    expect(asked).toHaveLength(1);
  });

  test('a resolver that fails is tried again later', async () => {
    const resolve: Resolve = (_, __, callback) =>
      callback(Object.assign(new Error('none'), { code: 'ENOTFOUND' }), []);
    const url = new URL('https://hook.example.org/');
    expect(await aPoster(resolve).post({ url, headers: {}, body: '{}' })).toEqual({
      kind: 'retry',
      reason: 'name-not-found',
    });
  });
});

test('plain http is refused where private addresses are', async () => {
  const { asked, resolve } = aResolver(['8.8.8.8']);
  for (const host of ['8.8.8.8', 'hook.example.org']) {
    const url = new URL(`http://${host}/`);
    expect(await aPoster(resolve).post({ url, headers: {}, body: '{}' })).toEqual(REFUSED);
  }
  expect(asked).toEqual([]);
});

describe('a host that is public', () => {
  test.each(CORPUS.publicHosts)('$host: $why', async ({ host }) => {
    const url = new URL(`https://${host}/`);
    expect(isPrivateLiteral(url)).toBe(false);
    const address = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const { resolve } = aResolver([address]);
    const answer = await new Promise((done) => {
      guardLookup(resolve)('hook.example.org', {}, (error, first) => done(error ?? first));
    });
    expect(answer).toBe(address);
  });
});
