/**
 * run-http.ts [--seconds N] [--connections N] [--events N] [--kills N]: load by HTTP on a whole real stack, the broker
 * killed so often in that time, then everything counted: what was answered with 200 is in the log, and counts once.
 * It ends with 1 where anything is missing. Figures go to standard output as JSON.
 */
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { HttpTrial } from '../http/http-trial.ts';
import { ChaosStack } from '../stack/chaos-stack.ts';

const PARTITIONS = 8;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    connections: { type: 'string', default: '32' },
    events: { type: 'string', default: '20' },
    kills: { type: 'string', default: '2' },
  },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const eventsEach = Number(values.events);
const kills = Number(values.kills);

const loadBefore = loadavg()[0];
const stack = await ChaosStack.start({ partitions: PARTITIONS });
let lastWords = (): string => '';
try {
  const trial = await HttpTrial.open(stack, { eventsEach });
  lastWords = () => `ingestor:\n${trial.ingestor.log}\nscorer:\n${trial.scorer.log}\n`;
  const startedMs = performance.now();
  const figures = await trial.load.during(connections, async () => {
    for (let kill = 1; kill <= kills; kill += 1) {
      await delay((seconds * 1_000) / (kills + 1));
      await trial.killBroker();
      process.stderr.write(`broker killed and brought back, ${kill} of ${kills}\n`);
    }
    await delay(Math.max(0, seconds * 1_000 - (performance.now() - startedMs)));
  });
  await trial.load.finish();
  const { verdict, ...counts } = await trial.result(figures);
  await trial.close();
  const setting = { at: new Date().toISOString(), seconds, connections, eventsEach, kills };
  const load = { before: loadBefore, after: loadavg()[0] };
  const report = { ...setting, load, ...counts, repeats: verdict.repeatedEvents };
  process.stdout.write(`${JSON.stringify({ ...report, faults: verdict.faults }, null, 2)}\n`);
  const { sent, lost, invented, orders, deadLetters } = counts;
  const isSound =
    verdict.faults.length === 0 && lost + invented + deadLetters === 0 && orders === sent;
  process.exitCode = isSound ? 0 : 1;
} catch (fault) {
  process.stderr.write(lastWords());
  throw fault;
} finally {
  await stack.stop();
}
