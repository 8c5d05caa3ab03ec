import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import type { Logger } from '@strata/pipeline';
import type { KafkaConfig, LogEntry, SASLOptions } from 'kafkajs';
import kafkajs from 'kafkajs';

/** How to reach a Kafka cluster. */
export interface KafkaSettings {
  /** `host:port` of some of the brokers; the others are found from them. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?: boolean | { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

const CONNECT_TIMEOUT_MS = 5_000;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Node's own zstd. Without it a consumer that meets a zstd batch is dead for good. */
function registerZstd(): void {
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
    compress: (encoder: { buffer: Buffer }) => compress(encoder.buffer),
    decompress: (buffer: Buffer) => decompress(buffer),
  });
}

/**
 * kafkajs 2.2.4 schedules a timer below zero at every connect, which Node 24 warns about. Only the warning of that
 * name is held back: it says nothing about us.
 */
function holdBackNegativeTimeoutWarning(): void {
  const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]) => {
    const kind = args[1];
    const name = isOptions(kind) ? kind.type : kind;
    if (name !== 'TimeoutNegativeWarning') emitWarning(...args);
  };
}

function isOptions(kind: unknown): kind is { readonly type?: unknown } {
  return typeof kind === 'object' && kind !== null;
}

let isPrepared = false;

/** Options for a client; what kafkajs logs goes to our logger, first past `onEntry`. */
export function clientConfig(
  settings: KafkaSettings,
  logger: Logger,
  onEntry?: (entry: LogEntry) => void,
): KafkaConfig {
  if (!isPrepared) {
    registerZstd();
    holdBackNegativeTimeoutWarning();
    isPrepared = true;
  }
  return {
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
    ...(settings.ssl === undefined ? {} : { ssl: settings.ssl }),
    ...(settings.sasl === undefined ? {} : { sasl: { ...settings.sasl } as SASLOptions }),
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => (entry) => {
      onEntry?.(entry);
      forward(entry, logger);
    },
  };
}

/** kafkajs tries most things again after it has logged them as errors, so nothing of it is above a warning here. */
function forward(entry: LogEntry, logger: Logger): void {
  const { message, groupId, topic, partition, error, broker } = entry.log;
  const known = { groupId, topic, partition, broker, error: textOf(error) };
  const fields = Object.fromEntries(
    Object.entries(known).filter(([, value]) => ['string', 'number'].includes(typeof value)),
  ) as Record<string, string | number>;
  const line = { component: `kafkajs ${entry.namespace}`, ...fields };
  if (entry.level === kafkajs.logLevel.ERROR) logger.warn(line, message);
  else logger.debug(line, message);
}

function textOf(error: unknown): unknown {
  return error instanceof Error ? error.message : error;
}
