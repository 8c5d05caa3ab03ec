import type { Text } from './messages/texts.ts';

/** The command cannot do what was asked, and says why and what to do: exit code 1. The message is in the user's language. */
export class CliFault extends Error {
  readonly code: `STRATA_CLI_${string}`;

  constructor(code: `STRATA_CLI_${string}`, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CliFault';
    this.code = code;
  }
}

/** A fault found where nobody knows the user's language: it brings both sentences, and the frame takes one. */
export class BilingualFault extends Error {
  readonly code: `STRATA_${string}`;
  readonly sentence: Text;

  constructor(code: `STRATA_${string}`, sentence: Text) {
    super(sentence.en);
    this.name = 'BilingualFault';
    this.code = code;
    this.sentence = sentence;
  }
}

/** The command was called wrongly: exit code 2. */
export class UsageFault extends CliFault {
  constructor(message: string) {
    super('STRATA_CLI_WRONG_USE', message);
    this.name = 'UsageFault';
  }
}

/** `held`: nothing is wrong, and nothing happened, because a limit asks for somebody's word. */
export const EXIT_CODES = { success: 0, failure: 1, wrongUse: 2, held: 3 } as const;
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
