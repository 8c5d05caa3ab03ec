export { BullDeliveryQueue, type BullDeliveryQueueSettings } from './bull-delivery-queue.ts';
