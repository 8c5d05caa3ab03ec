import { TOPICS } from '@strata/contracts';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { type GameFault, NOTICED_WITHIN_SECONDS } from './game-fault.ts';
import type { GameStage } from './game-stage.ts';

const CLOCK_AHEAD_MS = 30_000;
const REBALANCES_REMEMBERED_SECONDS = 600;
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
let circle: Promise<void> = Promise.resolve();

export const REBALANCING: GameFault = {
  name: 'rebalancing',
  harm: 'A member of the group strata-scorer joins and leaves in a circle',
  alarms: { StrataRebalancing: NOTICED_WITHIN_SECONDS },
  follows: {
    StrataPartitionUnowned: 'half of the time the member has partitions and folds nothing',
  },
  remembersSeconds: REBALANCES_REMEMBERED_SECONDS,
  remedy: 'The one that circles is stopped; the other has its partitions',
  strike: async (stage) => {
    isCircling = true;
    circle = (async () => {
      while (isCircling) await (await aStranger(stage)).disconnect();
    })();
    // Whoever mends it hears of its failure.
    circle.catch(() => undefined);
  },
  mend: async () => {
    isCircling = false;
    await circle;
  },
};

/** A member of the scorers' group that folds nothing. Resolves when it has joined. */
async function aStranger({ stack }: GameStage): Promise<Consumer> {
  const brokers = [...stack.backends.brokers];
  const client = new Kafka({ clientId: 'stranger', brokers, logLevel: logLevel.NOTHING });
  const consumer = client.consumer({ groupId: SCORER_GROUP });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPICS.customerLog });
  const joined = new Promise<void>((resolve) => {
    consumer.on(consumer.events.GROUP_JOIN, () => resolve());
  });
  await consumer.run({ autoCommit: false, eachBatch: async () => undefined });
  await joined;
  return consumer;
}

let stranger: Consumer | undefined;

export const PARTITION_TAKEN: GameFault = {
  name: 'partition-taken',
  harm: 'A foreign consumer of the group strata-scorer takes partitions and folds nothing',
  alarms: { StrataPartitionUnowned: NOTICED_WITHIN_SECONDS },
  remedy: 'The foreign member is stopped',
  strike: async (stage) => {
    stranger = await aStranger(stage);
  },
  mend: async () => {
    await stranger?.disconnect();
    stranger = undefined;
  },
};
