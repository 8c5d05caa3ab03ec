import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Those that write, and to which harm is done. */
export const SERVICES = ['ingestor', 'scorer', 'notifier'] as const;
export type ServiceName = (typeof SERVICES)[number] | 'console';

export interface Health {
  readonly isReady: boolean;
  readonly reasons: readonly string[];
  readonly details: Readonly<Record<string, unknown>>;
}

/** Last words kept for a fault's message. */
const LOG_LINES = 60;
const ANSWER_MS = 5_000;

/** A real service as a process of its own, known by what it serves, and ended as a machine ends that loses its power. */
export class ServiceProcess {
  readonly service: ServiceName;
  /** How it ended: the name of a signal, or an exit code; null while it runs. */
  ending: NodeJS.Signals | number | null = null;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #log: string[] = [];
  #url = '';

  private constructor(service: ServiceName, env: Readonly<Record<string, string>>) {
    this.service = service;
    const entry = new URL(`../../../services/${service}/src/main.ts`, import.meta.url);
    const child = spawn(process.execPath, [fileURLToPath(entry)], {
      env: { ...foreignVariables(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.#log.push(line);
      if (this.#log.length > LOG_LINES) this.#log.shift();
    });
    this.#ended = once(child, 'exit').then(([code, signal]) => {
      this.ending = signal ?? code;
    });
    this.#child = child;
  }

  /** Resolves when it says where its health is served; what it needs it may still be waiting for. */
  static async start(
    service: ServiceName,
    env: Readonly<Record<string, string>>,
  ): Promise<ServiceProcess> {
    const started = new ServiceProcess(service, env);
    const { stdout } = started.#child;
    if (stdout === null) throw new TypeError('standard output is piped');
    const first = once(createInterface({ input: stdout }), 'line') as Promise<[string]>;
    const early = started.#ended.then(() => {
      throw new Error(`The ${service} ended at once:\n${started.log}`);
    });
    const [line] = await Promise.race([first, early]);
    early.catch(() => undefined);
    started.#url = (JSON.parse(line) as { url: string }).url;
    return started;
  }

  get isRunning(): boolean {
    return this.ending === null;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Where its health is served. */
  get url(): string {
    return this.#url;
  }

  get log(): string {
    return this.#log.join('\n');
  }

  /** Null where it does not answer, because it has ended, stands still or is busy. */
  async health(): Promise<Health | null> {
    const text = await this.#ask('/healthz');
    return text === null ? null : (JSON.parse(text) as Health);
  }

  /** Sum of the series of a metric whose labels contain these; 0 where the process does not answer. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const lines = ((await this.#ask('/metrics')) ?? '').split('\n');
    return lines
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .filter((line) => wanted.every((label) => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Stands still, as a machine that is suspended: connections stay open and nothing answers. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Whether it stands still, also by its own hand. */
  isFrozen(): boolean {
    const pid = String(this.#child.pid);
    if (!this.isRunning) return false;
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).startsWith('T');
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
  }

  wake(): void {
    this.#child.kill('SIGCONT');
  }

  /** In order. A frozen one is woken first, because it could not hear. */
  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.wake();
    this.#child.kill('SIGTERM');
    await this.#ended;
  }

  async ended(): Promise<void> {
    await this.#ended;
  }

  async #ask(path: string): Promise<string | null> {
    if (!this.isRunning) return null;
    try {
      const answer = await fetch(`${this.#url}${path}`, { signal: AbortSignal.timeout(ANSWER_MS) });
      return await answer.text();
    } catch {
      return null;
    }
  }
}

/** Ours are for the service alone, which refuses those that it does not know. */
function foreignVariables(): NodeJS.ProcessEnv {
  const all = Object.entries(process.env);
  return Object.fromEntries(all.filter(([name]) => !name.startsWith('STRATA_')));
}
