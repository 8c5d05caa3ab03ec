import { StrataError } from '@strata/pipeline';

/** Of a shard that cannot be read: no try again helps, and the message names the remedy. */
export const SHARD_FAULT_CODES = [
  'STRATA_SCORER_STATE_UNREADABLE',
  'STRATA_SCORER_LEDGER_LAYOUT',
] as const;
export type ShardFaultCode = (typeof SHARD_FAULT_CODES)[number];

export function shardFault(
  code: ShardFaultCode,
  message: string,
  more: { cause?: unknown; details?: Readonly<Record<string, string | number>> } = {},
): StrataError {
  return new StrataError(code, message, more);
}
