import { compareBytewise } from './compare-bytewise.ts';
import type { Link } from './customer-event.ts';
import { type CustomerState, hasAcceptedEvent, type PendingLink } from './customer-state.ts';
import { type EraseWork, isErased, newcomer } from './erase-steps.ts';
import { hash64, hash64Hex } from './hash64.ts';
import type { Instant } from './instant.ts';
import type { LinkEnded, LinkRequested, MergeRefusal } from './log-record.ts';
import { joinInto, type MergeWork } from './merge-steps.ts';
import { isPending, namesOf, released, withoutLinks, withPending } from './merging.ts';
import { clockFor } from './partition-state.ts';
import { AHEAD_OF_CLOCK_MAX_MS } from './refusal.ts';

/**
 * The steps of a link: a merge that asks less. Neither side has to be known, so that an id may be linked before anything
 * comes under it; a customer may take any number of ids at once; and one that is busy is asked again. What was linked
 * before changes nothing, by the state alone, so that no repeat has to be remembered.
 */

type LinkWork = MergeWork & EraseWork;

/** A turn through the broker each. What a linked id waits for itself has ended long before. */
const LINK_TRIES_MAX = 16;

/** Of the merge that a link is. */
export const linkIdOf = ({ source, eventId }: Pick<Link, 'source' | 'eventId'>): string =>
  hash64Hex(hash64('strata/link', source, eventId));

/** In the customer's partition: the id's partition is asked. A link moves no clock; nothing has happened. */
export function askLink(
  work: LinkWork,
  { event, clockAt }: { readonly event: Link; readonly clockAt?: Instant | undefined },
  known: CustomerState | undefined,
): void {
  const { customerId, linkedId, source, occurredAt: at } = event;
  if (isErased(work, { customerId, at })) return;
  const before = known ?? newcomer(work, customerId);
  const { links = [] } = before;
  const isLinked = namesOf(customerId, before).has(linkedId);
  if (isLinked || links.some(({ otherId }) => otherId === linkedId)) {
    work.note('linked-already');
    return;
  }
  // Its date says whether an erasure reaches it, so that it has to be true.
  const clock = clockFor(work.partition, before.clock, clockAt ?? at);
  if (at > clock + AHEAD_OF_CLOCK_MAX_MS) {
    work.refuse({ reason: 'ahead-of-clock', detail: 'occurredAt' });
    return;
  }
  const link: PendingLink = {
    mergeId: linkIdOf(event),
    otherId: linkedId,
    received: 0,
    handed: null,
    at,
    reason: event.reason ?? 'link',
    actor: event.actor ?? source,
    tries: 1,
  };
  work.keepQuietly(customerId, { ...before, links: [...links, link] });
  ask(work, customerId, link);
}

function ask(work: LinkWork, survivorId: string, link: PendingLink): void {
  const { mergeId: id, otherId, at, reason, actor } = link;
  const content = { kind: 'link-requested', id, survivorId, otherId, at, reason, actor } as const;
  work.handOver([{ addressee: otherId, content }]);
}

/** In the partition of the linked id: it becomes an alias at once, with whatever it has, or it is told why not. */
export function answerLink(
  work: LinkWork,
  record: LinkRequested,
  known: CustomerState | undefined,
): void {
  const { id, survivorId, otherId, at } = record;
  const end = (reason: MergeRefusal | null): void => {
    const content = { kind: 'link-ended', id, survivorId, otherId, reason } as const;
    work.handOver([{ addressee: survivorId, content }]);
  };
  if (isErased(work, { customerId: otherId, at })) end(null);
  else if (known?.alias !== undefined) {
    end(known.alias.survivorId === survivorId ? null : 'already-merged');
  } else if (known === undefined) joinInto(work, record, newcomer(work, otherId));
  else if (!isPending(known)) joinInto(work, record, known);
  else if (yields(known, record)) joinInto(work, record, withoutLinks(known));
  else end('merge-in-progress');
}

/** Of two who say of each other that they are one, one gives way: else each would wait for the other. */
function yields(known: CustomerState, { survivorId, otherId }: LinkRequested): boolean {
  const { reservation, links = [] } = known;
  const isMutual = reservation === undefined && links.every((it) => it.otherId === survivorId);
  return isMutual && compareBytewise(otherId, survivorId) < 0;
}

/** The customer waits for this id no more, or asks it again; a customer who was only to be linked is nobody then. */
export function endLink(
  work: LinkWork,
  { id, survivorId, reason }: LinkEnded,
  known: CustomerState | undefined,
): void {
  const link = known?.links?.find(({ mergeId }) => mergeId === id);
  if (known === undefined || link === undefined) {
    work.note('unasked-hand-over');
    return;
  }
  if (reason === 'merge-in-progress' && link.tries < LINK_TRIES_MAX) {
    work.keepQuietly(survivorId, withPending(known, { ...link, tries: link.tries + 1 }));
    ask(work, survivorId, link);
    return;
  }
  const free = released(known, id);
  if (isNobody(free)) work.forget(survivorId);
  else work.keepQuietly(survivorId, free);
  if (reason === null) work.note('linked-already');
  else work.refuse({ reason, detail: 'linkedId' });
}

/** Nothing was ever said of a customer but that link. */
function isNobody(state: CustomerState): boolean {
  const { referredBy, named, override, absorbed = [] } = state;
  const isNamed = referredBy.length > 0 || named.length > 0 || absorbed.length > 0;
  return !(hasAcceptedEvent(state) || isNamed || isPending(state) || override !== null);
}
