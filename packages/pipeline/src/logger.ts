/** What a log line may carry beside its message. Never a customer id, a payload or a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Where adapters say what an operator should know. A service hands in its real logger. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

function nothing(): void {}

/** For tests and for callers that have nowhere to log to. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};
