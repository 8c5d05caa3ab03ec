export * from './backends.ts';
export { freePort } from './free-port.ts';
export * from './log-tail.ts';
export { type Prerequisite, type Prerequisites, prerequisites } from './prerequisites.ts';
export { isAlive, type ProcessIdentity } from './process-identity.ts';
export { answersOk } from './raw-probe.ts';
export { waitUntilReady } from './spawn-process.ts';
export * from './spawn-service.ts';
export * from './stack-fault.ts';
export {
  readStackFile,
  type StackAddresses,
  type StackFile,
  type StackProcess,
  updateStackFile,
} from './stack-file.ts';
export {
  type StackLifetime,
  type StackStatus,
  type StatusRow,
  stackStatus,
  stopStack,
  wipeStack,
} from './stack-life.ts';
export { stopProcess } from './stop-process.ts';
export { KAFKA_VERSION, REGISTRY_VERSION } from './versions.ts';
