import type { WireRecord } from '@strata/contracts';
import type { SubscriptionContent } from './subscription-content.ts';
import {
  type AskBody,
  type ChangeBody,
  isChange,
  PLAIN_CHANGES,
  type PlainChange,
  type ReplayRequest,
  type SubscriptionRecord,
  type TestOutcome,
} from './subscription-record.ts';

const NAME = 'strata.subscriptions.SubscriptionRecord';

interface WireBody {
  readonly kind: string;
  readonly subscription: string;
  readonly recordId: string;
  readonly version: number | null;
  readonly actor: string;
  readonly reason: string | null;
  readonly content: SubscriptionContent | null;
  readonly sealedSecret: Uint8Array | null;
  readonly overlapMs: number | null;
  readonly replay: ReplayRequest | null;
  readonly test: string | null;
  readonly result: TestOutcome | null;
}

export function subscriptionRecordToWire(record: SubscriptionRecord): WireRecord {
  const body: WireBody = {
    kind: record.kind,
    subscription: record.subscription,
    recordId: record.recordId,
    version: isChange(record) ? record.version : null,
    actor: record.actor,
    reason: record.reason,
    content: 'content' in record ? record.content : null,
    sealedSecret: 'sealedSecret' in record ? buffer(record.sealedSecret) : null,
    overlapMs: 'overlapMs' in record ? record.overlapMs : null,
    replay:
      'replay' in record
        ? { ...record.replay, sealedCustomer: buffer(record.replay.sealedCustomer) }
        : null,
    test: 'test' in record ? record.test : null,
    result: 'result' in record ? record.result : null,
  };
  return { name: NAME, body };
}

/** What this version of Strata does not know becomes `unknown-change` or `unknown-ask`. */
export function subscriptionRecordFromWire({ body }: WireRecord): SubscriptionRecord {
  const wire = body as WireBody;
  const { subscription, recordId, actor, reason, version } = wire;
  const head = { subscription, recordId, actor, reason };
  if (version === null) return { ...head, ...(askOf(wire) ?? { kind: 'unknown-ask' as const }) };
  return { ...head, version, ...(changeOf(wire) ?? { kind: 'unknown-change' as const }) };
}

function changeOf({ kind, content, sealedSecret, overlapMs }: WireBody): ChangeBody | null {
  if (isPlainChange(kind)) return { kind };
  if (kind === 'subscription-set' && content !== null) {
    return { kind, content: contentFrom(content), sealedSecret };
  }
  if (kind === 'secret-rotated' && sealedSecret !== null) {
    return { kind, sealedSecret, overlapMs: overlapMs ?? 0 };
  }
  return null;
}

function askOf({ kind, replay, test, result }: WireBody): AskBody | null {
  if (kind === 'test-asked') return { kind };
  if (kind === 'replay-asked' && replay !== null) return { kind, replay: { ...replay } };
  if (kind === 'test-taken' && test !== null) return { kind, test };
  if (kind === 'test-ended' && result !== null) return { kind, result: { ...result } };
  return null;
}

function isPlainChange(kind: string): kind is PlainChange {
  return (PLAIN_CHANGES as readonly string[]).includes(kind);
}

/** A mode that a later version knows is taken for the one that leaves nothing out. */
function contentFrom(content: SubscriptionContent): SubscriptionContent {
  return { ...content, deliver: content.deliver === 'latest' ? 'latest' : 'every' };
}

function buffer(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : Buffer.from(bytes);
}
