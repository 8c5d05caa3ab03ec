import { formatRfc3339 } from '@strata/contracts';
import type { LedgerEntry } from './subscription-ledger.ts';
import type { PresentSubscription } from './subscription-state.ts';

/** As commands and the API show it. Secrets are never in it, only until when each one before the newest signs. */
export function subscriptionJson(state: PresentSubscription): Record<string, unknown> {
  const { id, version, content, standing, heldSinceMs, heldReason, secrets } = state;
  return {
    id,
    version,
    standing,
    ...(heldSinceMs === null ? {} : { heldSince: formatRfc3339(heldSinceMs), heldReason }),
    ...content,
    activeFrom: formatRfc3339(state.activeFromMs),
    changedAt: formatRfc3339(state.changedAtMs),
    changedBy: state.changedBy,
    formerSecretsEndAt: secrets.flatMap(({ endsAtMs }) =>
      endsAtMs === null ? [] : [formatRfc3339(endsAtMs)],
    ),
  };
}

/** A record of the history; what was sealed stays out. */
export function ledgerEntryJson(entry: LedgerEntry): Record<string, unknown> {
  const { record, appendedAtMs, isVoid } = entry;
  return {
    at: formatRfc3339(appendedAtMs),
    kind: record.kind,
    subscription: record.subscription,
    version: 'version' in record ? record.version : null,
    actor: record.actor,
    reason: record.reason,
    isVoid,
    ...('content' in record ? { content: record.content } : {}),
    ...('overlapMs' in record ? { overlapMs: record.overlapMs } : {}),
    ...('replay' in record ? { replay: replayJson(record.replay, record.recordId) } : {}),
    ...('result' in record ? { result: record.result } : {}),
  };
}

function replayJson(
  replay: {
    readonly sinceMs: number | null;
    readonly untilMs: number | null;
    readonly sealedCustomer: Uint8Array | null;
    readonly isGivenUp: boolean;
  },
  id: string,
): Record<string, unknown> {
  const instant = (ms: number | null): string | null => (ms === null ? null : formatRfc3339(ms));
  return {
    id,
    since: instant(replay.sinceMs),
    until: instant(replay.untilMs),
    isOfOneCustomer: replay.sealedCustomer !== null,
    givenUp: replay.isGivenUp,
  };
}
