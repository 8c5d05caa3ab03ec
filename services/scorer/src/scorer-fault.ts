import { isProgrammerFault, StrataError } from '@strata/pipeline';
import { SHARD_FAULT_CODES } from '@strata/shard-state';

export const SCORER_FAULT_CODES = [
  'STRATA_SCORER_FOLD_FAILED',
  ...SHARD_FAULT_CODES,
  'STRATA_SCORER_FOLD_VERSION',
  'STRATA_SCORER_PARTITION_COUNT',
  'STRATA_SCORER_LOG_LOST_ITS_END',
  'STRATA_SCORER_LOG_CUT',
  'STRATA_SCORER_LOG_REPLACED',
  'STRATA_SCORER_RELAY_HANGS',
  'STRATA_SCORER_MARKER_KEY',
] as const;
export type ScorerFaultCode = (typeof SCORER_FAULT_CODES)[number];

/** Faults after which going on would break a promise. None of them is helped by trying again. */
export function scorerFault(
  code: ScorerFaultCode,
  message: string,
  more: { cause?: unknown; details?: Readonly<Record<string, string | number>> } = {},
): StrataError {
  return new StrataError(code, message, more);
}

/** An output of ours that fits no schema of ours would come out the same at every try. */
const VALUE_UNFIT = 'STRATA_REGISTRY_VALUE_UNFIT';
const FATAL_CODES: ReadonlySet<string> = new Set([...SCORER_FAULT_CODES, VALUE_UNFIT]);

/** Whether the process has to end. Everything else is an operating fault: the partition is taken anew. */
export function isFatal(error: unknown): boolean {
  if (isProgrammerFault(error)) return true;
  return error instanceof StrataError && FATAL_CODES.has(error.code);
}
