import { randomUUID } from 'node:crypto';
import type { LogWriter } from '@strata/pipeline';
import { SubscriptionFault } from './subscription-fault.ts';
import {
  type LedgerPorts,
  SUBSCRIPTIONS_PLACE,
  SubscriptionLedger,
} from './subscription-ledger.ts';
import type { AskBody, ChangeBody, SubscriptionRecord } from './subscription-record.ts';
import {
  isPresent,
  type PresentSubscription,
  type SubscriptionState,
} from './subscription-state.ts';
import { subscriptionRecordToWire } from './subscription-wire.ts';

export interface WriterPorts extends LedgerPorts {
  readonly writer: Pick<LogWriter, 'send'>;
}

export interface ChangeRequest {
  readonly id: string;
  readonly actor: string;
  readonly reason: string | null;
  /** Refuses where the subscription is at another version, as `If-Match` asks for. */
  readonly expectedVersion?: number;
}

/**
 * Changes a subscription as it is now: reads the topic, appends the change with the next version, and reads whether
 * it was the first to take it. `change` says what to do, or throws.
 * @throws SubscriptionFault `changed-meanwhile` where somebody else was first; nothing was changed then.
 */
export async function changeSubscription(
  ports: WriterPorts,
  request: ChangeRequest,
  change: (before: SubscriptionState | undefined) => ChangeBody,
): Promise<SubscriptionState> {
  const { id: subscription, actor, reason, expectedVersion } = request;
  const ledger = new SubscriptionLedger(ports);
  await ledger.readOn();
  const before = ledger.state(subscription);
  const body = change(before);
  const present = before?.version ?? 0;
  if (expectedVersion !== undefined && expectedVersion !== present) {
    throw new SubscriptionFault('changed-meanwhile', subscription);
  }
  const head = { subscription, recordId: randomUUID(), actor, reason };
  const isTaken = await append(ports, ledger, { ...head, version: present + 1, ...body });
  const after = ledger.state(subscription);
  if (!isTaken || after === undefined) {
    throw new SubscriptionFault('changed-meanwhile', subscription);
  }
  return after;
}

/** Asks something of a subscription; the id of the ask, and whether it is void: of a subscription that is gone, or taken by another. */
export async function askSubscription(
  ports: WriterPorts,
  { id: subscription, actor, reason }: Omit<ChangeRequest, 'expectedVersion'>,
  body: AskBody,
): Promise<{ readonly id: string; readonly isVoid: boolean; readonly ledger: SubscriptionLedger }> {
  const ledger = new SubscriptionLedger(ports);
  await ledger.readOn();
  presentOf(ledger.state(subscription), subscription);
  const recordId = randomUUID();
  const isTaken = await append(ports, ledger, { subscription, recordId, actor, reason, ...body });
  return { id: recordId, isVoid: !isTaken, ledger };
}

/** @throws SubscriptionFault `unknown` */
export function presentOf(state: SubscriptionState | undefined, id: string): PresentSubscription {
  if (isPresent(state)) return state;
  throw new SubscriptionFault('unknown', id);
}

async function append(
  { writer, serde }: WriterPorts,
  ledger: SubscriptionLedger,
  record: SubscriptionRecord,
): Promise<boolean> {
  const key = new TextEncoder().encode(record.subscription);
  const value = serde.encode(subscriptionRecordToWire(record));
  let fault: Error | null = null;
  try {
    await writer.send([{ ...SUBSCRIPTIONS_PLACE, key, value, headers: {} }]);
  } catch (error) {
    fault = error instanceof Error ? error : new Error(String(error));
  }
  let isTaken = false;
  await ledger.readOn((entry) => {
    // A send that was repeated lies there twice: one of them may be void.
    if (entry.record.recordId === record.recordId && !entry.isVoid) isTaken = true;
  });
  // A send whose acknowledgement was lost may lie there all the same; where it does not, nobody can say yet.
  if (fault !== null && !isTaken) throw fault;
  return isTaken;
}
