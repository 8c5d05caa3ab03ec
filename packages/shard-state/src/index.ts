export * from './partition-view.ts';
export { readCustomers, wholeCustomer } from './read-customers.ts';
export * from './read-whole.ts';
export * from './shadow-note.ts';
export * from './shard-fault.ts';
export * from './shard-ledger.ts';
