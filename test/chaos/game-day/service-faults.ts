import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS } from '@strata/contracts';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { type GameFault, NOTICED_WITHIN_SECONDS } from './game-fault.ts';
import type { GameStage } from './game-stage.ts';

const CLOCK_AHEAD_MS = 30_000;
const REBALANCES_REMEMBERED_SECONDS = 600;
const CIRCLING = 2;
const STAY_MS = 500;
const SCORER_GROUP = 'strata-scorer';

/** As `up` does with one that hangs: it is ended by force, and another takes its place. */
async function replace(
  stage: GameStage,
  service: 'scorer' | 'notifier',
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await stage.of(service).kill();
  await stage.start(service, more);
}

export const SCORER_HUNG: GameFault = {
  name: 'scorer-hung',
  harm: 'The scorer is stopped with SIGSTOP: its connections stay open and nothing answers',
  alarms: { StrataServiceDown: NOTICED_WITHIN_SECONDS },
  remedy: 'It is ended with `kill -9` and started again',
  strike: async (stage) => stage.of('scorer').freeze(),
  mend: (stage) => replace(stage, 'scorer'),
};

export const CLOCK_SKEW: GameFault = {
  name: 'clock-skew',
  harm: 'The scorer is started again with a clock that is 30 s ahead (in its process alone)',
  alarms: { StrataClockSkew: NOTICED_WITHIN_SECONDS },
  remedy: 'The clock is put right; a process that read the wrong one is started again',
  strike: (stage) =>
    replace(stage, 'scorer', {
      NODE_OPTIONS: `--import=${new URL('wrong-clock.ts', import.meta.url).href}`,
      GAME_DAY_CLOCK_AHEAD_MS: String(CLOCK_AHEAD_MS),
    }),
  mend: (stage) => replace(stage, 'scorer'),
};

let isCircling = false;
let circles: Promise<unknown> = Promise.resolve();

async function circle({ stack }: GameStage): Promise<void> {
  while (isCircling) {
    const another = await stack.run('scorer');
    // As long as the fault is: it has to have joined.
    await delay(STAY_MS);
    await another.stop();
  }
}

export const REBALANCING: GameFault = {
  name: 'rebalancing',
  harm: 'Two more scorers start and end in circles',
  alarms: { StrataRebalancing: NOTICED_WITHIN_SECONDS },
  follows: {
    StrataPartitionUnowned:
      'the scorers that circle are not scraped, so nobody is seen to own their share',
  },
  remembersSeconds: REBALANCES_REMEMBERED_SECONDS,
  remedy: 'Those that circle are stopped; the one that stays has their partitions',
  strike: async (stage) => {
    isCircling = true;
    circles = Promise.all(Array.from({ length: CIRCLING }, () => circle(stage)));
    // Whoever mends it hears of its failure.
    circles.catch(() => undefined);
  },
  mend: async () => {
    isCircling = false;
    await circles;
  },
};

let stranger: Consumer | undefined;

export const PARTITION_TAKEN: GameFault = {
  name: 'partition-taken',
  harm: 'A foreign consumer of the group strata-scorer takes partitions and folds nothing',
  alarms: { StrataPartitionUnowned: NOTICED_WITHIN_SECONDS },
  remedy: 'The foreign member is stopped',
  strike: async ({ stack }) => {
    const brokers = [...stack.backends.brokers];
    const client = new Kafka({ clientId: 'stranger', brokers, logLevel: logLevel.NOTHING });
    stranger = client.consumer({ groupId: SCORER_GROUP });
    await stranger.connect();
    await stranger.subscribe({ topic: TOPICS.customerLog });
    await stranger.run({ autoCommit: false, eachBatch: async () => undefined });
  },
  mend: async () => {
    await stranger?.disconnect();
    stranger = undefined;
  },
};
