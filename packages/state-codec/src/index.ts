export { CUSTOMER_CODEC_VERSION, decodeCustomer, encodeCustomer } from './customer-codec.ts';
export {
  type OpenedCustomer,
  openCustomer,
  type PackedCustomer,
  packCustomer,
  pageChanges,
  pageKey,
} from './paged-customer.ts';
export {
  decodePartition,
  encodePartition,
  PARTITION_CODEC_VERSION,
  type PartitionFields,
} from './partition-codec.ts';
export { STATE_CODEC_CODES, type StateCodecCode, StateCodecError } from './state-codec-error.ts';
