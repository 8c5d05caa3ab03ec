export const RUNTIME_FAULT_CODES = [
  'STRATA_CONFIG_INVALID',
  'STRATA_API_KEYS_INVALID',
  'STRATA_SEALING_KEY_INVALID',
  'STRATA_SEALING_OTHER_KEY',
  'STRATA_SEALING_BROKEN',
] as const;
export type RuntimeFaultCode = (typeof RUNTIME_FAULT_CODES)[number];

/** What stops a service before it does anything, or bytes that do not open. The message names the place and the remedy. */
export class RuntimeFault extends Error {
  readonly code: RuntimeFaultCode;
  readonly isRetryable = false;

  constructor(code: RuntimeFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'RuntimeFault';
    this.code = code;
  }
}
