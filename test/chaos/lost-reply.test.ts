import { SeededRandom } from '@strata/cli';
import { TOPICS } from '@strata/contracts';
import { freePort } from '@strata/local-stack';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LossyProxy, startLossyProxy } from '../integration/lossy-proxy.ts';
import { Audit } from './audit/audit.ts';
import { said } from './audit/said.ts';
import { ChaosStack } from './stack/chaos-stack.ts';
import { Feeder } from './stack/feeder.ts';
import {
  type KafkaProxy,
  type KafkaRequest,
  PRODUCE,
  startKafkaProxy,
} from './stack/kafka-proxy.ts';
import type { ServiceProcess } from './stack/service-process.ts';
import { SHOPPERS_POLICY, Shoppers } from './stack/shoppers.ts';
import { until } from './stack/until.ts';

const SMALL_COMMITS = { STRATA_SCORER_COMMIT_RECORDS: '10' };
/** Whose reply is lost is chance: most of what goes to Redis are commits. */
const LOSSES_MAX = 60;

const shoppers = new Shoppers(new SeededRandom(8));
let kafka: KafkaProxy;
let redis: LossyProxy;
let stack: ChaosStack;
let audit: Audit;
let scorer: ServiceProcess;

const aScorer = (): Promise<ServiceProcess> =>
  stack.run('scorer', {
    ...SMALL_COMMITS,
    STRATA_STATE_REDIS_URL: `redis://127.0.0.1:${redis.port}`,
  });

beforeAll(async () => {
  const kafkaProxy = { port: await freePort(), target: await freePort() };
  kafka = await startKafkaProxy(kafkaProxy);
  stack = await ChaosStack.start({ kafkaProxy });
  redis = await startLossyProxy(Number(new URL(stack.backends.stateRedisUrl).port));
  audit = new Audit(stack.handle);
  await stack.run('ingestor');
  scorer = await aScorer();
  await stack.activate(SHOPPERS_POLICY);
}, 300_000);

const aFeeder = (lagMax: number): Feeder =>
  new Feeder({ stack, audit, feed: () => shoppers.anotherDay(stack.handle, 60), lagMax });

afterAll(async () => {
  await stack?.stop();
  await redis?.close();
  await kafka?.close();
});

/** What the relay publishes: no other producer writes to this topic. */
const isPublication = ({ api, bytes }: KafkaRequest): boolean =>
  api === PRODUCE && bytes.includes(TOPICS.tierChanges);

async function quiet(what: string) {
  await stack.settled(shoppers.clock);
  const verdict = await audit.verdict();
  process.stderr.write(`${what}: ${said(verdict)}\n`);
  return verdict;
}

it('a commit whose reply is lost is answered "already" when it is sent again, and counts once', async () => {
  const feeder = aFeeder(400);
  feeder.start();
  const already = () => scorer.metric('strata_scorer_commits_total', { outcome: 'already' });
  const commits = () => scorer.metric('strata_scorer_commits_total');
  let losses = 0;
  while ((await already()) === 0 && losses < LOSSES_MAX) {
    // Else the reply that is lost would be one of the connection that is being made anew.
    const before = await commits();
    await until('it commits again', async () => (await commits()) > before, {
      seen: () => scorer.log,
    });
    redis.loseReplies();
    await redis.breakAfterLostReply();
    losses += 1;
  }
  const seen = await already();
  await feeder.stop();
  const verdict = await quiet(`lost replies of Redis ${losses}, answered already ${seen}`);
  expect(seen).toBeGreaterThan(0);
  expect(verdict.faults).toEqual([]);
});

it('outputs whose acknowledgement is lost are found in the topic and not sent again', async () => {
  const feeder = aFeeder(400);
  feeder.start();
  kafka.loseReplies(isPublication);
  // kafkajs tries a few times by itself, which the broker drops; only then does the relay hear of it.
  await until('the relay gives a send up', async () => {
    return (await scorer.metric('strata_scorer_relay_sends_total', { outcome: 'failed' })) > 0;
  });
  kafka.loseReplies(null);
  const skipped = () => scorer.metric('strata_scorer_relay_records_total', { outcome: 'skipped' });
  await until('it finds in the topic what it had sent', async () => (await skipped()) > 0);
  await feeder.stop();
  const verdict = await quiet(`lost acknowledgements ${kafka.lost}, skipped ${await skipped()}`);
  expect(kafka.lost).toBeGreaterThan(0);
  expect(verdict.faults).toEqual([]);
});

it('what a dead scorer had in flight arrives late, under numbers that every reader drops', async () => {
  const { repeats } = await audit.verdict();
  const { held } = kafka.holdNext(isPublication);
  const feeder = aFeeder(400);
  feeder.start();
  await held;
  await scorer.kill();
  scorer = await aScorer();
  await feeder.stop();
  await stack.settled(shoppers.clock);
  kafka.release();
  await until('the late send has arrived', async () => {
    return (await audit.verdict()).repeats > repeats;
  });
  const verdict = await quiet('sent by a dead scorer');
  expect(verdict.faults).toEqual([]);
});
