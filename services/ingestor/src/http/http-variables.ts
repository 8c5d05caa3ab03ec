import { integerVariable } from '@strata/service-runtime';
import { z } from 'zod';

const MEBIBYTE = 1_048_576;

/** Where nothing else is said. */
export const HTTP_DEFAULTS = {
  host: '127.0.0.1',
  port: 0,
  bodyBytesMax: 4 * MEBIBYTE,
  linesMax: 10_000,
  requestsMax: 256,
  inFlightBytesMax: 64 * MEBIBYTE,
  ackTimeoutMs: 10_000,
} as const;

export const httpVariables = {
  STRATA_INGESTOR_HTTP_KEYS: z.string().optional().meta({
    description:
      'File of the keys that may send by HTTP (./strata intake-key add); read again when it changes. Without it there is no HTTP intake.',
  }),
  STRATA_INGESTOR_HTTP_HOST: z.string().default(HTTP_DEFAULTS.host).meta({
    description: 'Address of the HTTP intake. It speaks no TLS: keep it behind a proxy that does.',
  }),
  STRATA_INGESTOR_HTTP_PORT: integerVariable({
    min: 0,
    max: 65_535,
    description: 'Port of the HTTP intake; 0 takes a free one.',
  }).default(HTTP_DEFAULTS.port),
  STRATA_INGESTOR_HTTP_BODY_BYTES_MAX: integerVariable({
    min: 1_024,
    max: 64 * MEBIBYTE,
    description: 'Largest body of a request, unpacked.',
  }).default(HTTP_DEFAULTS.bodyBytesMax),
  STRATA_INGESTOR_HTTP_LINES_MAX: integerVariable({
    min: 1,
    max: 1_000_000,
    description: 'Most lines of a request.',
  }).default(HTTP_DEFAULTS.linesMax),
  STRATA_INGESTOR_HTTP_REQUESTS_MAX: integerVariable({
    min: 1,
    max: 100_000,
    description: 'Requests in flight at once; the next is told to come again.',
  }).default(HTTP_DEFAULTS.requestsMax),
  STRATA_INGESTOR_HTTP_IN_FLIGHT_BYTES_MAX: integerVariable({
    min: MEBIBYTE,
    max: 4_096 * MEBIBYTE,
    description: 'Bytes in flight at once; the next request is told to come again.',
  }).default(HTTP_DEFAULTS.inFlightBytesMax),
  STRATA_INGESTOR_HTTP_ACK_TIMEOUT_MS: integerVariable({
    min: 100,
    max: 300_000,
    description: 'How long a request waits for the acknowledgement of Kafka.',
  }).default(HTTP_DEFAULTS.ackTimeoutMs),
};

type HttpVariables = Readonly<z.output<z.ZodObject<typeof httpVariables>>>;

/** What an operator says of the HTTP intake. */
export interface HttpOptions {
  /** File of the keys; see `api-keys.ts`. */
  readonly keysFile: string;
  readonly host: string;
  readonly port: number;
  readonly bodyBytesMax: number;
  readonly linesMax: number;
  readonly requestsMax: number;
  readonly inFlightBytesMax: number;
  readonly ackTimeoutMs: number;
}

/** Null where there are no keys: then nobody could send anything. */
export function httpOptionsOf(config: HttpVariables): HttpOptions | null {
  const keysFile = config.STRATA_INGESTOR_HTTP_KEYS;
  if (keysFile === undefined) return null;
  return {
    keysFile,
    host: config.STRATA_INGESTOR_HTTP_HOST,
    port: config.STRATA_INGESTOR_HTTP_PORT,
    bodyBytesMax: config.STRATA_INGESTOR_HTTP_BODY_BYTES_MAX,
    linesMax: config.STRATA_INGESTOR_HTTP_LINES_MAX,
    requestsMax: config.STRATA_INGESTOR_HTTP_REQUESTS_MAX,
    inFlightBytesMax: config.STRATA_INGESTOR_HTTP_IN_FLIGHT_BYTES_MAX,
    ackTimeoutMs: config.STRATA_INGESTOR_HTTP_ACK_TIMEOUT_MS,
  };
}
