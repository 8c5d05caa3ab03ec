export const STATE_CODEC_CODES = [
  'STRATA_STATE_CODEC_VERSION',
  'STRATA_STATE_CODEC_SECTION',
  'STRATA_STATE_CODEC_DAMAGED',
  'STRATA_STATE_CODEC_NUMBER',
] as const;
export type StateCodecCode = (typeof STATE_CODEC_CODES)[number];

/** Stored bytes that cannot be read, or a state that no bytes can hold. Never retryable; the log still has the truth. */
export class StateCodecError extends Error {
  override readonly name = 'StateCodecError';
  readonly code: StateCodecCode;
  readonly isRetryable = false;

  constructor(code: StateCodecCode, message: string) {
    super(message);
    this.code = code;
  }
}
