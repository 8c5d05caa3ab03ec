import { tmpdir } from 'node:os';
import { TOPICS } from '@strata/contracts';
import { strata } from '../run/strata-commands.ts';
import { PRODUCE } from '../stack/kafka-proxy.ts';
import { until } from '../stack/until.ts';
import { type GameFault, NOTICED_WITHIN_SECONDS } from './game-fault.ts';
import type { GameStage } from './game-stage.ts';

const POISON_RECORDS = 400;
const OVERDUE_WITHIN_SECONDS = 300;
const LOST_REMEMBERED_SECONDS = 600;
const LIST_OFFSETS = 2;

/** Everything else goes on: the broker answers, and only what is written to this topic never arrives. */
function takesNothing(topic: string): Pick<GameFault, 'strike' | 'mend'> {
  return {
    strike: async ({ kafka }) =>
      kafka.breakAt(({ api, bytes }) => api === PRODUCE && bytes.includes(topic)),
    mend: async ({ kafka }) => kafka.breakAt(null),
  };
}

async function endsOf(stage: GameStage, topic: string): Promise<readonly number[]> {
  return (await stage.stack.handle.reader.bounds(topic)).map(({ end }) => end);
}

/** Deletes what lies in partitions of a topic now, as a retention that is too short does. */
async function forget(
  stage: GameStage,
  topic: string,
  partitions: readonly number[],
): Promise<void> {
  const ends = await endsOf(stage, topic);
  await stage.operate('to delete records', async (admin) => {
    // Makes the client look the topic up: deleting does not.
    await admin.fetchTopicOffsets(topic);
    const upTo = partitions.map((partition) => ({ partition, offset: String(ends[partition]) }));
    await admin.deleteTopicRecords({ topic, partitions: upTo });
  });
}

async function grows(stage: GameStage, topic: string, by: number): Promise<void> {
  const before = await endsOf(stage, topic);
  await until(`${topic} grows`, async () =>
    (await endsOf(stage, topic)).every((end, partition) => end > (before[partition] ?? 0) + by),
  );
}

export const POISON_FLOOD: GameFault = {
  name: 'poison-flood',
  harm: `A source sends ${POISON_RECORDS} records that nobody can read`,
  alarms: { StrataPoisonFlood: NOTICED_WITHIN_SECONDS },
  remedy: 'The source stops; `./strata dead-letters list --by reason` names one reason',
  strike: async ({ stack }) => {
    const value = new TextEncoder().encode('{"type": "purchase", broken');
    const record = { topic: TOPICS.events, partition: 0, key: null, value, headers: {} };
    await stack.handle.writer.send(Array.from({ length: POISON_RECORDS }, () => record));
  },
  mend: async ({ stack }) => {
    const argv = ['dead-letters', 'list', '--by', 'reason', '--json'];
    const { exitCode, said } = await strata(stack.handle, argv, tmpdir());
    if (exitCode !== 0) throw new Error(said);
  },
};

export const OUTPUTS_BLOCKED: GameFault = {
  name: 'outputs-blocked',
  harm: 'Nothing can be written to strata.tier-changes.v1 (a proxy breaks the connection), and the outbox of a partition holds 100',
  alarms: {
    StrataOutputsWait: NOTICED_WITHIN_SECONDS,
    StrataScorerStalled: NOTICED_WITHIN_SECONDS,
  },
  remedy: 'What is in the way is taken away; no service is touched',
  ...takesNothing(TOPICS.tierChanges),
};

export const LOG_BLOCKED: GameFault = {
  name: 'log-blocked',
  harm: 'Nothing can be written to strata.customer-log.v1 (a proxy breaks the connection)',
  alarms: {
    StrataIntakeWaits: NOTICED_WITHIN_SECONDS,
    StrataDemotionsOverdue: OVERDUE_WITHIN_SECONDS,
  },
  remedy: 'What is in the way is taken away; no service is touched',
  ...takesNothing(TOPICS.customerLog),
};

export const LOOK_UNANSWERED: GameFault = {
  name: 'look-unanswered',
  harm: 'Nothing comes, and the broker answers everything but where the customer log ends (a proxy loses those replies)',
  alarms: { StrataFiguresStale: NOTICED_WITHIN_SECONDS },
  remedy: 'What loses the replies is taken away; no service is touched',
  strike: async ({ kafka, load }) => {
    // What comes tells where the log ends, too.
    load.isPaused = true;
    kafka.loseReplies(
      ({ api, bytes }) => api === LIST_OFFSETS && bytes.includes(TOPICS.customerLog),
    );
  },
  mend: async ({ kafka, load }) => {
    kafka.loseReplies(null);
    load.isPaused = false;
  },
};

export const OUTPUTS_LOST: GameFault = {
  name: 'outputs-lost',
  harm: 'Tier changes are deleted from their topic while the notifier is away for some seconds',
  alarms: { StrataOutputsLost: NOTICED_WITHIN_SECONDS },
  remembersSeconds: LOST_REMEMBERED_SECONDS,
  remedy: '`./strata verify --from-log` counts what is missing; `retention.ms` is -1 already',
  strike: async (stage) => {
    await stage.of('notifier').kill();
    await grows(stage, TOPICS.tierChanges, 10);
    await forget(stage, TOPICS.tierChanges, [0, 1, 2, 3]);
    await stage.start('notifier');
  },
  mend: async ({ stack }) => {
    const argv = ['verify', '--from-log', '--json'];
    const { said } = await strata(stack.handle, argv, tmpdir());
    // It ends with a failure, since something is missing; that it says so is the step.
    JSON.parse(said.slice(said.indexOf('{'), said.lastIndexOf('}') + 1));
  },
};

export const LOG_CUT: GameFault = {
  name: 'log-cut',
  harm: 'Records of a partition of the customer log are deleted before they are folded',
  alarms: { StrataPartitionHalted: NOTICED_WITHIN_SECONDS },
  remedy: 'The scorer is stopped, `./strata rebuild --new-epoch --partition 0`, then started again',
  strike: async (stage) => {
    await stage.of('scorer').kill();
    await grows(stage, TOPICS.customerLog, 10);
    await forget(stage, TOPICS.customerLog, [0]);
    await stage.start('scorer');
  },
  mend: async (stage) => {
    await stage.of('scorer').stop();
    const argv = ['rebuild', '--new-epoch', '--partition', '0'];
    const { exitCode, said } = await strata(stage.stack.handle, argv, tmpdir());
    if (exitCode !== 0) throw new Error(said);
    await stage.start('scorer');
  },
};
