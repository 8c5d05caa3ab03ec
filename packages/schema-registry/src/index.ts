export * from './confluent-schema-registry.ts';
export * from './memory-schema-registry.ts';
export * from './register-schemas.ts';
export * from './registry-faults.ts';
export * from './schema-source.ts';
export * from './topic-schema.ts';
export * from './topic-serdes.ts';
