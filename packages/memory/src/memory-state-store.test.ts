import { stateStoreContract } from '@strata/testing/contracts';
import { MemoryStateStore } from './memory-state-store.ts';

stateStoreContract('in memory', async () => new MemoryStateStore());
