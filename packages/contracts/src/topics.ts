import type { CustomerEventType } from '@strata/domain';

/** Every topic, by the one name that code, schemas and documents use. */
export const TOPICS = {
  purchases: 'strata.intake.purchases.v1',
  complaints: 'strata.intake.complaints.v1',
  engagements: 'strata.intake.engagements.v1',
  profiles: 'strata.intake.profiles.v1',
  links: 'strata.intake.links.v1',
  events: 'strata.intake.events.v1',
  customerLog: 'strata.customer-log.v1',
  tierChanges: 'strata.tier-changes.v1',
  tiers: 'strata.tiers.v1',
  deadLetters: 'strata.dead-letters.v1',
  policies: 'strata.policies.v1',
  undelivered: 'strata.undelivered.v1',
  subscriptions: 'strata.subscriptions.v1',
} as const;

export const INTAKE_TOPICS = [
  TOPICS.purchases,
  TOPICS.complaints,
  TOPICS.engagements,
  TOPICS.profiles,
  TOPICS.links,
  TOPICS.events,
] as const;

const TYPES_BY_TOPIC: Readonly<Record<string, readonly CustomerEventType[]>> = {
  [TOPICS.purchases]: ['purchase', 'refund', 'order-cancelled', 'order-reinstated'],
  [TOPICS.complaints]: ['complaint', 'complaint-resolved', 'feedback'],
  [TOPICS.engagements]: ['engagement', 'referral', 'interaction', 'opportunity'],
  [TOPICS.profiles]: ['profile'],
  [TOPICS.links]: ['link'],
};

/** Whether a topic takes a type. `strata.intake.events.v1` takes every type, and so do the topics of other systems, by their maps. */
export function isTakenBy(topic: string, type: CustomerEventType): boolean {
  return TYPES_BY_TOPIC[topic]?.includes(type) ?? true;
}
