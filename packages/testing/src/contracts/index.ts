export * from './delivery-endpoints.contract.ts';
export * from './delivery-queue.contract.ts';
export * from './delivery-queue-harness.ts';
export * from './group-reader.contract.ts';
export * from './record-log.contract.ts';
export * from './record-log-harness.ts';
export * from './state-store.contract.ts';
export * from './state-walk.contract.ts';
