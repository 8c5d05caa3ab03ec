import { type DestinationStream, pino } from 'pino';

type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** One line of JSON for each call, fields first. The same shape as the port that adapters log through. */
export interface ServiceLogger {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}

/** Names under which a secret or personal data could reach a line by mistake. */
const NEVER_LOGGED = [
  'password',
  'secret',
  'sealingKey',
  'authorization',
  'customerId',
  'customerIds',
  'payload',
  'body',
  'value',
];

/**
 * Logs go to standard error by default: standard output is kept for the one line that a supervisor reads.
 * Writing is synchronous, so the last line before an exit is never lost.
 */
export function createLogger(settings: {
  service: string;
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  destination?: DestinationStream;
}): ServiceLogger {
  const destination = settings.destination ?? pino.destination({ fd: 2, sync: true });
  return pino(
    {
      level: settings.level,
      base: { service: settings.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: NEVER_LOGGED.flatMap((name) => [name, `*.${name}`]),
        censor: '[redacted]',
      },
    },
    destination,
  );
}
