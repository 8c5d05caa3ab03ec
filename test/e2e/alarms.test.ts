import { env, stderr } from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICE_METRICS } from '../../infra/reference/metric-list.ts';
import {
  isPrometheusThere,
  PrometheusServer,
} from '../integration/prometheus/prometheus-server.ts';
import { readExposition } from './exposition.ts';
import { RealStack, waitFor } from './real-stack.ts';

const JOBS = ['console', 'ingestor', 'notifier', 'scorer'];
const RULES_AT_LEAST = 25;

const isMissing = !isPrometheusThere();
if (isMissing && !env['CI']) {
  stderr.write(
    'No Prometheus scrapes the stack: it is not installed (apt-get install prometheus).\n',
  );
}

// In CI a missing Prometheus is a failure, told by its start below. All alarms are seen by npm run game-day.
describe.skipIf(isMissing && !env['CI'])('a real Prometheus beside the running stack', () => {
  let stack: RealStack;
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    stack = await RealStack.open();
    await stack.must('up', '--partitions', '2');
    const { processes } = stack.file();
    const targets = processes.map(({ name, port }) => [name, `127.0.0.1:${port}`]);
    prometheus = await PrometheusServer.start(Object.fromEntries(targets), { groupInterval: '5s' });
  });

  afterAll(async () => {
    await prometheus?.stop();
    await stack?.close();
  });

  it.each(JOBS)('finds in the %s the metrics of the reference, and no other', async (job) => {
    const port = stack.file().processes.find(({ name }) => name === job)?.port;
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    const exposed = readExposition(await answer.text()).filter(({ name }) =>
      name.startsWith('strata_'),
    );
    const expected = SERVICE_METRICS.filter(({ jobs }) => jobs.includes(job)).flatMap(
      ({ metrics }) => metrics,
    );
    const line = (metric: { name: string; kind: string }): string =>
      `${metric.name} ${metric.kind}`;
    const lines = exposed.map(line);
    expect(expected.map(line).filter((it) => !lines.includes(it))).toEqual([]);
    // The meter of clients is made in every process; where nothing is asked by it, it has no samples.
    const strange = exposed.filter(({ samples }) => samples > 0).map(line);
    expect(strange.filter((it) => !expected.map(line).includes(it))).toEqual([]);
    for (const { name, labels } of exposed) {
      const known = expected.find((metric) => metric.name === name)?.labelNames ?? [];
      const others = labels.difference(new Set([...known, 'le']));
      expect([...others], name).toEqual([]);
    }
  });

  const firing = async (): Promise<readonly string[]> =>
    (await prometheus.firing()).map(({ name }) => name);

  it('scrapes all four services, and evaluates every rule', async () => {
    const up = async (): Promise<readonly string[]> =>
      (await prometheus.targets()).filter(({ health }) => health === 'up').map(({ job }) => job);
    await waitFor(async () => (await up()).length === JOBS.length, 'every target to be up');
    expect((await up()).toSorted()).toEqual(JOBS);
    const evaluated = async () =>
      (await prometheus.rules()).filter(({ health }) => health !== 'unknown');
    await waitFor(async () => (await evaluated()).length > RULES_AT_LEAST, 'rules to be evaluated');
    await waitFor(
      async () => (await evaluated()).length === (await prometheus.rules()).length,
      'every rule to be evaluated',
    );
    const rules = await prometheus.rules();
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
  });

  it('fires nothing on a stack that is well', async () => {
    expect(await firing()).toEqual([]);
  });

  it('pages within a minute when the scorer hangs, names nothing else, and is silent when it goes on', async () => {
    const scorer = stack.pidOf('scorer');
    const stoppedMs = performance.now();
    process.kill(scorer, 'SIGSTOP');
    try {
      await waitFor(async () => (await firing()).length > 0, 'an alarm');
      const seconds = (performance.now() - stoppedMs) / 1_000;
      expect(await firing()).toEqual(['StrataServiceDown']);
      expect(seconds).toBeLessThan(60);
    } finally {
      process.kill(scorer, 'SIGCONT');
    }
    await waitFor(async () => (await firing()).length === 0, 'the alarm to go');
  });
});
