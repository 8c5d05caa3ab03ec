import type { DeadLetterReason } from './dead-letter-reason.ts';

/** A record that its contract does not allow. `field` names the place; no value is ever told. */
export class ContractFault extends Error {
  readonly reason: DeadLetterReason;
  readonly field: string | null;

  constructor(reason: DeadLetterReason, field: string | null, message: string) {
    super(message);
    this.name = 'ContractFault';
    this.reason = reason;
    this.field = field;
  }
}
