export { scorerConfig } from './config.ts';
export * from './crash-point.ts';
export * from './decision-hash.ts';
export * from './metrics.ts';
export * from './scorer-fault.ts';
export * from './scorer-ports.ts';
export * from './scorer-settings.ts';
export {
  type RebuildPorts,
  type RebuildSeed,
  type RebuildWatch,
  ShardRebuild,
} from './shard-rebuild.ts';
export * from './start-scorer.ts';
export { isTaken } from './steps/fold.ts';
export { tierSnapshotOf } from './steps/write-outputs.ts';
