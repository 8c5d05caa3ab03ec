import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RedisServer, startRedisServer } from '../redis-server.ts';

/**
 * ioredis 6 speaks RESP3, which changed the shape of some replies and may change more. These are the ones that the
 * state store reads; an upgrade that moves one fails here, by its name, and not as a wrong due instant.
 */
let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await startRedisServer();
  redis = new Redis(server.url);
  await redis.hset('hash', 'a', '1', 'b', '2');
  await redis.zadd('zset', 5, 'x', 1_767_225_600_123, 'y');
  await redis.xadd('stream', '1-0', 'topic', 't', 'seq', '1');
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const buffer = (text: string) => Buffer.from(text);

test('the connection speaks RESP3', async () => {
  expect(await redis.client('INFO')).toContain('resp=3');
});

test('ZRANGE WITHSCORES ends with the score, as a string or a number', async () => {
  const reply: unknown = await redis.zrange('zset', 1, '1', 'WITHSCORES');
  expect(Number([reply].flat(3).at(-1))).toBe(1_767_225_600_123);
});

test('ZRANGE BYSCORE is a list of members', async () => {
  expect(await redis.zrange('zset', '-inf', '5', 'BYSCORE', 'LIMIT', 0, 9)).toEqual(['x']);
});

test('HSCAN is a cursor and a flat list of buffers', async () => {
  const flat = ['a', '1', 'b', '2'].map(buffer);
  expect(await redis.hscanBuffer('hash', '0', 'COUNT', 10)).toEqual([buffer('0'), flat]);
});

test('HMGET gives null for what is not there', async () => {
  expect(await redis.hmgetBuffer('hash', 'a', 'nobody')).toEqual([buffer('1'), null]);
  expect(await redis.hmgetBuffer('no-hash', 'a')).toEqual([null]);
});

test('XRANGE is a list of id and flat fields', async () => {
  const fields = ['topic', 't', 'seq', '1'].map(buffer);
  expect(await redis.xrangeBuffer('stream', '-', '+', 'COUNT', 9)).toEqual([
    [buffer('1-0'), fields],
  ]);
});

test('inside a script HGETALL stays a flat list and counts are numbers', async () => {
  const script = "return { redis.call('HGETALL', KEYS[1]), redis.call('HLEN', KEYS[1]), 'ok' }";
  const flat = ['a', '1', 'b', '2'].map(buffer);
  expect(await redis.callBuffer('EVAL', script, '1', 'hash')).toEqual([flat, 2, buffer('ok')]);
});
