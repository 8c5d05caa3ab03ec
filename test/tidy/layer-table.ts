/**
 * What may import what: the one table. A package stands in it by its folder; `mayImport` names
 * packages of ours, `vendors` packages of others. Anything that a manifest lists beyond that fails.
 */
export interface Layer {
  readonly why: string;
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** Packages of ours that every member may import. */
  readonly mayImport: readonly string[];
}

const SERVICE_PACKAGES = [
  'contracts',
  'domain',
  'jobs',
  'kafka',
  'local-stack',
  'memory',
  'pictures',
  'pipeline',
  'policy-file',
  'redis',
  'schema-registry',
  'service-runtime',
  'shard-state',
  'source-map',
  'stack-figures',
  'state-codec',
  'subscriptions',
  'yaml-file',
];

/** Each member with the vendors that it alone may use. */
export const LAYERS: readonly Layer[] = [
  {
    why: 'The core is pure: no I/O, no clock, no randomness, so a replay cannot differ.',
    members: { 'packages/domain': [], 'packages/pipeline': [] },
    mayImport: [],
  },
  {
    why: 'Faults of any YAML file are told alike: place, what is wrong, remedy, in both languages.',
    members: { 'packages/yaml-file': ['yaml', 'zod'] },
    mayImport: [],
  },
  {
    why: 'Mappings turn bytes and files into the domain and back; they know no port.',
    members: {
      'packages/policy-file': ['zod'],
      'packages/state-codec': [],
    },
    mayImport: ['domain', 'yaml-file'],
  },
  {
    why: 'What a scorer keeps of a partition is read by others too, who own nothing of it: by the port alone.',
    members: { 'packages/shard-state': [] },
    mayImport: ['domain', 'pipeline', 'state-codec'],
  },
  {
    why: 'The contracts of the log carry states, by the bytes by which they are stored.',
    members: { 'packages/contracts': ['zod'] },
    mayImport: ['domain', 'state-codec'],
  },
  {
    why: 'A source map says how rows of any shape become objects of the contracts.',
    members: { 'packages/source-map': ['zod'] },
    mayImport: ['contracts', 'domain', 'yaml-file'],
  },
  {
    why: 'Subscriptions are a topic, a fold over it and a way to write to it, by the ports; three services share them.',
    members: { 'packages/subscriptions': ['zod'] },
    mayImport: ['contracts', 'domain', 'pipeline'],
  },
  {
    why: 'Adapters know ports and one vendor, never the domain: they are tested with toy values.',
    members: {
      // BullMQ is handed its connection, which is ioredis.
      'packages/jobs': ['bullmq', 'ioredis'],
      'packages/kafka': ['kafkajs'],
      'packages/memory': [],
      'packages/redis': ['ioredis'],
      // The client leaves Avro to avsc.
      'packages/schema-registry': ['@kafkajs/confluent-schema-registry', 'avsc'],
    },
    mayImport: ['pipeline'],
  },
  {
    why: 'What services say of themselves is put together in one place, for the page and the commands alike.',
    members: { 'packages/stack-figures': ['zod'] },
    mayImport: [],
  },
  {
    why: 'What consumers outside import; it knows nothing of ours, so that it goes with them.',
    members: { 'packages/client': ['standardwebhooks'] },
    mayImport: [],
  },
  {
    why: 'Pictures are drawn of numbers and words; what they mean is known to who asks for them.',
    members: {
      'packages/pictures': ['@types/d3-array', '@types/d3-sankey', 'd3-array', 'd3-sankey'],
    },
    mayImport: [],
  },
  {
    why: 'Recipes are consumers: what they import of ours is what any consumer can.',
    members: { recipes: [] },
    mayImport: ['client'],
  },
  {
    why: 'The runtime of services, and the processes of a local stack, know nothing of grading.',
    members: {
      'packages/service-runtime': ['pino', 'prom-client', 'zod'],
      'packages/local-stack': [],
    },
    mayImport: [],
  },
  {
    why: 'Services meet on topics: none imports another.',
    members: {
      'services/console': ['zod'],
      'services/ingestor': ['zod'],
      'services/notifier': ['standardwebhooks', 'zod'],
      'services/scorer': ['zod'],
    },
    mayImport: SERVICE_PACKAGES,
  },
  {
    why: 'The commands compose all services in one process for `--stack embedded`.',
    members: { 'services/cli': ['csv-parse', 'standardwebhooks', 'yaml', 'zod'] },
    mayImport: [...SERVICE_PACKAGES, 'client', 'console', 'ingestor', 'notifier', 'scorer'],
  },
  {
    why: 'What only tests use may know ports and domain; no other code may know it.',
    members: { 'packages/testing': ['fast-check', 'vitest'] },
    mayImport: ['domain', 'pipeline'],
  },
];

/** For tests alone, hence only as devDependencies. */
export const FOR_TESTS: readonly string[] = ['memory', 'testing'];
export const VENDORS_FOR_TESTS: readonly string[] = ['fast-check', 'vitest'];

/** Where services may be put together in one process. */
export const MAY_COMPOSE_SERVICES = 'services/cli/src/embedded.ts';

/** Commands say what the gate of the intake would say of a record; none of them starts the service. */
export const MAY_TRY_THE_GATE = 'services/cli/src/stack/open-gate.ts';

/**
 * The scorer's part of a shard, and the form of its outputs, are layouts that the commands read, too, and a rebuild
 * folds by the scorer's own steps; none of them starts the service.
 */
export const MAY_READ_SHARDS: readonly string[] = [
  'services/cli/src/verify/log-fold.ts',
  'services/cli/src/rebuild/begin-epoch.ts',
  'services/cli/src/rebuild/corrections.ts',
  'services/cli/src/rebuild/rebuild-partition.ts',
];
