import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { answersOk, freePort } from '@strata/local-stack';
import { parse, stringify } from 'yaml';

const CONFIGURATION = fileURLToPath(new URL('../../../infra/prometheus', import.meta.url));
const READY_MS = 60_000;
const POLL_MS = 100;
const LOG_LINES = 40;

export interface Target {
  readonly job: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

export interface Rule {
  readonly type: 'alerting' | 'recording';
  readonly name: string;
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
}

export interface FiringAlarm {
  readonly name: string;
  readonly summary: string;
}

export interface PrometheusOptions {
  /** Takes the place of every interval that a group of rules has of its own, for a test that cannot wait for it. */
  readonly groupInterval?: string;
}

interface Configuration {
  scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
}

export function isPrometheusThere(): boolean {
  return spawnSync('prometheus', ['--version'], { stdio: 'ignore' }).status === 0;
}

/**
 * A real Prometheus with the configuration and the rules of infra/prometheus, of which nothing is changed but the
 * targets. Its data lies in a folder of its own, and goes with it.
 */
export class PrometheusServer {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #log: string[] = [];

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.url = `http://127.0.0.1:${port}`;
    this.#child = spawn(
      'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#child.stderr?.on('data', (bytes: Buffer) => {
      this.#log.push(bytes.toString());
      if (this.#log.length > LOG_LINES) this.#log.shift();
    });
  }

  /** `targets`: host and port by job; each job of the configuration needs one. Resolves when it answers. */
  static async start(
    targets: Readonly<Record<string, string>>,
    { groupInterval }: PrometheusOptions = {},
  ): Promise<PrometheusServer> {
    const folder = await mkdtemp(join(tmpdir(), 'strata-prometheus-'));
    await cp(join(CONFIGURATION, 'rules'), join(folder, 'rules'), { recursive: true });
    if (groupInterval !== undefined) await setGroupInterval(join(folder, 'rules'), groupInterval);
    const text = await readFile(join(CONFIGURATION, 'prometheus.yml'), 'utf8');
    const configuration = parse(text) as Configuration;
    for (const job of configuration.scrape_configs) {
      const target = targets[job.job_name];
      if (target === undefined) throw new Error(`no target for the job ${job.job_name}`);
      job.static_configs = [{ targets: [target] }];
    }
    await writeFile(join(folder, 'prometheus.yml'), stringify(configuration));
    const port = await freePort();
    const server = new PrometheusServer(folder, port);
    const deadlineMs = performance.now() + READY_MS;
    while (!(await answersOk(`${server.url}/-/ready`))) {
      const hasEnded = server.#child.exitCode !== null;
      if (hasEnded || performance.now() > deadlineMs) {
        await server.stop();
        throw new Error(`Prometheus does not start:\n${server.#log.join('')}`);
      }
      await delay(POLL_MS);
    }
    return server;
  }

  async targets(): Promise<readonly Target[]> {
    const { activeTargets } = await this.#ask<{
      activeTargets: { labels: { job: string }; health: Target['health']; lastError: string }[];
    }>('targets?state=active');
    return activeTargets.map(({ labels, health, lastError }) => ({
      job: labels.job,
      health,
      lastError,
    }));
  }

  async rules(): Promise<readonly Rule[]> {
    const { groups } = await this.#ask<{ groups: { rules: Rule[] }[] }>('rules');
    return groups.flatMap(({ rules }) => rules);
  }

  /** Those that fire at this moment; one that fires for several partitions is named once for each. */
  async firing(): Promise<readonly FiringAlarm[]> {
    const { alerts } = await this.#ask<{
      alerts: {
        state: string;
        labels: { alertname: string };
        annotations: { summary?: string };
      }[];
    }>('alerts');
    return alerts
      .filter(({ state }) => state === 'firing')
      .map(({ labels, annotations }) => ({
        name: labels.alertname,
        summary: annotations.summary ?? '',
      }));
  }

  /** The value of an expression that has one series; null where it has none. */
  async value(expression: string): Promise<number | null> {
    const { result } = await this.#ask<{ result: { value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(expression)}`,
    );
    return result[0] === undefined ? null : Number(result[0].value[1]);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #ask<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1/${path}`);
    const { status, data, error } = (await answer.json()) as {
      status: string;
      data: T;
      error?: string;
    };
    if (status !== 'success') throw new Error(`Prometheus refuses ${path}: ${error}`);
    return data;
  }
}

async function setGroupInterval(folder: string, interval: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), 'utf8');
    const rules = parse(text) as { groups: { interval?: string }[] };
    for (const group of rules.groups) if (group.interval !== undefined) group.interval = interval;
    await writeFile(join(folder, name), stringify(rules));
  }
}
