/** A sentence for a person, in both languages of the product. */
export interface Sentence {
  readonly en: string;
  readonly zh: string;
}

export type StackFaultCode =
  | 'STRATA_STACK_ALREADY_UP'
  | 'STRATA_STACK_CHILD_ENDED'
  | 'STRATA_STACK_FETCH_FAILED'
  | 'STRATA_STACK_NOT_READY'
  | 'STRATA_STACK_PREREQUISITE_MISSING'
  | 'STRATA_STACK_TEMPLATE_INVALID';

/**
 * An operating fault of the local stack. It has the shape of the other packages' faults without
 * importing them, because this package runs before anything else of the workspace is needed.
 */
export class StackFault extends Error {
  readonly code: StackFaultCode;
  readonly isRetryable = false;
  readonly sentence: Sentence;

  constructor(code: StackFaultCode, sentence: Sentence, cause?: unknown) {
    super(sentence.en, cause === undefined ? undefined : { cause });
    this.name = 'StackFault';
    this.code = code;
    this.sentence = sentence;
  }
}
