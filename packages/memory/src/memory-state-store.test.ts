import {
  stateNotesContract,
  stateStoreContract,
  stateWalkContract,
} from '@strata/testing/contracts';
import { MemoryStateStore } from './memory-state-store.ts';

stateStoreContract('in memory', async () => new MemoryStateStore());
stateNotesContract('in memory', async () => new MemoryStateStore());
stateWalkContract('in memory', async () => new MemoryStateStore());
