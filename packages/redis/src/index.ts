export type { RedisConnectionSettings } from './redis-connection.ts';
export { RedisStateStore, type RedisStateStoreSettings } from './redis-state-store.ts';
