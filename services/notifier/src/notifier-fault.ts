import { StrataError } from '@strata/pipeline';

export const NOTIFIER_FAULTS = [
  'STRATA_NOTIFIER_SUBSCRIPTIONS',
  'STRATA_NOTIFIER_POSITION',
] as const;
export type NotifierFaultCode = (typeof NOTIFIER_FAULTS)[number];

export class NotifierFault extends StrataError {
  constructor(
    code: NotifierFaultCode,
    message: string,
    options: { cause?: unknown; details?: Readonly<Record<string, string | number>> } = {},
  ) {
    super(code, message, options);
    this.name = 'NotifierFault';
  }
}
