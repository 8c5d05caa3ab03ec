/** What a code means, and what to do about it. The message of the fault itself also names the place. */
export interface ErrorText {
  readonly means: string;
  readonly remedy: string;
}

export const text = (means: string, remedy: string): ErrorText => ({ means, remedy });
