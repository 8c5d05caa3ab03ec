export { notifierConfig } from './config.ts';
export * from './crash-point.ts';
export { FixedSubscriptions } from './fixed-subscriptions.ts';
export { NOTIFIER_FAULTS, NotifierFault, type NotifierFaultCode } from './notifier-fault.ts';
export { openSubscriptions } from './open-subscriptions.ts';
export type { NotifierPorts, NotifierSettings } from './ports.ts';
export { type RunningNotifier, startNotifier } from './start-notifier.ts';
export type { ReplayAsked, Subscription, SubscriptionSource } from './subscription.ts';
export { parseSubscriptions } from './subscriptions.ts';
