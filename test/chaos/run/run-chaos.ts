/**
 * The program behind `npm run chaos`: the whole real stack under load, harm by a seed for some minutes, then quiet, and
 * everything that was published held against the log. It ends what it started, also when it is interrupted.
 */
import { parseArgs } from 'node:util';
import { SeededRandom } from '@strata/cli';
import type { Language } from '@strata/contracts';
import { freePort } from '@strata/local-stack';
import { startLossyProxy } from '../../integration/lossy-proxy.ts';
import { Audit } from '../audit/audit.ts';
import { ChaosStack } from '../stack/chaos-stack.ts';
import { Feeder } from '../stack/feeder.ts';
import { startKafkaProxy } from '../stack/kafka-proxy.ts';
import { shoppersPolicy } from '../stack/shoppers-policy.ts';
import { Cast } from './cast.ts';
import { allChecks } from './checks.ts';
import { CURRENCY, Load } from './load.ts';
import { Nemesis } from './nemesis.ts';
import { type Report, reportOf, reportText } from './report.ts';
import { chaosTexts } from './texts.ts';

const PARTITIONS = 8;
const SESSION_MS = 3_000;
const LAG_MAX = 5_000;
const PROGRESS_MS = 5_000;
const SERVICES = ['ingestor', 'scorer', 'scorer', 'scorer', 'notifier'] as const;

const language: Language = /^zh/i.test(
  process.env['LC_ALL'] || process.env['LC_MESSAGES'] || process.env['LANG'] || '',
)
  ? 'zh'
  : 'en';
const texts = chaosTexts(language);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  say(texts.badNumber(name, text));
  process.exit(2);
}

function clockText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

async function runChaos(seed: number, minutes: number): Promise<Report> {
  const startedMs = performance.now();
  const random = new SeededRandom(seed);
  say(texts.starting(seed, minutes));
  const kafkaProxy = { port: await freePort(), target: await freePort() };
  const kafka = await startKafkaProxy(kafkaProxy);
  const stack = await ChaosStack.start({
    partitions: PARTITIONS,
    sessionTimeoutMs: SESSION_MS,
    kafkaProxy,
  });
  const stateRedis = await startLossyProxy(Number(new URL(stack.backends.stateRedisUrl).port));
  const cast = new Cast(stack, SERVICES, {
    STRATA_SCORER_COMMIT_RECORDS: '50',
    STRATA_STATE_REDIS_URL: `redis://127.0.0.1:${stateRedis.port}`,
  });
  try {
    const load = await Load.open(random);
    say(load.cdnowCount > 0 ? texts.cdnow(load.cdnowCount) : texts.noCdnow);
    const audit = new Audit(stack.handle);
    await cast.start();
    await stack.activate(shoppersPolicy(CURRENCY));
    const feed = () => load.another(stack.handle);
    const feeder = new Feeder({ stack, audit, feed, lagMax: LAG_MAX });
    feeder.start();
    const victims = { stack, cast, kafka, stateRedis, random, sessionTimeoutMs: SESSION_MS };
    const nemesis = new Nemesis(victims);
    await underHarm(nemesis, stack, minutes * 60_000);
    await feeder.stop();
    say(texts.quieting);
    await load.everybodyLeaves(stack.handle);
    await stack.settled(load.clock);
    await audit.advance();
    await stack.delivered(() => audit.changes().length);
    say(texts.verifying);
    await cast.end();
    const verdict = await audit.verdict(stack.endpoint);
    const checks = await allChecks(stack, { audit, verdict, clock: load.clock });
    if (checks.some(({ faults }) => faults === null)) say(texts.kcatMissing);
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    const { posts } = stack.endpoint;
    return reportOf({ seed, minutes, seconds, nemesis, cast, verdict, posts, checks });
  } finally {
    await cast.end();
    await stack.stop();
    await stateRedis.close();
    await kafka.close();
  }
}

async function underHarm(nemesis: Nemesis, stack: ChaosStack, forMs: number): Promise<void> {
  const fromMs = performance.now();
  const passed = (): number => performance.now() - fromMs;
  const tell = async (): Promise<void> => {
    const records = (await stack.nexts()).reduce((sum, next) => sum + next, 0);
    const at = { elapsed: clockText(passed()), total: clockText(forMs), records };
    const rate = Math.round((records * 1_000) / passed());
    const left = clockText(forMs - passed());
    say(texts.progress({ ...at, rate, left, faults: nemesis.count, last: nemesis.last }));
  };
  // The figures of one moment may be out of reach: the next ones come soon.
  const timer = setInterval(() => void tell().catch(() => undefined), PROGRESS_MS);
  try {
    await nemesis.rage(() => passed() > forMs);
  } finally {
    clearInterval(timer);
  }
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(texts.help);
else {
  const minutes = wholeNumber('--minutes', values.minutes);
  const report = await runChaos(wholeNumber('--seed', values.seed), minutes);
  process.stdout.write(
    values.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report, texts),
  );
  process.exitCode = report.isPassed ? 0 : 1;
}
