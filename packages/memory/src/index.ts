export * from './memory-delivery-queue.ts';
export * from './memory-log.ts';
export { MemoryGroupReader, type MemoryGroupReaderOptions } from './memory-log-group-reader.ts';
export * from './memory-state-store.ts';
