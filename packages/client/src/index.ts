export { ClientFault } from './client-fault.ts';
export {
  isNewer,
  OUTPUT_NUMBER_HEADER,
  type OutputNumber,
  parseOutputNumber,
} from './output-number.ts';
export {
  REFUSAL_CODES,
  type ReadWebhook,
  type RefusalCode,
  type RefusedWebhook,
  WebhookReader,
  type WebhookReaderOptions,
} from './read-webhook.ts';
export { type CustomerMark, InMemorySeenStore, type SeenStore, type Taken } from './seen-store.ts';
export { TIER_CHANGE_TYPES, type TierChange, type TierChangeType } from './tier-change.ts';
export type { HeaderSource } from './webhook-headers.ts';
