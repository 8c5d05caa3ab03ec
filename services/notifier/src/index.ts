export { notifierConfig } from './config.ts';
export * from './crash-point.ts';
export { NOTIFIER_FAULTS, NotifierFault, type NotifierFaultCode } from './notifier-fault.ts';
export type { NotifierPorts, NotifierSettings } from './ports.ts';
export { type RunningNotifier, startNotifier } from './start-notifier.ts';
export { parseSubscriptions, type Subscription } from './subscriptions.ts';
