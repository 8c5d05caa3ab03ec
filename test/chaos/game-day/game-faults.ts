import {
  BROKER_DOWN,
  DISK_FULL,
  MEMORY_FULL,
  QUEUE_REDIS_DOWN,
  QUEUE_REWOUND,
  REDIS_DOWN,
  REDIS_REWOUND,
  REGISTRY_DOWN,
} from './backend-faults.ts';
import { ENDPOINT_FAILING, ENDPOINT_SLOW } from './delivery-faults.ts';
import type { GameFault } from './game-fault.ts';
import {
  LOG_BLOCKED,
  LOG_CUT,
  LOOK_UNANSWERED,
  OUTPUTS_BLOCKED,
  OUTPUTS_LOST,
  POISON_FLOOD,
} from './record-faults.ts';
import { CLOCK_SKEW, PARTITION_TAKEN, REBALANCING, SCORER_HUNG } from './service-faults.ts';

/** In this order: those whose alarms remember for minutes come last, so that nothing waits for them. */
export const GAME_FAULTS: readonly GameFault[] = [
  BROKER_DOWN,
  REDIS_DOWN,
  QUEUE_REDIS_DOWN,
  POISON_FLOOD,
  ENDPOINT_SLOW,
  ENDPOINT_FAILING,
  SCORER_HUNG,
  CLOCK_SKEW,
  DISK_FULL,
  MEMORY_FULL,
  OUTPUTS_BLOCKED,
  LOG_BLOCKED,
  LOOK_UNANSWERED,
  PARTITION_TAKEN,
  QUEUE_REWOUND,
  REBALANCING,
  REDIS_REWOUND,
  OUTPUTS_LOST,
  LOG_CUT,
  REGISTRY_DOWN,
];
