import { RedisStateStore } from '@strata/redis';
import {
  stateNotesContract,
  stateStoreContract,
  stateWalkContract,
} from '@strata/testing/contracts';
import { afterAll, beforeAll } from 'vitest';
import { type RedisServer, startRedisServer } from '../redis-server.ts';

let server: RedisServer;
let stores = 0;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

stateStoreContract('on Redis', () => {
  stores += 1;
  return RedisStateStore.connect({ url: server.url, keyPrefix: `contract-${stores}` });
});

stateWalkContract('on Redis', () => {
  stores += 1;
  return RedisStateStore.connect({ url: server.url, keyPrefix: `contract-${stores}` });
});

stateNotesContract('on Redis', () => {
  stores += 1;
  return RedisStateStore.connect({ url: server.url, keyPrefix: `contract-${stores}` });
});
