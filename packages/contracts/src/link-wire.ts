import {
  type HandOverOrigin,
  type LinkEnded,
  type LinkRequested,
  MERGE_REFUSALS,
} from '@strata/domain';
import { ContractFault } from './contract-fault.ts';
import type { WireRecord } from './wire-record.ts';

/** What the partitions tell each other about a link, between the customer log and the domain. */
const LINK_REQUESTED = 'strata.log.LinkRequested';
const LINK_ENDED = 'strata.log.LinkEnded';

interface LinkBody {
  readonly mergeId: string;
  readonly survivorId: string;
  readonly otherId: string;
  readonly from: HandOverOrigin;
}

interface RequestedBody extends LinkBody {
  readonly at: number;
  readonly reason: string;
  readonly actor: string;
}

interface EndedBody extends LinkBody {
  readonly reason: string | null;
}

export function isLinkName(name: string): boolean {
  return name === LINK_REQUESTED || name === LINK_ENDED;
}

export function linkToWire(record: LinkRequested | LinkEnded): WireRecord {
  const { id: mergeId, survivorId, otherId, from, reason } = record;
  const ids = { mergeId, survivorId, otherId };
  if (record.kind === 'link-ended') return { name: LINK_ENDED, body: { ...ids, reason, from } };
  const { at, actor } = record;
  return { name: LINK_REQUESTED, body: { ...ids, at, reason, actor, from } };
}

/** Field by field, so that the decoder's own objects do not travel on. */
export function linkFromWire({ name, body }: WireRecord): LinkRequested | LinkEnded {
  const { mergeId: id, survivorId, otherId, from: origin } = body as LinkBody;
  const { partition, epoch, number } = origin;
  const ids = { id, survivorId, otherId };
  const from = { partition, epoch, number };
  if (name === LINK_REQUESTED) {
    const { at, reason, actor } = body as RequestedBody;
    return { kind: 'link-requested', ...ids, at, reason, actor, from };
  }
  const { reason } = body as EndedBody;
  const known = MERGE_REFUSALS.find((it) => it === reason) ?? null;
  if (known === null && reason !== null) {
    const sentence = 'A link was refused for a reason that this version does not know.';
    throw new ContractFault('bad-field', 'reason', sentence);
  }
  return { kind: 'link-ended', ...ids, reason: known, from };
}
