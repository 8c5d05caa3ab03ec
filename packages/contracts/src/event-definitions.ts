import type { CustomerEvent, CustomerEventType } from '@strata/domain';
import type { EventDefinition } from './event-definition.ts';
import { complaint, complaintResolved } from './events/complaint.ts';
import { engagement } from './events/engagement.ts';
import { feedback } from './events/feedback.ts';
import { interaction } from './events/interaction.ts';
import { link } from './events/link.ts';
import { opportunity } from './events/opportunity.ts';
import { orderCancelled, orderReinstated } from './events/order-standing.ts';
import { profile } from './events/profile.ts';
import { purchase } from './events/purchase.ts';
import { referral } from './events/referral.ts';
import { refund } from './events/refund.ts';

type Definitions = {
  readonly [T in CustomerEventType]: EventDefinition<Extract<CustomerEvent, { type: T }>>;
};

const DEFINITIONS: Definitions = {
  purchase,
  refund,
  'order-cancelled': orderCancelled,
  'order-reinstated': orderReinstated,
  complaint,
  'complaint-resolved': complaintResolved,
  feedback,
  engagement,
  referral,
  interaction,
  opportunity,
  profile,
  link,
};

/** The definition of a type, seen as one of any event: callers hand it only events of that type. */
export function definitionOf(type: CustomerEventType): EventDefinition {
  return DEFINITIONS[type];
}

export const EVENT_DEFINITIONS: readonly EventDefinition[] = Object.values(
  DEFINITIONS,
) as EventDefinition[];
